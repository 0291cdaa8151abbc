"""Connections as people change them. Each change is in the trail; of a secret only when it was entered."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from connectors.access import Access
from connectors.connecting import connect
from connectors.credentials import end_secret_before, keep_secret
from connectors.history import open_history
from connectors.models import Connection
from connectors.pull import PROBLEMS
from connectors.registry import Connector, connector
from connectors.subscribing import NoAddress, NotSubscribable, subscribe
from connectors.webhooks import Webhook, new_secret
from exceptions.configuration.changes import Values, delete_row, record_change, record_difference
from reconciliation.models import System

DEPTHS = {
    "30d": (timedelta(days=30), "30 days"),
    "90d": (timedelta(days=90), "90 days"),
    "365d": (timedelta(days=365), "1 year"),
    "1095d": (timedelta(days=1095), "3 years"),
}
USUAL_DEPTH = "90d"


class NoDeliveries(LookupError):
    """The connection's vendor delivers nothing, or makes the secret of its deliveries itself."""


@transaction.atomic
def keep_connection(
    system: System,
    given: Mapping[str, str],
    *,
    by: User | None,
    at: datetime,
    source: str = "page",
    rests: bool = True,
) -> Connection:
    """Makes or changes the connection of a system; a new one `rests` until its reading begins.

    Raises NoSuchConnector or WrongSettings.
    """
    held = Connection.objects.filter(system=system.key).first()
    before = None if held is None else state_of_connection(held)
    made = connect(system=system.key, kind=system.kind, vendor=system.vendor, given=given, at=at)
    if held is None and rests:
        made.paused_at = at
        made.save(update_fields=["paused_at"])
    record_difference(about(made), before, state_of_connection(made), by=by, at=at, source=source)
    return made


@transaction.atomic
def begin_reading(connection: Connection, *, depth: str, by: User, at: datetime) -> None:
    """Has a connection that rests read as far back as `depth` says, and from now on."""
    span, words = DEPTHS[depth]
    open_history(connection, connector_of(connection), since=at - span, at=at)
    _set_paused(connection, None)
    _note(connection, "begin", by, at, after={"as far back as": words})


@transaction.atomic
def pause(connection: Connection, *, by: User, at: datetime) -> None:
    """Nothing is asked of the vendor until it is resumed; deliveries are kept, and handled then."""
    _set_paused(connection, at)
    _note(connection, "pause", by, at)


@transaction.atomic
def resume(connection: Connection, *, by: User, at: datetime) -> None:
    """Goes on where the pause began; what the vendor's failures held back is tried at once."""
    _set_paused(connection, None)
    _note(connection, "resume", by, at)


@transaction.atomic
def make_delivery_secret(connection: Connection, *, by: User, at: datetime) -> str:
    """A new secret of the deliveries, to be shown this once; the one before counts for a while. Raises NoDeliveries."""
    webhook = webhook_of(connection)
    if not webhook.made_here:
        raise NoDeliveries("The vendor makes this secret; enter it with the other settings.")
    made = new_secret()
    keep_secret(connection, webhook.secret, made, at=at)
    _note(connection, "new_secret", by, at)
    return made


@transaction.atomic
def end_old_secret(connection: Connection, *, by: User, at: datetime) -> bool:
    """The secret of the deliveries that was replaced counts no longer; false where none did. Raises NoDeliveries."""
    ended = end_secret_before(connection, webhook_of(connection).secret)
    if ended:
        _note(connection, "end_secret", by, at)
    return ended


def have_delivered(connection: Connection, *, access: Access, base: str, by: User, at: datetime) -> list[str]:
    """Has the vendor deliver to the product at `base`; what it does not deliver yet, or refused, in its words.

    Raises NoDeliveries where the vendor's API makes no subscriptions.
    """
    try:
        found, refused = subscribe(connection, connector_of(connection), access=access, base=base)
    except NotSubscribable as error:
        raise NoDeliveries(str(error)) from error
    except (NoAddress, *PROBLEMS) as error:
        return [access.scrub(str(error))]
    told = [one.topic for one in found if one.state == "subscribed"]
    _note(connection, "subscribe", by, at, after={"topics": told})
    lacking = [f"{one.topic} is not delivered." for one in found if one.state != "subscribed"]
    return [access.scrub(words) for words in refused] or lacking


@transaction.atomic
def disconnect(connection: Connection, *, by: User, at: datetime) -> None:
    """Forgets the connection with its secrets and how far it was read; records stay. Raises StillUsed."""
    thing, before = about(connection), state_of_connection(connection)
    delete_row(connection)
    record_change(about=thing, move="disconnect", before=before, after={}, by=by, at=at, source="page")


def connector_of(connection: Connection) -> Connector:
    """The connector of the connection's kind and vendor."""
    return connector(connection.kind, connection.vendor)


def webhook_of(connection: Connection) -> Webhook:
    """How the vendor delivers; raises NoDeliveries."""
    webhook = connector_of(connection).webhook
    if webhook is None:
        raise NoDeliveries("It delivers nothing: all is pulled.")
    return webhook


def about(connection: Connection) -> str:
    """How the trail names a connection."""
    return f"connection {connection.system}"


def state_of_connection(connection: Connection) -> Values:
    """The settings as they are, and of each secret when it was entered."""
    secret = {setting.name for setting in connector_of(connection).settings if setting.secret}
    held = connection.credentials.filter(name__in=secret).order_by("name")
    return dict(connection.settings) | {
        one.name: f"entered {one.changed_at.isoformat(' ', 'milliseconds')}" for one in held
    }


def _set_paused(connection: Connection, at: datetime | None) -> None:
    connection.paused_at = at
    connection.open_until = None
    connection.save(update_fields=["paused_at", "open_until"])


def _note(connection: Connection, move: str, by: User, at: datetime, after: dict[str, Any] | None = None) -> None:
    record_change(about=about(connection), move=move, before={}, after=after or {}, by=by, at=at, source="page")
