"""The month that finance has to close next, in one currency: days left, blockers, the statement's lines, late items."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import reverse

from exceptions.acceptance import month_of
from exceptions.checklists.rounds import of_month
from exceptions.close import late_items
from exceptions.homes.snapshots import Snapshot, snapshot
from exceptions.models import Period
from exceptions.months.blockers import Blocker, blockers
from exceptions.months.parts import BUCKETS, total
from exceptions.months.statement import Statement, currencies, month_bounds, statement_of
from exceptions.terms import close_cut_off

FRESH = timedelta(minutes=10)
LOOKED_BACK = 3  # closed months whose late items are looked for


@dataclass(frozen=True)
class MonthLine:
    """One line of the statement with its records behind it."""

    label: str
    amount: Decimal
    count: int
    address: str


@dataclass(frozen=True)
class MonthList:
    """A checklist of the month's end: how many of its items are answered, and whether it is signed."""

    name: str
    answered: int
    items: int
    signed: bool
    address: str


@dataclass(frozen=True)
class MonthBar:
    """Everything that is shown of the month; `days` until it is to be closed, negative where that is past."""

    month: str
    currency: str
    state: str
    address: str
    closes_at: datetime
    days: int
    blockers: list[Blocker]
    checklists: list[MonthList]
    lines: list[MonthLine]
    late: list[tuple[str, int, str]]


def month_bar(currency: str, *, at: datetime) -> Snapshot[MonthBar]:
    """The month before, until it is closed, then this one; taken every ten minutes."""
    return snapshot(f"month:{currency}", lambda now: _taken(currency, now), at=at, fresh=FRESH)


def _taken(currency: str, at: datetime) -> MonthBar:
    month = _to_close(currency, at)
    made = statement_of(month, currency, as_of=at, by_sku=False, figures=False)
    closes_at = close_cut_off(month_bounds(month)[1])
    known = Period.objects.filter(month=month, currency=currency).first()
    address = reverse("close_month", args=[month, currency])
    return MonthBar(
        month,
        currency,
        known.state if known else "open",
        address,
        closes_at,
        (closes_at - at).days,
        [_placed(blocker, address) for blocker in blockers(made, at=at)],
        _checklists(month, address),
        _lines(made),
        _late(currency, at),
    )


def _to_close(currency: str, at: datetime) -> str:
    this = month_of(at)
    before = f"{month_of(this - timedelta(days=1)):%Y-%m}"
    closed = Period.objects.filter(month=before, currency=currency, state="closed").exists()
    return before if not closed and currency in currencies(before) else f"{this:%Y-%m}"


def _placed(blocker: Blocker, address: str) -> Blocker:
    """The blocker with an address that is whole: a part of the month's page is named by its mark alone."""
    within = blocker.address.startswith("#") or not blocker.address
    return Blocker(blocker.sentence, f"{address}{blocker.address}" if within else blocker.address)


def _checklists(month: str, address: str) -> list[MonthList]:
    found = []
    for turn in of_month(month):
        answers = [item.answer for item in turn.items.all()]
        answered = sum(answer is not None for answer in answers)
        signed = turn.done_at is not None
        found.append(MonthList(turn.checklist.name, answered, len(answers), signed, f"{address}#round-{turn.pk}"))
    return found


def _lines(made: Statement) -> list[MonthLine]:
    """The lines that hold something, and what is unexplained in any case."""
    found = []
    for bucket, label in BUCKETS.items():
        items = made.of("returns", bucket)
        if items or bucket == "unexplained":
            address = reverse("close_line", args=[made.month, made.currency, "returns", bucket])
            found.append(MonthLine(label, total(items), len({item.record for item in items}), address))
    return found


def _late(currency: str, at: datetime) -> list[tuple[str, int, str]]:
    """Months closed lately of which more is known now: month, number of items, address."""
    closed = Period.objects.filter(state="closed", currency=currency).order_by("-month")[:LOOKED_BACK]
    found = ((period, len(late_items(period, at=at))) for period in closed)
    return [
        (period.month, late, reverse("close_month", args=[period.month, currency])) for period, late in found if late
    ]
