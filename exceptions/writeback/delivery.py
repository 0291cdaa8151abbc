"""Delivers the outbox for cases: questions, calls and answers go into the trail, and a refusal brings its case back."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from django.utils import timezone

from connectors.models import Connection, Outbox
from connectors.outbox import Surroundings, deliver
from exceptions.models import ExceptionCase, TrailEntry
from exceptions.pulling import access_to
from exceptions.workflow import claim_fell

MOVES_OF = {
    "asked": "write_asked",
    "call": "write_sent",
    "found": "write_found",
    "answered": "write_done",
    "later": "write_later",
    "withdrawn": "write_withdrawn",
    "refused": "write_refused",
    "given_up": "write_unsure",
}
SOURCE = "task"


def write_one(
    id: int,
    *,
    clock: Callable[[], datetime] = timezone.now,
    sleep: Callable[[float], None] = time.sleep,
    transport: httpx.BaseTransport | None = None,
) -> str:
    """One attempt at a change of the outbox; the state that it ends in. Raises Busy."""

    def access(connection: Connection) -> Any:
        found = access_to(connection, transport=transport)
        found.clock, found.sleep = clock, sleep
        return found

    return deliver(id, Surroundings(access, no_longer, lambda *told: tell(*told, at=clock()), clock))


def no_longer(change: Outbox) -> str | None:
    """Why the case does not want the change any more; null while it does."""
    case = change.write_back.case
    if case.state != "fix_applied":
        return f"{case} is {case.get_state()}."
    if case.parameters.get("write") != change.key:
        return f"{case} was settled in another way."
    return None


def tell(change: Outbox, event: str, said: dict[str, Any], *, at: datetime) -> None:
    """Writes a question, a call or an answer into the trail of the case, and lets the case follow."""
    case = ExceptionCase.objects.get(id=change.write_back.case_id)
    name = MOVES_OF[event]
    told = said | {
        "key": change.key,
        "system": change.connection.system,
        "action": change.action,
        "words": change.payload["words"],
        "attempt": change.attempts,
    }
    if event in ("refused", "given_up") and claim_fell(
        case, name, at=at, note=str(said["error"]), details=told, source=SOURCE
    ):
        return
    if event in ("found", "answered"):  # newer than the claim is what comes after the change
        ExceptionCase.objects.filter(id=case.pk, state="fix_applied").update(applied_at=at)
    TrailEntry.objects.create(
        case=case, at=at, by=None, move=name, from_state=case.state, to_state=case.state, source=SOURCE, details=told
    )
