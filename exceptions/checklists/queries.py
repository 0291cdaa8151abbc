"""The automatic items of checklists: named questions whose answer should be nought, and the rows behind each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from exceptions.homes.numbers import Asked, numbers, queue_of
from exceptions.ledgers.runs import last_run
from exceptions.ledgers.unread import unread_systems
from exceptions.models import ChecklistRound
from exceptions.months.blockers import blockers
from exceptions.months.statement import Statement, currencies, statement_of

STALE_RUN = timedelta(hours=1)
ASKED = {
    "silent_feeds": Asked("Feeds that are silent", {"kind": "silent_flow"}),
    "old_critical": Asked("Critical exceptions older than a day", {"q": "severity:critical age:>1d"}),
    "failed_fixes": Asked("Fixes that newer data disproved", {"q": "fix:failed"}),
    "rejected_lines": Asked("Refused lines", {"kind": "rejected_record"}),
    "unmapped_words": Asked("Words without a meaning", {"q": "kind:unmapped_status,unmapped_reason_code"}),
    "late_unowned": Asked("Without an owner beyond their time", {"q": "owner:nobody due:over"}),
    "late_unowned_cx": Asked("Without an owner beyond their time, of CX", {"q": "owner:nobody due:over", "team": "cx"}),
    "old_proposals": Asked("Proposals on exceptions older than a day", {"q": "state:pending_approval age:>1d"}),
}


@dataclass(frozen=True)
class Query:
    """A question: `label` in the settings, `count` of what should not be, and where it is to be seen."""

    label: str
    count: Callable[[ChecklistRound, datetime], int]
    address: Callable[[ChecklistRound], str]


def _stale_run(_: ChecklistRound, at: datetime) -> int:
    run = last_run()
    return int(run is None or at - run.as_of > STALE_RUN)


def _unread(_: ChecklistRound, at: datetime) -> int:
    return len({one.system for one in unread_systems(at=at)})


def _blockers(turn: ChecklistRound, at: datetime) -> int:
    return sum(len(blockers(made, at=at)) for made in _statements(turn, at))


def _unexplained(turn: ChecklistRound, at: datetime) -> int:
    return sum(made.unexplained != 0 for made in _statements(turn, at))


def _statements(turn: ChecklistRound, at: datetime) -> Iterator[Statement]:
    """The month of a round in each currency."""
    for currency in currencies(turn.period):
        yield statement_of(turn.period, currency, as_of=at, by_sku=False, figures=False)


def _months(_: ChecklistRound) -> str:
    return reverse("close_months")


SPECIAL = {
    "stale_run": Query("Hours since the last run of the checks", _stale_run, lambda _: reverse("runs")),
    "unread_systems": Query("Systems not read, or not sending, as expected", _unread, lambda _: reverse("queue")),
    "month_blockers": Query("What stands in the way of signing the month", _blockers, _months),
    "month_unexplained": Query("Currencies in which something is unexplained", _unexplained, _months),
}
OF_MONTHS = ("month_blockers", "month_unexplained")
LABELS = {name: asked.label for name, asked in ASKED.items()} | {name: query.label for name, query in SPECIAL.items()}


def counts(wanted: set[str], turn: ChecklistRound, *, at: datetime) -> dict[str, int]:
    """How much each of these questions finds now: those about cases in one query; unknown names are left out."""
    asked = [name for name in ASKED if name in wanted]
    found = dict(zip(asked, (number.count for number in numbers((ASKED[n] for n in asked), None, at=at)), strict=True))
    return found | {name: query.count(turn, at) for name, query in SPECIAL.items() if name in wanted}


def address_of(name: str, turn: ChecklistRound) -> str:
    """Where the rows behind a question are."""
    if name in ASKED:
        return queue_of(**ASKED[name].asked)
    return SPECIAL[name].address(turn) if name in SPECIAL else reverse("queue")
