"""What was settled with our own word: references waived for a customer until a date, refused lines sent again or
discarded; each with who, when, what became of it, and the way back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from exceptions.listing import ListPage, list_page, searched
from exceptions.models import ExceptionCase, OwnChange, Proposal, Suppression, TrailEntry
from exceptions.rights import Person
from exceptions.workflow import may_undo, refusal

LINES = {"correct_and_resubmit": "corrected and taken in", "discard_line": "discarded"}
NAMED = ("username", "first_name", "last_name")


@dataclass(frozen=True)
class Waiver:
    """One reference that is not asked of a customer until `until`; `asked_by` null where no proposal is kept."""

    change: OwnChange
    asked_by: User | None
    note: str
    until: datetime
    ended_at: datetime | None
    is_in_force: bool
    may_end: bool

    @property
    def state(self) -> str:
        """Where it stands, in a word."""
        return "in force" if self.is_in_force else "ended early" if self.ended_at else "over"


@dataclass(frozen=True)
class SettledLine:
    """One refused line that somebody settled; `line` as it was taken in, empty where it was discarded."""

    entry: TrailEntry
    case: ExceptionCase
    what: str
    line: str
    may_open: bool


def waivers(person: Person, *, at: datetime, search: str = "", after: str = "") -> ListPage:
    """A page of waivers that hold what is searched, the last given first."""
    page = list_page(waived(search), search=search, after=after)
    return replace(page, rows=waivers_of(page.rows, person, at=at))


def waivers_of(changes: Sequence[OwnChange], person: Person, *, at: datetime) -> list[Waiver]:
    """Waivers as this person sees them, from the changes of our own data that they are."""
    kept = Suppression.objects.in_bulk([change.parameters["suppression"] for change in changes])
    asked = _asked(changes)
    return [
        _waiver(change, kept[change.parameters["suppression"]], asked.get((change.case_id, change.made_at)), person, at)
        for change in changes
    ]


def waived(search: str = "") -> QuerySet[OwnChange]:
    """The changes that waive a reference and hold what is searched, the last first."""
    made = OwnChange.objects.filter(what="waive_reference").select_related("case", "made_by", "undone_by")
    names = ("case__customer", "case__kind", "case__title", *(f"made_by__{name}" for name in NAMED))
    return searched(made.order_by("-id"), search, names)


def settled_lines(person: Person, *, search: str = "", after: str = "") -> ListPage:
    """A page of settled lines that hold what is searched, the last settled first."""
    page = list_page(lines_settled(search), search=search, after=after)
    return replace(page, rows=[line_of(entry, person) for entry in page.rows])


def lines_settled(search: str = "") -> QuerySet[TrailEntry]:
    """What the trail says of refused lines that were settled, the last first."""
    moves = TrailEntry.objects.filter(
        case__kind="rejected_record", move__in=("apply", "accept"), details__resolution__in=list(LINES)
    )
    names = ("case__title", "case__subject", "note", *(f"by__{name}" for name in NAMED))
    return searched(moves.select_related("case", "by").order_by("-id"), search, names)


def line_of(entry: TrailEntry, person: Person) -> SettledLine:
    """A settled line as this person sees it."""
    case, details = entry.case, entry.details
    assert case is not None
    discarded = details["resolution"] == "discard_line"
    closed = "accepted" if discarded else "resolved"
    line = "" if discarded else str((details.get("parameters") or {}).get("line", ""))
    may_open = case.state == closed and refusal("reopen", case, person) is None
    return SettledLine(entry, case, LINES[details["resolution"]], line, may_open)


def _asked(changes: Iterable[OwnChange]) -> dict[tuple[Any, datetime], Proposal]:
    """The proposals that led to them, by case and the moment of the approval."""
    of = [change.case_id for change in changes]
    found = Proposal.objects.filter(case__in=of, resolution="waive_reference", decision="approved")
    return {(one.case_id, one.decided_at): one for one in found.select_related("proposed_by") if one.decided_at}


def _waiver(change: OwnChange, kept: Suppression, asked: Proposal | None, person: Person, at: datetime) -> Waiver:
    in_force = kept.undone_at is None and kept.ends_at > at
    return Waiver(
        change,
        asked.proposed_by if asked else None,
        asked.note if asked else "",
        kept.ends_at,
        kept.undone_at,
        in_force,
        in_force and change.undone_at is None and may_undo(change, person),
    )
