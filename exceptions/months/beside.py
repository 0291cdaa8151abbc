"""The records behind the figures that stand beside a month's sums, as they are known now: no signature covers them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from exceptions.months.parts import METHODS
from exceptions.months.statement import month_bounds
from reconciliation.models import CreditAccount, OrderAccount, ReturnAccount
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
SHOWN = 100
PLACES = {"in_exceptions": "in open exceptions", "not_applicable": "not applicable", "matched": "matched"}


class NoSuchFigure(LookupError):
    """The address names no figure that stands beside a month's sums."""


@dataclass(frozen=True)
class Beside:
    """One record behind a figure; `amount` null where it is only counted."""

    record: UUID
    reference: str
    system: str
    customer: str | None
    at: datetime
    amount: Decimal | None


@dataclass(frozen=True)
class Figure:
    """A figure with its records, the first of them where there are many: `count` and `total` are of all."""

    title: str
    count: int
    total: Decimal | None
    records: list[Beside]


def figure(
    month: str, currency: str, what: str, *, of: str, place: str, as_of: datetime, shown: int = SHOWN, start: int = 0
) -> Figure:
    """The records behind a figure, so many from `start` on: `sold`, `tax`, `unpriced`, `method` of a label, `records`
    of a type and place; raises NoSuchFigure."""
    since, until = month_bounds(month)
    if "\0" in of:
        raise NoSuchFigure(what)
    if what == "records":
        asked = {
            "since": since,
            "until": until,
            "as_of": as_of,
            "type": of,
            "place": place or None,
            "rows": shown,
            "start": start,
        }
        return _kept(asked)
    if what not in ACCOUNTS:
        raise NoSuchFigure(what)
    title, account, at, amount, chosen = ACCOUNTS[what]
    found = account._default_manager.filter(Q(**{f"{at}__gte": since, f"{at}__lt": until}) & chosen(currency, of))
    sums = found.aggregate(count=Count("id"), total=Sum(amount) if amount else Count("id"))
    total = (sums["total"] or Decimal(0)) if amount else None
    records = list(_listed(found.order_by(at, "id")[start : start + shown], at, amount))
    return Figure(title.format(of=of), sums["count"], total, records)


def _kept(asked: dict[str, Any]) -> Figure:
    if asked["place"] not in (None, *PLACES):
        raise NoSuchFigure(asked["place"])
    found = rows("statement/kept", asked, SQL)
    records = [Beside(row.record, row.reference, row.system, None, row.at, None) for row in found]
    words = PLACES.get(asked["place"], "received")
    return Figure(f"Records of the type {asked['type']}, {words}", found[0].of if found else 0, None, records)


def _listed(found: QuerySet[Any], at: str, amount: str) -> Iterator[Beside]:
    for row in found:
        record = next(getattr(row, name) for name in RECORDS if hasattr(row, name))
        value = getattr(row, amount) if amount else None
        yield Beside(record, row.reference, row.system, row.customer, getattr(row, at), value)


def _of_method(currency: str, label: str) -> Q:
    for (kind, settled), known in METHODS.items():
        if known == label:
            chosen = Q(currency=currency, kind=kind)
            return chosen if settled is None else chosen & (Q(settled=True) if settled else ~Q(settled=True))
    return Q(currency=currency, kind=label)


def _unpriced(currency: str, _: str) -> Q:
    return Q(expected=None) & (Q(currency=currency) | Q(currency=None))


RECORDS = ("order_record", "credit_record", "return_record")
Chosen = Callable[[str, str], Q]
ACCOUNTS: dict[str, tuple[str, Any, str, str, Chosen]] = {
    "sold": ("Orders sold in the month", OrderAccount, "placed_at", "amount", lambda currency, _: Q(currency=currency)),
    "method": ("{of}", CreditAccount, "issued_at", "amount", _of_method),
    "tax": ("Tax on credits", CreditAccount, "issued_at", "tax", lambda currency, _: Q(currency=currency, tax__gt=0)),
    "unpriced": ("Returns that cannot be valued", ReturnAccount, "received_at", "", _unpriced),
}
