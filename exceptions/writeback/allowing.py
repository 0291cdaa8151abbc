"""Which changes each connection may make: none, until an admin says so."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from connectors.models import Connection, Credential
from connectors.registry import connector
from exceptions.configuration.changes import record_difference


class NoSuchChange(LookupError):
    """The connector cannot make a change of this name."""


@transaction.atomic
def allow_writes(
    connection: Connection, actions: Collection[str], *, by: User | None, at: datetime, source: str
) -> list[str]:
    """Lets a connection make exactly these changes, and notes in the trail what that alters. Raises NoSuchChange."""
    known = [write.action for write in connector(connection.kind, connection.vendor).writes]
    if unknown := sorted(set(actions) - set(known)):
        raise NoSuchChange(f"{connection.system} cannot make the change {', '.join(unknown)}.")
    held = Connection.objects.select_for_update().get(id=connection.pk)
    before, after = list(held.writes_allowed), [action for action in known if action in actions]
    Connection.objects.filter(id=connection.pk).update(writes_allowed=after)
    Credential.objects.filter(connection=connection, name="access_token").delete()  # it may reach less far, or further
    about = f"connection {connection.system}"
    record_difference(about, {"writes": before}, {"writes": after}, by=by, at=at, source=source)
    connection.writes_allowed = after
    return after
