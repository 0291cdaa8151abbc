"""Messages that are due: sent through their channel, tried again with growing pauses, given up in the end.

A message has one key for all its attempts, so that whoever gets it twice can tell. It is taken by counting the attempt
first: who dies while sending leaves it to the next attempt.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from exceptions.configuration.changes import record_change
from exceptions.models import Message, Outgoing
from exceptions.news.channels import Answer, NotSent, deliver

ATTEMPTS = 8
FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=6)
AT_ONCE = 500
KEPT = timedelta(days=30)


def due_messages(*, at: datetime) -> list[int]:
    """The messages whose time has come, the oldest first."""
    waiting = Message.objects.filter(sent_at=None, given_up_at=None, due_at__lte=at)
    return list(waiting.order_by("due_at", "id").values_list("id", flat=True)[:AT_ONCE])


def send_message(id: int, *, at: datetime, jitter: Callable[[float, float], float] = random.uniform) -> bool:
    """Makes one attempt at a message that is due; whether it went. Nothing is done where another has it."""
    message = _taken(id, at, jitter)
    if message is None:
        return False
    try:
        answer = deliver(message, at=at)
    except NotSent as problem:
        _failed(message, problem, at)
        return False
    _sent(message, answer, at)
    return True


def pause(attempt: int, jitter: Callable[[float, float], float]) -> timedelta:
    """How long is waited after an attempt, numbered from 1: four times as long each time, somewhat at random."""
    longest: timedelta = min(FIRST * 4 ** min(attempt - 1, 10), LONGEST)
    return longest * jitter(0.5, 1)


def forget_old_messages(*, at: datetime) -> int:
    """Removes what was sent or given up long ago."""
    old = Message.objects.filter(made_at__lt=at - KEPT).exclude(sent_at=None, given_up_at=None)
    return old.delete()[0]


@transaction.atomic
def _taken(id: int, at: datetime, jitter: Callable[[float, float], float]) -> Message | None:
    waiting = Message.objects.filter(id=id, sent_at=None, given_up_at=None, due_at__lte=at)
    message = (
        waiting.select_for_update(skip_locked=True, of=("self",)).select_related("person", "outgoing__person").first()
    )
    if message is None:
        return None
    message.attempts += 1
    message.due_at = at + pause(message.attempts, jitter)
    message.save(update_fields=["attempts", "due_at"])
    return message


@transaction.atomic
def _sent(message: Message, answer: Answer, at: datetime) -> None:
    Message.objects.filter(id=message.pk).update(sent_at=at, status=answer.status, answer=answer.text)
    if message.outgoing_id is not None:
        Outgoing.objects.filter(id=message.outgoing_id).update(failures=0)


@transaction.atomic
def _failed(message: Message, problem: NotSent, at: datetime) -> None:
    given_up = at if problem.final or message.attempts >= ATTEMPTS else None
    said = {"status": problem.status, "answer": str(problem), "given_up_at": given_up}
    Message.objects.filter(id=message.pk).update(**said)
    if message.outgoing is None:
        return
    message.outgoing.failures += 1
    message.outgoing.save(update_fields=["failures"])
    if given_up:
        _disable(message.outgoing, str(problem), at)


def _disable(outgoing: Outgoing, reason: str, at: datetime) -> None:
    """Nothing goes there until somebody enables it; what waits is given up."""
    if not Outgoing.objects.filter(id=outgoing.pk, disabled_at=None).update(disabled_at=at):
        return
    Message.objects.filter(outgoing=outgoing, sent_at=None, given_up_at=None).update(
        given_up_at=at, answer="The channel was disabled meanwhile."
    )
    about, before, after = f"channel {outgoing}", {"enabled": True}, {"enabled": False}
    record_change(about=about, move="change", before=before, after=after, by=None, at=at, source="task", note=reason)
