"""The page of connections: how each feed and its deliveries are, what a test found missing, and a window by hand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from connectors.connecting import try_connection
from connectors.health import DeliveryHealth, FeedHealth, deliveries_of, feeds_of
from connectors.models import Connection, PullRun
from connectors.pull import AlreadyPulling, NoWindow, ask_by_hand
from connectors.registry import connector
from exceptions.pulling import access_to, cadence_of
from exceptions.rights import needs, person_in

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


class WindowForm(forms.Form):
    """A window of one feed."""

    feed = forms.CharField()
    since = forms.DateField()
    until = forms.DateField(required=False)


@require_safe
@needs("see")
def connections(request: HttpRequest) -> HttpResponse:
    """All connections."""
    shown = [_shown(connection) for connection in Connection.objects.all()]
    return render(request, "ledgers/connections.html", {"connections": shown, "now": timezone.now()})


@require_POST
@needs("configure")
def test_connection(request: HttpRequest, id: int) -> HttpResponse:
    """Asks the vendor what is missing."""
    connection = get_object_or_404(Connection, id=id)
    made = connector(connection.kind, connection.vendor)
    missing = try_connection(connection, made, access=access_to(connection))
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
        ask_by_hand(connection, feed, since=since or now, until=min(until or now, now), by=by, at=now)
        messages.info(request, f"{connection.system}: {feed.name} is being read.")
    except (LookupError, NoWindow, AlreadyPulling) as error:
        messages.error(request, str(error))
    return redirect("connections")


def _begin_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, UTC)


def _shown(connection: Connection) -> Shown:
    made, now = connector(connection.kind, connection.vendor), timezone.now()
    return Shown(
        connection,
        made.title,
        feeds_of(connection, at=now, cadence=cadence_of(connection.system)),
        [feed.name for feed in made.feeds if not feed.sweep],
        deliveries_of(connection, at=now),
        list(PullRun.objects.filter(connection=connection, by_hand=True)[:SHOWN]),
    )
