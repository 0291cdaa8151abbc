"""News become messages, in the transaction that writes them: letters and chats are folded while they wait."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from exceptions.company import current_company
from exceptions.models import ExceptionCase, Message, Notification, Outgoing, Preferences, TrailEntry
from exceptions.news.words import SORTED, news_address, news_sentence, plain_sentence, team_of
from exceptions.ownership import TEAM_NAME
from reconciliation.declarations import kind_title

PAUSE = timedelta(minutes=5)  # between two messages of news to one address; what comes meanwhile is folded
MOST = 5  # of one sort at once in a channel, one by one; of more, each kind in one line
NEWS_AT_ONCE = 100
LINES = 50


@dataclass(frozen=True)
class Happened:
    """One piece of news for everybody: its sort, its case and the entry of the trail that it stems from."""

    sort: str
    case: int
    entry: int | None


Told = tuple[Happened, ExceptionCase, TrailEntry | None]
Line = dict[str, str]


def queue_news(written: Sequence[int], happened: Iterable[Happened], *, at: datetime) -> None:
    """Queues letters and chats of persons for the lines of inboxes in `written`, and messages of teams' channels."""
    queue_for_persons(written, at=at)
    channels = list(Outgoing.objects.filter(person=None, disabled_at=None))
    if channels:
        _queue_for_channels(channels, _loaded(happened), at)


def queue_for_persons(written: Sequence[int], *, at: datetime) -> None:
    """Queues what persons want beyond their inboxes."""
    told = (
        Notification.objects.filter(id__in=written)
        .select_related("case__owner", "entry__by", "round__checklist__team")
        .annotate(team_name=TEAM_NAME)
        .order_by("id")
    )
    of_person: dict[int, list[Notification]] = defaultdict(list)
    for one in told:
        of_person[one.person_id].append(one)
    people = get_user_model().objects.filter(id__in=of_person, is_active=True)
    wishes = Preferences.objects.in_bulk(list(of_person))
    chats = {one.person_id: one for one in Outgoing.objects.filter(person__in=of_person, disabled_at=None)}
    for person in people:
        wish = wishes.get(person.pk, Preferences())
        with timezone.override(wish.time_zone or current_company().time_zone):
            lines = [
                (one.sort, {"text": news_sentence(one), "address": absolute(news_address(one))})
                for one in of_person[person.pk]
            ]
        if person.email:
            fold([line for sort, line in lines if sort in wish.wanted(wish.by_mail)], at=at, person=person)
        if chat := chats.get(person.pk):
            fold([line for sort, line in lines if sort in wish.wanted(wish.by_chat)], at=at, outgoing=chat)


def fold(lines: Sequence[Line], *, at: datetime, **to: Any) -> None:
    """Adds lines to the message that waits for `person` or `outgoing`, or makes one, due after the pause."""
    if not lines:
        return
    waiting = Message.objects.filter(**to, folds=True, attempts=0, sent_at=None, given_up_at=None)
    message = waiting.select_for_update(skip_locked=True).first()
    if message is None:
        last = Message.objects.filter(**to, folds=True).order_by("-id").first()
        due_at = at if last is None else max(at, (last.sent_at or at) + PAUSE)
        Message.objects.create(**to, key=new_key(), folds=True, content=content(lines), made_at=at, due_at=due_at)
        return
    message.content = content([*message.content["parts"][0]["lines"], *lines], message.content.get("more", 0))
    message.save(update_fields=["content"])


def content(lines: Sequence[Line], more: int = 0) -> dict[str, Any]:
    """What letters and chats are made from: `more` lines than the first so many are only counted."""
    kept, more = list(lines[:LINES]), more + max(len(lines) - LINES, 0)
    count = len(kept) + more
    title = kept[0]["text"] if count == 1 else f"{count} news: {kept[0]['text']}"
    return {"title": title, "parts": [{"heading": "", "lines": kept}], "more": more}


def absolute(path: str) -> str:
    """The address of a page as people outside of it follow it."""
    return f"{settings.PUBLIC_ADDRESS}{path}"


def new_key() -> str:
    """A key that no other message has."""
    return uuid.uuid4().hex


def _loaded(happened: Iterable[Happened]) -> list[Told]:
    known = list(happened)
    cases = ExceptionCase.objects.select_related("owner").annotate(team_name=TEAM_NAME)
    of = cases.in_bulk([one.case for one in known])
    entries = TrailEntry.objects.select_related("by").in_bulk([one.entry for one in known if one.entry])
    return [(one, of[one.case], entries.get(one.entry or 0)) for one in known]


def _queue_for_channels(channels: Iterable[Outgoing], news: Sequence[Told], at: datetime) -> None:
    for channel in channels:
        mine = [told for told in news if told[0].sort in channel.sorts and channel.team_id in (None, told[1].team)]
        storms = [told for told in mine if told[0].sort == "storm"]
        rest = [told for told in mine if told[0].sort != "storm"]
        signed = channel.flavour == "signed"
        for told in storms:  # each once for ever, however many runs it goes on for
            said = {"news": [fact(told, at)]} if signed else content([_line(told, at)])
            key = f"storm-{told[1].pk}-{channel.pk}"
            Message.objects.bulk_create(
                [Message(outgoing=channel, key=key, content=said, made_at=at, due_at=at)], ignore_conflicts=True
            )
        if not signed:
            fold(_lines(rest, at), at=at, outgoing=channel)
            continue
        for begin in range(0, len(rest), NEWS_AT_ONCE):
            facts = [fact(told, at) for told in rest[begin : begin + NEWS_AT_ONCE]]
            Message.objects.create(outgoing=channel, key=new_key(), content={"news": facts}, made_at=at, due_at=at)


def _lines(news: Sequence[Told], at: datetime) -> list[Line]:
    together = Counter((told[0].sort, told[1].team) for told in news)
    alike: dict[tuple[str, str, str], list[Told]] = defaultdict(list)
    for told in news:
        alike[told[0].sort, told[1].team, told[1].kind].append(told)
    lines = []
    for (sort, team, kind), group in alike.items():
        if together[sort, team] <= MOST or len(group) == 1:
            lines += [_line(told, at) for told in group]
            continue
        folded = Notification(sort=sort, kind=kind, team=team, count=len(group))
        words = f"{len(group)} of “{kind_title(kind)}” in the team {team_of(group[0][1])}: {SORTED[sort]}"
        lines.append({"text": words, "address": absolute(news_address(folded))})
    return lines


def _line(told: Told, at: datetime) -> Line:
    said = fact(told, at)
    return {"text": said["text"], "address": said["address"]}


def fact(told: Told, at: datetime) -> dict[str, Any]:
    """One piece of news as a program reads it."""
    one, case, entry = told
    count = 1 + case.folded.count() if one.sort == "storm" else 1
    return {
        "sort": one.sort,
        "text": plain_sentence(one.sort, case, entry, count=count),
        "exception": case.pk,
        "kind": case.kind,
        "subject": case.subject,
        "state": case.state,
        "severity": case.severity,
        "team": case.team,
        "owner": case.owner.get_username() if case.owner else None,
        "amount": None if case.amount is None else f"{case.amount:f}",
        "currency": case.currency,
        "count": count,
        "at": (entry.at if entry else at).isoformat(),
        "address": absolute(reverse("exception", args=[case.pk])),
    }
