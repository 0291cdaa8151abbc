"""Delivers what the outbox holds: each change once, also where a process ends between sending and noting it.

Every attempt first asks the vendor whether the change stands; only where it does not is it sent. So what a dead process
left is settled by the vendor's word and never sent blindly. One process at a time has a change in hand.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Q

from connectors.access import Access
from connectors.clients import client_of
from connectors.http import (
    CircuitOpen,
    NotAllowed,
    NotFound,
    NotLetIn,
    RequestRefused,
    Throttled,
    TooLate,
    documented_shape,
)
from connectors.locks import Busy, held
from connectors.models import Connection, Outbox
from connectors.models.outbox import WAITING
from connectors.pull import PROBLEMS
from connectors.registry import Write, connector
from connectors.resting import resting, rests_until
from connectors.writing import Planned, planned_again

LEASE = timedelta(minutes=2)  # before that nobody asks what became of an attempt
LEAVES_WITHIN = timedelta(seconds=30)  # of the note that it may have; the rest of the lease is for it to arrive
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=30)
MOST_ATTEMPTS = 10
REFUSED = (NotLetIn, NotAllowed, NotFound, RequestRefused)  # nothing was changed, and asking again changes nothing
NOT_YET = (Throttled, CircuitOpen, TooLate)  # nothing was changed, and it may be later
SHOWN = 4_000
NEVER_NOTED = "Each of the attempts ended before it could note what came of it."

Tell = Callable[[Outbox, str, dict[str, Any]], None]
StillWanted = Callable[[Outbox], str | None]


@dataclass(frozen=True)
class Surroundings:
    """What a delivery needs beyond the outbox.

    `access`: what a client is built from. `no_longer`: why a change is not wanted any more, null while it is. `tell`:
    hears of each call and answer, in the transaction that notes it.
    """

    access: Callable[[Connection], Access]
    no_longer: StillWanted
    tell: Tell
    at: Callable[[], datetime]


class OpenWrites(NamedTuple):
    """How many changes of a connection wait, and of how many nobody knows what became."""

    waiting: int = 0
    lost: int = 0


def put_in(connection: Connection, write: Write, planned: Planned, *, key: str, by: Any, at: datetime) -> Outbox:
    """Puts a change into the outbox, in the caller's transaction."""
    return Outbox.objects.create(
        connection=connection, key=key, action=write.action, payload=planned.as_json(), by=by, due_at=at
    )


def due_writes(*, at: datetime) -> list[int]:
    """The changes whose turn it is, also those that a process has had in hand for too long; none for who rests."""
    due = Outbox.objects.filter(state__in=WAITING, given_up_at=None, due_at__lte=at, connection__paused_at=None)
    return list(due.exclude(resting(at, "connection__")).order_by("due_at").values_list("id", flat=True))


def open_writes() -> dict[int, OpenWrites]:
    """What is open in the outbox of each connection that has anything open."""
    waiting, lost = Q(state__in=WAITING, given_up_at=None), Q(given_up_at__isnull=False)
    of_each = Outbox.objects.filter(waiting | lost).values("connection")
    counted = of_each.annotate(waiting=Count("id", filter=waiting), lost=Count("id", filter=lost))
    return {id: OpenWrites(*numbers) for id, *numbers in counted.values_list("connection", "waiting", "lost")}


def withdraw(changes: Q, *, at: datetime) -> int:
    """Takes back changes of which no request has left; how many."""
    unsent = Outbox.objects.filter(changes, state="planned", sent_at=None)
    return unsent.update(state="withdrawn", ended_at=at)


def deliver(id: int, around: Surroundings) -> str:
    """One attempt at a change; the state that it ends in. Raises Busy where another process has it in hand."""
    with held(f"outbox {id}"):
        change = _take(id, around)
        if change is None:
            return str(Outbox.objects.values_list("state", flat=True).get(id=id))
        return _Attempt(change, around).make()


def _take(id: int, around: Surroundings) -> Outbox | None:
    """The change, as ours for the length of a lease; null where there is nothing to do about it."""
    now = around.at()
    with transaction.atomic():
        change = Outbox.objects.select_related("connection").select_for_update(of=("self",)).get(id=id)
        if change.state not in WAITING or change.given_up_at or change.due_at > now or _is_left(change.connection, now):
            return None
        if change.attempts >= MOST_ATTEMPTS:
            (_give_up if change.sent_at else _refuse)(change, NEVER_NOTED, around)
            return None
        if change.sent_at is None and (reason := _no_longer(change, around)):
            _end(change, "withdrawn", now, error=reason)
            around.tell(change, "withdrawn", {"reason": reason})
            return None
        change.state, change.due_at, change.attempts = "sending", now + LEASE, change.attempts + 1
        change.save(update_fields=["state", "due_at", "attempts"])
        return change


def _is_left(connection: Connection, at: datetime) -> bool:
    return connection.paused_at is not None or rests_until(connection, at=at) is not None


