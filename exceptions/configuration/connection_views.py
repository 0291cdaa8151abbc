"""The page of connections: how each feed and its deliveries are, what a test found missing, and a window by hand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from connectors.connecting import try_connection
from connectors.health import DeliveryHealth, FeedHealth, SystemHealth
from connectors.models import Connection, PullRun
from connectors.outbox import OpenWrites, open_writes
from connectors.pull import AlreadyPulling, NoWindow, ask_by_hand
from connectors.registry import FOLDERS, Write, connector
from connectors.resting import rests_until
from exceptions.configuration.connection_pages import address_of
from exceptions.formats import instant_text
from exceptions.ledgers.feeds import systems_read
from exceptions.pulling import access_to
from exceptions.rights import needs, person_in
from exceptions.tasks import pull_asked
from reconciliation.models import System

SHOWN = 5


@dataclass(frozen=True)
class Shown:
    """One connection with all that the page says of it."""

    connection: Connection
    title: str
    feeds: list[FeedHealth]
    names: list[str]
    deliveries: DeliveryHealth
    by_hand: list[PullRun]
    writes: list[tuple[Write, bool]]
    written: OpenWrites | None


class WindowForm(forms.Form):
    """A window of one feed."""

    feed = forms.CharField()
    since = forms.DateField()
    until = forms.DateField(required=False)


@require_safe
@needs("see")
def connections(request: HttpRequest) -> HttpResponse:
    """All connections."""
    now = timezone.now()
    written = open_writes()
    found = (_shown(told, written.get(told.connection.pk)) for told in systems_read(at=now))
    shown = sorted(found, key=lambda one: one.connection.system)
    context = {"connections": shown, "unconnected": unconnected(), "now": now}
    return render(request, "ledgers/connections.html", context)


@require_safe
@needs("see")
def connection_windows(request: HttpRequest, id: int) -> HttpResponse:
    """How far the windows are that people asked for."""
    connection = get_object_or_404(Connection, id=id)
    return render(request, "ledgers/_windows.html", {"connection": connection, "by_hand": _by_hand(connection)})


@require_POST
@needs("configure")
def test_connection(request: HttpRequest, id: int) -> HttpResponse:
    """Asks the vendor what is missing."""
    connection = get_object_or_404(Connection, id=id)
    made = connector(connection.kind, connection.vendor)
    missing = try_connection(connection, made, access=access_to(connection))
    if "from" in request.GET:
        return redirect(address_of(connection.system, request))  # whose page says what is missing
    messages.info(request, f"{connection.system}: {' '.join(missing) or 'nothing is missing.'}")
    return redirect("connections")


@require_POST
@needs("configure")
def pull_connection(request: HttpRequest, id: int) -> HttpResponse:
    """Has a window read; the workers do it, and the page shows how far they are."""
    connection = get_object_or_404(Connection, id=id)
    form, now = WindowForm(request.POST), timezone.now()
    try:
        if not form.is_valid():
            raise NoWindow("A window needs a feed and a first day.")
        feed = connector(connection.kind, connection.vendor).feed(form.cleaned_data["feed"])
        since, until = (_begin_of(form.cleaned_data[name]) for name in ("since", "until"))
        by = person_in(request).user
        run = ask_by_hand(connection, feed, since=since or now, until=min(until or now, now), by=by, at=now)
        transaction.on_commit(lambda: pull_asked.delay(run.id))
        messages.info(request, f"{connection.system}: {feed.name} is {_how_it_is_read(connection, now)}.")
    except (LookupError, NoWindow, AlreadyPulling) as error:
        messages.error(request, str(error))
    return redirect("connections")


def _how_it_is_read(connection: Connection, at: datetime) -> str:
    until = rests_until(connection, at=at)
    return f"tried once; the system failed repeatedly, and rests until {instant_text(until)}" if until else "being read"


def _begin_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, UTC)


def _shown(told: SystemHealth, written: OpenWrites | None) -> Shown:
    connection, made = told.connection, connector(told.connection.kind, told.connection.vendor)
    return Shown(
        connection,
        made.title,
        told.feeds,
        [feed.name for feed in made.feeds if not feed.sweep],
        told.deliveries,
        _by_hand(connection),
        [(write, write.action in connection.writes_allowed) for write in made.writes],
        written,
    )


def _by_hand(connection: Connection) -> list[PullRun]:
    return list(PullRun.objects.filter(connection=connection, by_hand=True)[:SHOWN])


def unconnected() -> list[System]:
    """The systems that could be connected and are not, in the order of the topology."""
    connected = Connection.objects.values("system")
    return [one for one in System.objects.exclude(key__in=connected) if (one.kind, one.vendor) in FOLDERS]
