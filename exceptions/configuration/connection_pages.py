"""The pages on which an admin connects a system, and the page of documentation of each."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connectors.credentials import old_counts
from connectors.history import was_begun
from connectors.models import Connection, Credential, Ending
from connectors.registry import Connector, NoSuchConnector, connector
from connectors.subscribing import TOLD
from exceptions.configuration.changes import StillUsed
from exceptions.configuration.connection_changes import (
    NoDeliveries,
    about,
    begin_reading,
    disconnect,
    end_old_secret,
    have_delivered,
    keep_connection,
    make_delivery_secret,
    pause,
    resume,
)
from exceptions.configuration.connection_forms import BeginForm, ConnectionForm
from exceptions.configuration.endings import call_off, end_deliveries, remove
from exceptions.configuration.system_pages import NoSuchPage, html_of, page_of
from exceptions.configuration.views import by_of, page_of_settings
from exceptions.people.confirming import confirmed
from exceptions.pulling import access_to
from exceptions.rights import needs
from exceptions.tasks import end_one, tell_meant
from reconciliation.models import System


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs("configure")
@confirmed(to_read=True)
def settings_connection(request: HttpRequest) -> HttpResponse:
    """How one system is reached: what its connector wants to know, and what can be done with the connection."""
    system, made = _system(request)
    connection = Connection.objects.filter(system=system.key).first()
    form = ConnectionForm(made, connection, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        kept = keep_connection(system, form.cleaned_data, by=by_of(request), at=timezone.now())
        transaction.on_commit(lambda: tell_meant.delay(kept.pk))
        messages.success(request, f"Stored: how {system} is reached. Test it now.")
        return redirect(address_of(system.key, request))
    return _page(request, system, made, connection, {"form": form})


@never_cache
@require_POST
@needs("configure")
@confirmed()
def settings_connection_do(request: HttpRequest, id: int, deed: str) -> HttpResponse:
    """Begins to read, pauses, resumes, subscribes to deliveries, or changes their secret."""
    connection = get_object_or_404(Connection, id=id)
    by, at = by_of(request), timezone.now()
    try:
        if deed == "secret":
            made = make_delivery_secret(connection, by=by, at=at)
            system, known = _system_of(connection)
            form = ConnectionForm(known, connection)
            return _page(request, system, known, connection, {"form": form, "new_secret": made})
        if deed == "end-old":
            end_old_secret(connection, by=by, at=at)
        elif deed == "begin" and (form_of := BeginForm(request.POST)).is_valid():
            begin_reading(connection, depth=form_of.cleaned_data["depth"], by=by, at=at)
        elif deed == "subscribe":
            call_off(connection, by=by, at=at)
            _say_delivered(request, connection)
        elif deed == "unsubscribe":
            end_deliveries(connection, by=by, at=at)
            transaction.on_commit(lambda: end_one.delay(id))
        elif deed == "stay":
            call_off(connection, by=by, at=at)
        elif deed in ("pause", "resume"):
            (pause if deed == "pause" else resume)(connection, by=by, at=at)
        else:
            raise Http404
    except NoDeliveries as error:
        messages.error(request, str(error))
    return redirect(address_of(connection.system, request))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("configure")
@confirmed()
def remove_connection(request: HttpRequest, id: int) -> HttpResponse:
    """Asks whether the connection shall be removed, and removes it."""
    connection = get_object_or_404(Connection, id=id)
    if request.method == "POST":
        try:
            messages.success(request, _removed(connection, anyway="anyway" in request.POST, by=by_of(request)))
        except StillUsed as error:
            messages.error(request, f"{connection.system} stays connected: {error}")
        return redirect("connections")
    context = {"connection": connection, "is_told": TOLD in connection.settings}
    return page_of_settings(request, "connection_remove", "connections", context)


@require_safe
@needs("see")
def system_page(request: HttpRequest, name: str) -> HttpResponse:
    """The page of documentation of one outside system."""
    try:
        return render(request, "ledgers/system_page.html", html_of(name))
    except NoSuchPage as error:
        raise Http404 from error


def address_of(system: str, request: HttpRequest | None = None) -> str:
    """The page of a system's connection; whoever comes from the guide is led back there."""
    said = {"system": system} | ({"from": "setup"} if request and request.GET.get("from") == "setup" else {})
    return f"{reverse('settings_connection')}?{urlencode(said)}"


def _removed(connection: Connection, *, anyway: bool, by: User) -> str:
    """Removes it, and says what becomes of it."""
    system, at = connection.system, timezone.now()
    if anyway:
        disconnect(connection, by=by, at=at)
    elif not remove(connection, by=by, at=at):
        transaction.on_commit(lambda: end_one.delay(connection.pk))
        return f"{system} is paused, and is removed as soon as its vendor has ended what it delivers here."
    return f"{system} is no longer connected; its records stay."


def _say_delivered(request: HttpRequest, connection: Connection) -> None:
    by, at = by_of(request), timezone.now()
    lacking = have_delivered(connection, access=access_to(connection), base=settings.PUBLIC_ADDRESS, by=by, at=at)
    for words in lacking:
        messages.error(request, words)
    if not lacking:
        messages.success(request, "Subscribed: changes are seen within seconds.")


def _page(
    request: HttpRequest, system: System, made: Connector, connection: Connection | None, context: dict[str, Any]
) -> HttpResponse:
    beside: dict[str, Any] = {"system": system, "made": made, "connection": connection, "help": page_of(made)}
    beside |= {"from_setup": request.GET.get("from") == "setup"}
    if connection is not None:
        delivery_secret, now = _delivery_secret(connection, made), timezone.now()
        beside |= {
            "about": about(connection),
            "unread": not was_begun(connection, made),
            "begin": BeginForm(),
            "ending": Ending.objects.filter(connection=connection).first(),
            "is_told": TOLD in connection.settings,
            "hook": f"{settings.PUBLIC_ADDRESS}{reverse('hook', args=[connection.hook_key])}",
            "delivery_secret": delivery_secret,
            "old_secret_counts": delivery_secret is not None and old_counts(delivery_secret, at=now),
        }
    return page_of_settings(request, "connection", "connections", beside | context)


def _delivery_secret(connection: Connection, made: Connector) -> Credential | None:
    if made.webhook is None:
        return None
    return connection.credentials.filter(name=made.webhook.secret).first()


def _system(request: HttpRequest) -> tuple[System, Connector]:
    key = request.GET.get("system", "").replace("\0", "")
    return _with_connector(get_object_or_404(System, key=key))


def _system_of(connection: Connection) -> tuple[System, Connector]:
    return _with_connector(get_object_or_404(System, key=connection.system))


def _with_connector(system: System) -> tuple[System, Connector]:
    try:
        return system, connector(system.kind, system.vendor)
    except NoSuchConnector as error:
        raise Http404 from error
