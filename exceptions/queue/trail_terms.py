"""The words of a search that ask the trail: what happened to exceptions on a day or in a run, and what stood then."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import In

from exceptions.company import current_company
from exceptions.listing import row_number
from exceptions.models import CLOSED, OPEN, TrailEntry
from exceptions.rights import Person

Meaning = Callable[[str, Person | None, datetime], Q]
DAY = timedelta(days=1)
OPENING = Q(to_state__in=OPEN) & ~Q(from_state__in=OPEN)
CLOSING = Q(to_state__in=CLOSED, from_state__in=OPEN)
HEALS = ("auto-resolve", "supersede")  # what data alone closes
# what a run counts (sql/pages/run_moves.sql)
IN_RUN = {
    "opened": ("detect",),
    "came_back": ("regress", "return", "exceed"),
    "healed": ("auto-resolve", "verify"),
    "superseded": ("supersede",),
}


class Unfit(ValueError):
    """A value that its word cannot take; the message says what it takes."""


def midnight(day: str) -> datetime:
    """When a day of the company begins: days in a search are those of the charts that lead to it."""
    return datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(current_company().time_zone))


class _AmongThese(Func):
    """Whether a case is one of those that a query names, which is asked once and looked up by key: the database would
    rather go through the queue and ask of each case."""

    template = "%(expressions)s)"
    arg_joiner = " = any("
    output_field = BooleanField()

    def __init__(self, cases: QuerySet[Any]) -> None:
        super().__init__(F("id"), ArraySubquery(cases))


def _happened(moved: Q) -> Meaning:
    """Cases of which the trail says so on a day, or within days: 2026-09-01 or 2026-09-01..2026-09-30."""

    def term(value: str, person: Person | None, at: datetime) -> Q:
        first, _, last = value.partition("..")
        try:
            since, until = midnight(first), midnight(last or first) + DAY
        except (ValueError, OverflowError):
            raise Unfit("a day is written 2026-09-01, days 2026-09-01..2026-09-30") from None
        return Q(_AmongThese(TrailEntry.objects.filter(moved, at__gte=since, at__lt=until).values("case")))

    return term


def _stood(value: str, person: Person | None, at: datetime) -> Q:
    """Cases that were open at the end of a day, as the last entry before says: looked up only for those asked for."""
    try:
        until = midnight(value) + DAY
    except (ValueError, OverflowError):
        raise Unfit("a day is written 2026-09-01") from None
    told = TrailEntry.objects.filter(case=OuterRef("pk"), at__lt=until).exclude(to_state=None).order_by("-id")
    stood = In(Subquery(told.values("to_state")[:1]), OPEN)
    return (Q(closed_at=None) | Q(closed_at__gte=until)) & Q(stood)


def _of_run(value: str, person: Person | None, at: datetime) -> Q:
    """What a run did to exceptions: 27 for all of it, 27-opened for what it opened."""
    number, _, what = value.partition("-")
    run = row_number(number)
    if run is None or what not in ("", *IN_RUN):
        raise Unfit(f"a run is asked by its number: run:7, or run:7- and one of: {', '.join(IN_RUN)}")
    entries = TrailEntry.objects.filter(source=f"run {run}", case__isnull=False)
    return Q(_AmongThese((entries.filter(move__in=IN_RUN[what]) if what else entries).values("case")))


def _fix(value: str, person: Person | None, at: datetime) -> Q:
    if value != "failed":
        raise Unfit("a fix can be asked for that failed: fix:failed")
    return Q(id__in=TrailEntry.objects.filter(move="fix_failed").values("case"))


def _resolution(value: str, person: Person | None, at: datetime) -> Q:
    return Q(id__in=TrailEntry.objects.filter(details__resolution=value).values("case"))


IN_TRAIL: dict[str, Meaning] = {
    "fix": _fix,
    "resolution": _resolution,
    "opened": _happened(OPENING),
    "healed": _happened(CLOSING & Q(move__in=HEALS)),
    "worked": _happened(CLOSING & ~Q(move__in=HEALS)),
    "moved": _happened(OPENING | CLOSING | Q(details__has_key="amount_before")),
    "taken": _happened(Q(from_state="new", move__in=("claim", "assign"))),
    "open": _stood,
    "run": _of_run,
}