def _no_longer(change: Outbox, around: Surroundings) -> str | None:
    connection = change.connection
    made = connector(connection.kind, connection.vendor)  # which may be another by now
    if change.action not in {write.action for write in made.writes} & set(connection.writes_allowed):
        return f"Writing this into {connection.system} was switched off."
    return around.no_longer(change)


@dataclass
class _Attempt:
    """One attempt at a change that we have in hand."""

    change: Outbox
    around: Surroundings
    sent: bool = False

    def make(self) -> str:
        """Asks, sends where it does not stand, and notes what came of it."""
        connection = self.change.connection
        made, access = connector(connection.kind, connection.vendor), self.around.access(connection)
        write, planned = made.write(self.change.action), planned_again(self.change.payload)
        try:
            client = client_of(made, access)
            try:
                with documented_shape():
                    answer, how = write.done(client, planned, self.change.key), "found"
                    asked = {"about": _without(access.scrub, dict(planned.about))}
                    if answer is None and self.change.sent_at and (reason := _no_longer(self.change, self.around)):
                        return self._withdrawn(reason, asked)
                    if answer is None:
                        access.circuit.over_at = self._note_call(planned, asked) + LEAVES_WITHIN
                        answer, how = write.send(client, planned, self.change.key), "answered"
                return self._done(_without(access.scrub, answer), how)
            finally:
                client.close()
        except PROBLEMS as error:
            return self._problem(error, access.scrub(str(error)))

    def _note_call(self, planned: Planned, asked: dict[str, Any]) -> datetime:
        """Before the request leaves it is on record that it may have, and what was asked before; since when."""
        now = self.around.at()
        with transaction.atomic():
            _keep(self.change, sent_at=now, due_at=now + LEASE)
            self.around.tell(self.change, "asked", asked)
            said = {"method": planned.method, "path": planned.path, "body": planned.body}
            self.around.tell(self.change, "call", said)
        self.change.sent_at, self.sent = now, True
        return now

    def _done(self, answer: dict[str, Any], how: str) -> str:
        with transaction.atomic():
            _end(self.change, "done", self.around.at(), answer=answer)
            self.around.tell(self.change, how, {"answer": answer})
        return "done"

    def _problem(self, error: Exception, words: str) -> str:
        may_stand = self.change.sent_at is not None
        if self.sent and isinstance(error, REFUSED + NOT_YET):
            may_stand = False  # we asked just now, and it did not stand; and this request was not taken
        ends = isinstance(error, REFUSED) or self.change.attempts >= MOST_ATTEMPTS
        if ends and not may_stand:
            return _refuse(self.change, words, self.around)
        if self.change.attempts >= MOST_ATTEMPTS:
            return _give_up(self.change, words, self.around)
        return self._later(error, words, "unknown" if may_stand else "planned")

    def _withdrawn(self, reason: str, asked: dict[str, Any]) -> str:
        with transaction.atomic():
            _end(self.change, "withdrawn", self.around.at(), error=reason)
            self.around.tell(self.change, "asked", asked)
            self.around.tell(self.change, "withdrawn", {"reason": reason})
        return "withdrawn"

    def _later(self, error: Exception, words: str, state: str) -> str:
        asked = timedelta(seconds=getattr(error, "seconds", None) or 0)
        rest = max(min(FIRST_REST * 2 ** (self.change.attempts - 1), LONGEST_REST), asked)
        with transaction.atomic():
            rest = max(rest, LEASE) if state == "unknown" else rest
            changed: dict[str, Any] = {"state": state, "due_at": self.around.at() + rest, "error": words}
            if state == "planned":
                changed["sent_at"] = None
            _keep(self.change, **changed)
            self.around.tell(self.change, "later", {"error": words, "state": state})
        return state


def _refuse(change: Outbox, words: str, around: Surroundings) -> str:
    """Nothing was made, and nobody tries again."""
    with transaction.atomic():
        _end(change, "refused", around.at(), error=words)
        around.tell(change, "refused", {"error": words})
    return "refused"


def _give_up(change: Outbox, words: str, around: Surroundings) -> str:
    """It may have been made, and nobody asks any more."""
    with transaction.atomic():
        _keep(change, state="unknown", given_up_at=around.at(), error=words)
        around.tell(change, "given_up", {"error": words})
    return "unknown"


def _end(change: Outbox, state: str, at: datetime, **said: Any) -> None:
    _keep(change, state=state, ended_at=at, **said)
    change.state = state


def _keep(change: Outbox, **said: Any) -> None:
    """Notes something of a change that is in our hands; raises Busy where another attempt, by its number, has it."""
    ours = Outbox.objects.filter(id=change.pk, state__in=WAITING, attempts=change.attempts)
    if not ours.update(**said):
        raise Busy(f"outbox {change.pk}")


def _without(scrub: Callable[[str], str], answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as it may be kept: without secrets, and no longer than a page."""
    text = scrub(json.dumps(answer, default=str, ensure_ascii=False))
    kept: dict[str, Any] = json.loads(text) if len(text) <= SHOWN else {"cut": text[:SHOWN]}
    return kept
