"""Checklists that nobody signed in time, told to the channels of their teams."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from exceptions.models import ChecklistRound, Message, Outgoing
from exceptions.news.queueing import absolute, fold, new_key
from exceptions.news.words import missed_sentence, round_address


def queue_missed(rounds: Iterable[int], *, at: datetime) -> None:
    """Queues what channels are told of rounds that were missed; each round is given once."""
    missed = (
        ChecklistRound.objects.filter(id__in=list(rounds)).select_related("checklist__team").order_by("due_at", "id")
    )
    told = [(turn.checklist.team_id, missed_fact(turn, at)) for turn in missed]
    if not told:
        return
    for channel in Outgoing.objects.filter(person=None, disabled_at=None, sorts__contains=["missed"]):
        facts = [fact for team, fact in told if channel.team_id in (None, team)]
        if facts and channel.flavour == "signed":
            Message.objects.create(outgoing=channel, key=new_key(), content={"news": facts}, made_at=at, due_at=at)
        elif facts:
            fold([{name: fact[name] for name in ("text", "address")} for fact in facts], at=at, outgoing=channel)


def missed_fact(turn: ChecklistRound, at: datetime) -> dict[str, Any]:
    """A checklist that was missed, as a program reads it."""
    return {
        "sort": "missed",
        "text": missed_sentence(turn),
        "checklist": turn.checklist_id,
        "period": turn.period,
        "team": turn.checklist.team_id,
        "due_at": turn.due_at.isoformat(),
        "at": at.isoformat(),
        "address": absolute(round_address(turn.pk)),
    }
