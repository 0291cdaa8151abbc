"""The page of the whole trail: by person, move, about and period, page by page by number, and as a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from exceptions.configuration.change_sentences import DID
from exceptions.listing import row_number
from exceptions.models import TrailEntry
from exceptions.trail.chain import of_period
from exceptions.trail.sentences import SENTENCES, WITH_DETAILS, sentence

PAGE = 100
SYSTEM = "system"
COLUMNS = ("Entry", "At", "By", "About", "Move", "What", "From", "To", "Note", "Through", "Request", "Details")


@dataclass(frozen=True)
class TrailPage:
    """One page, the newest first. `asked`: the filters as understood; the next page is below `following`."""

    entries: list[TrailEntry]
    asked: dict[str, str]
    people: list[Any]
    moves: list[str]
    following: int | None


def trail_page(asked: Mapping[str, str]) -> TrailPage:
    """The entries that `asked` (the address's parameters) names; what it asks wrongly counts as not asked."""
    before = row_number(asked.get("before", ""))
    entries = filtered(asked).order_by("-id")
    entries = entries if before is None else entries.filter(id__lt=before)
    found = list(entries[: PAGE + 1])
    return TrailPage(
        entries=found[:PAGE],
        asked={name: asked.get(name, "") for name in ("by", "move", "about", "since", "until")},
        people=list(get_user_model().objects.order_by("username")),
        moves=sorted({"detect", "re-detect", *SENTENCES, *WITH_DETAILS, *DID}),
        following=found[PAGE - 1].pk if len(found) > PAGE else None,
    )


def filtered(asked: Mapping[str, str]) -> QuerySet[TrailEntry]:
    """The entries that the filters leave, in the order of numbers; days are those of the time zone in effect."""
    asked = {name: value.replace("\0", "") for name, value in asked.items()}
    entries = of_period(since=_midnight(asked.get("since")), until=_midnight(asked.get("until"), days_on=1))
    if by := asked.get("by"):
        entries = entries.filter(by=None) if by == SYSTEM else entries.filter(by__username=by)
    if move := asked.get("move"):
        entries = entries.filter(move=move)
    if about := asked.get("about", "").strip():
        entries = entries.filter(_about(about))
    return entries.select_related("by", "case")


def as_rows(entries: QuerySet[TrailEntry]) -> Iterator[tuple[Any, ...]]:
    """The entries as rows of COLUMNS."""
    for entry in entries.select_related("by", "case").iterator(chunk_size=2_000):
        yield (
            entry.pk,
            entry.at,
            entry.by.get_username() if entry.by else SYSTEM,
            entry.about or str(entry.case),
            entry.move,
            sentence(entry),
            entry.from_state,
            entry.to_state,
            entry.note,
            entry.source,
            entry.request_id,
            entry.details,
        )


def _about(words: str) -> Q:
    """A case by its number (`E-12`), else what the entry names, or the subject of its case."""
    if words.upper().startswith("E-") and (number := row_number(words[2:])) is not None:
        return Q(case_id=number)
    return Q(about__icontains=words) | Q(case__subject__icontains=words)


def _midnight(text: str | None, days_on: int = 0) -> datetime | None:
    day = _day(text)
    if day is None:
        return None
    try:
        day += timedelta(days=days_on)
    except OverflowError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None
