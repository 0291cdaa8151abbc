"""Ends what a vendor delivers to a connection, by the vendor's own list, and then forgets the connection if asked to.

What was asked for stands before any request leaves, and each attempt asks the vendor anew what is left: a process that
dies in between leaves nothing that the next attempt does not find.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from connectors.locks import held
from connectors.models import Connection, Ending
from connectors.pull import PROBLEMS
from connectors.subscribing import TOLD, unsubscribe
from exceptions.configuration.changes import StillUsed, record_change
from exceptions.configuration.connection_changes import about, connector_of, disconnect
from exceptions.pulling import access_to

LEASE = timedelta(minutes=2)
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(hours=6)


@transaction.atomic
def remove(connection: Connection, *, by: User, at: datetime) -> bool:
    """Forgets a connection; whether at once, or as soon as the vendor delivers to it no longer. Raises StillUsed."""
    if TOLD not in connection.settings:
        disconnect(connection, by=by, at=at)
        return True
    if changes := connection.outbox.count():
        raise StillUsed(f"{changes} changes that were written there name it; pause it, and end its deliveries.")
    Connection.objects.filter(id=connection.pk, paused_at=None).update(paused_at=at)
    _ask(connection, "leave", forgets=True, by=by, at=at)
    return False


@transaction.atomic
def end_deliveries(connection: Connection, *, by: User, at: datetime) -> None:
    """Has the vendor deliver no longer; the connection stays."""
    _ask(connection, "end_deliveries", forgets=False, by=by, at=at)


@transaction.atomic
def call_off(connection: Connection, *, by: User, at: datetime) -> None:
    """What the vendor still delivers stays as it is, and so does the connection."""
    if Ending.objects.filter(connection=connection).delete()[0]:
        _note(connection, "call_off", by=by, at=at)


def due_endings(*, at: datetime) -> list[int]:
    """The connections whose deliveries are to be ended now."""
    return list(Ending.objects.filter(due_at__lte=at).order_by("due_at").values_list("connection", flat=True))


def attempt_ending(
    id: int, *, clock: Callable[[], datetime] = timezone.now, transport: httpx.BaseTransport | None = None
) -> str:
    """One attempt for the connection `id`: `done`, `later`, or `nothing` where it is not due. Raises Busy."""
    now = clock()
    with held(f"ending {id}"):
        found = Ending.objects.select_related("connection", "by").filter(connection=id, due_at__lte=now).first()
        if found is None:
            return "nothing"
        Ending.objects.filter(connection=id).update(due_at=now + LEASE, attempts=found.attempts + 1)
        access = access_to(found.connection, transport=transport)
        access.clock = clock
        try:
            ended = unsubscribe(found.connection, connector_of(found.connection), access=access)
        except PROBLEMS as error:
            return _later(found, access.scrub(str(error)), at=now)
        return _done(found, ended, at=now)


@transaction.atomic
def _done(found: Ending, ended: int, *, at: datetime) -> str:
    mine = Ending.objects.filter(connection=found.connection)
    if not mine.exists():  # called off meanwhile; what has ended has ended
        found.forgets = False
    mine.delete()
    _note(found.connection, "unsubscribe", by=found.by, at=at, after={"subscriptions ended": ended})
    if found.forgets:
        disconnect(found.connection, by=found.by, at=at)
    return "done"


@transaction.atomic
def _later(found: Ending, words: str, *, at: datetime) -> str:
    rest = min(FIRST_REST * 2 ** min(found.attempts, 20), LONGEST_REST)
    Ending.objects.filter(connection=found.connection).update(due_at=at + rest, error=words)
    if words != found.error:  # the trail hears of each reason once
        _note(found.connection, "not_ended", by=found.by, at=at, after={"reason": words})
    return "later"


def _ask(connection: Connection, move: str, *, forgets: bool, by: User, at: datetime) -> None:
    asked = {"forgets": forgets, "by": by, "asked_at": at, "due_at": at, "attempts": 0, "error": ""}
    Ending.objects.update_or_create(connection=connection, defaults=asked)
    _note(connection, move, by=by, at=at)


def _note(connection: Connection, move: str, *, by: User, at: datetime, after: Mapping[str, Any] | None = None) -> None:
    record_change(about=about(connection), move=move, before={}, after=after or {}, by=by, at=at, source="page")
