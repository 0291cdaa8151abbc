"""Which changes each connection may make, and by whose word: none and by two people's, until an admin says so."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from connectors.models import Connection, Credential
from connectors.registry import connector
from exceptions.configuration.changes import record_difference


class NoSuchChange(LookupError):
    """The connector cannot make a change of this name."""


@transaction.atomic
def allow_writes(
    connection: Connection,
    actions: Collection[str],
    *,
    by: User | None,
    at: datetime,
    source: str,
    second_person: bool | None = None,
) -> list[str]:
    """Lets a connection make exactly these changes, and notes in the trail what that alters. Raises NoSuchChange.

    `second_person`: whether each of them needs another person's word; null leaves that as it is.
    """
    known = [write.action for write in connector(connection.kind, connection.vendor).writes]
    if unknown := sorted(set(actions) - set(known)):
        raise NoSuchChange(f"{connection.system} cannot make the change {', '.join(unknown)}.")
    held = Connection.objects.select_for_update().get(id=connection.pk)
    before = _said(held)
    held.writes_allowed = [action for action in known if action in actions]
    held.second_person = held.second_person if second_person is None else second_person
    held.save(update_fields=["writes_allowed", "second_person"])
    Credential.objects.filter(connection=connection, name="access_token").delete()  # it may reach less far, or further
    record_difference(f"connection {connection.system}", before, _said(held), by=by, at=at, source=source)
    connection.writes_allowed, connection.second_person = held.writes_allowed, held.second_person
    return held.writes_allowed


def _said(connection: Connection) -> dict[str, Any]:
    """What the trail compares."""
    decided_by = "two people" if connection.second_person else "one person"
    return {"writes": list(connection.writes_allowed), "each is decided by": decided_by}
