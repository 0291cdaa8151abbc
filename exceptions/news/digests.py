"""The daily digest: what was not worth a word at once, told once a day in the person's own time; nothing is nothing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count
from django.urls import reverse

from exceptions.company import in_time_of, stored_company
from exceptions.formats import day_text
from exceptions.models import OPEN, Company, Digest, ExceptionCase, Message, Notification, Preferences, TrailEntry
from exceptions.news.queueing import absolute, new_key
from exceptions.ownership import team_names
from exceptions.rights import Person
from exceptions.trail.sentences import sentence

LONGEST = timedelta(days=7)
SETTLED = timedelta(minutes=15)  # by when what happened is surely committed
SHOWN = 10
QUIET = ("detect", "re-detect", "escalate", "unclaimed")
OF_TEAM = {
    "new": ("detect",),
    "came back": ("regress", "return", "exceed"),
    "resolved because the systems agree": ("auto-resolve", "verify", "supersede"),
    "closed by people": ("accept", "approve", "dismiss", "merge"),
}


def queue_digests(*, at: datetime) -> int:
    """Queues the digest of everybody whose hour has come today; how many have something to say."""
    queued, company = 0, stored_company()
    for person in list(_readers()):
        with in_time_of(person, company) as known:
            queued += _queue(known, company, at)
    return queued


def _readers() -> Iterable[User]:
    people = get_user_model().objects.filter(is_active=True, roles__isnull=False).exclude(email="")
    return people.select_related("preferences").distinct().order_by("id")


def _queue(person: Person, company: Company, at: datetime) -> bool:
    user = person.user
    wish = getattr(user, "preferences", None) or Preferences()
    here = at.astimezone(ZoneInfo(wish.time_zone or company.time_zone))
    if not wish.digest or here.hour < wish.digest_hour:
        return False
    last = Digest.objects.filter(person=user).order_by("-day").first()
    if last is not None and last.day >= here.date():
        return False
    until = at - SETTLED
    since = max(last.until, until - LONGEST) if last else until - timedelta(days=1)
    parts = digest_parts(person, since=since, until=until)
    lines = sum(len(part["lines"]) for part in parts)
    with transaction.atomic():
        times = {"since": since, "until": until, "lines": lines}
        _, made = Digest.objects.get_or_create(person=user, day=here.date(), defaults=times)
        if made and lines:
            said = {"title": f"Your digest of {day_text(here)}", "parts": parts}
            Message.objects.create(person=user, key=new_key(), content=said, made_at=at, due_at=at)
    return bool(made and lines)


def digest_parts(person: Person, *, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """What happened in `[since, until)` to a person's exceptions and in their teams; where nothing did, nothing."""
    parts = [_mine(person, since, until), _teams(person, since, until)]
    told = [part for part in parts if part["lines"]]
    return [*told, _left(person, until)] if told else []


def _mine(person: Person, since: datetime, until: datetime) -> dict[str, Any]:
    entries = (
        TrailEntry.objects.filter(at__gte=since, at__lt=until, case__owner=person.user)
        .exclude(move__in=QUIET)
        .exclude(by=person.user)
        .select_related("case", "by")
        .order_by("-id")
    )
    last: dict[int, TrailEntry] = {}
    for entry in entries[: 100 * SHOWN]:
        last.setdefault(entry.case_id or 0, entry)
    lines = [
        {"text": f"{entry.case} {entry.case.title}: {sentence(entry)}", "address": _exception(entry.case)}
        for entry in list(last.values())[:SHOWN]
        if entry.case
    ]
    if len(last) > SHOWN:
        lines.append({"text": f"{len(last) - SHOWN:,} more of yours", "address": _queue_of(view="mine")})
    return {"heading": "Yours", "lines": lines}


def _teams(person: Person, since: datetime, until: datetime) -> dict[str, Any]:
    moves = [move for of in OF_TEAM.values() for move in of]
    happened = TrailEntry.objects.filter(at__gte=since, at__lt=until, move__in=moves, case__team__in=person.teams)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for team, move, count in happened.values_list("case__team", "move").annotate(Count("id")).order_by():
        counts[team, move] += count
    lines, names = [], team_names()
    for team in sorted(person.teams):
        sums = {words: sum(counts[team, move] for move in of) for words, of in OF_TEAM.items()}
        if told := ", ".join(f"{count:,} {words}" for words, count in sums.items() if count):
            lines.append({"text": f"{names.get(team, team)}: {told}", "address": _queue_of(team=team)})
    return {"heading": "Your teams", "lines": lines}


def _left(person: Person, until: datetime) -> dict[str, Any]:
    late = ExceptionCase.objects.filter(owner=person.user, state__in=OPEN, due_at__lt=until).count()
    unread = Notification.objects.filter(person=person.user, read_at=None).count()
    lines = [{"text": f"{late:,} of yours beyond their time", "address": _queue_of(q="owner:me")}] if late else []
    if unread:
        lines.append({"text": f"{unread:,} not read in your inbox", "address": absolute(reverse("inbox"))})
    return {"heading": "Still open", "lines": lines}


def _exception(case: ExceptionCase) -> str:
    return absolute(reverse("exception", args=[case.pk]))


def _queue_of(**asked: str) -> str:
    return absolute(f"{reverse('queue')}?{urlencode(asked)}")
