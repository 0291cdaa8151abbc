"""The month's statement, computed from the ledgers and findings that the queues use (close.md, *Periods*).

Every return accepted in the month is taken apart into named parts until nothing is left, so the statement ties by
construction; what no name fits is `unexplained`. Amounts of the returns' part are signed as they stand in the sum.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from exceptions.company import current_company
from exceptions.months.parts import METHODS, Headline, Item, Line, Method, age, lines, total
from exceptions.months.shares import give_shares
from reconciliation.declarations import checks
from reconciliation.statements import statement as sql

SQL = Path(__file__).parents[1] / "sql"
LEDGERS = ("credits", "returns", "sync")  # whose findings can explain what remains of a return


class NoSuchMonth(ValueError):
    """The text names no month such as 2026-09."""


@dataclass
class Statement:
    """A month in one currency, as of a moment."""

    month: str
    currency: str
    since: datetime
    until: datetime
    as_of: datetime
    items: list[Item] = field(default_factory=list)
    tax_credited: Decimal = Decimal(0)
    methods: list[Method] = field(default_factory=list)
    sales: tuple[int, Decimal] = (0, Decimal(0))
    conservation: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    rejected: int = 0
    unpriced: int = 0

    def of(self, part: str, bucket: str | None = None) -> list[Item]:
        """The items of a part, or of one bucket of it."""
        return [item for item in self.items if item.part == part and bucket in (None, item.bucket)]

    def lines(self, part: str) -> list[Line]:
        """The lines of a part in the order of the statement; a line that names kinds or reasons is one for each."""
        return lines(self.items, part)

    @property
    def unexplained(self) -> Decimal:
        """What no name explains: it must be nought."""
        return -total(self.of("returns", "unexplained"))

    @property
    def difference(self) -> Decimal:
        """The sum of the returns' part, which ties to nought by construction."""
        return total(self.of("returns"))

    @property
    def credited(self) -> Decimal:
        """All credits issued in the period."""
        return total(self.of("credits"))

    @property
    def liability(self) -> Decimal:
        """Received and not yet credited at the end of the period, at invoiced value."""
        return total(self.of("liability"))

    @property
    def opening(self) -> Decimal:
        """The liability when the period began."""
        return total(self.of("roll_forward", "opening"))


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """The instants between which a month lies in the company's time zone; raises NoSuchMonth."""
    try:
        year, number = (int(part) for part in month.split("-"))
        zone = ZoneInfo(current_company().time_zone)
        since = datetime(year, number, 1, tzinfo=zone)
        until = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)
    except ValueError:
        raise NoSuchMonth(f"{month!r} is no month such as 2026-09") from None
    return since, until


def currencies(month: str) -> list[str]:
    """The currencies in which anything happened in a month."""
    since, until = month_bounds(month)
    return [row["currency"] for row in _rows("currencies", {"since": since, "until": until})]


def headline(month: str, currency: str, *, as_of: datetime) -> Headline:
    """What a month comes to in short, without its records."""
    asked = _asked(month, currency, as_of, wanted="unexplained")
    unexplained = sum((row["amount"] for row in _rows("returns", asked)), Decimal(0))
    owed = sum((row["closing"] for row in _rows("balances", asked)), Decimal(0))
    credited = sum((row["amount"] for row in _rows("figures", asked) if row["figure"] == "method"), Decimal(0))
    return Headline(-unexplained, owed, credited)


def statement_of(month: str, currency: str, *, as_of: datetime, by_sku: bool = True, figures: bool = True) -> Statement:
    """The statement of a month and currency as things are known at `as_of`; `by_sku`: with the shares of SKUs;
    `figures`: with what stands beside the sums, for which every record of the month is looked at."""
    asked = _asked(month, currency, as_of)
    made = Statement(month, currency, asked["since"], asked["until"], as_of)
    made.items += [Item("returns", **row) for row in _rows("returns", asked)]
    of_return = {}
    for row in _rows("credits", asked):
        made.tax_credited += row.pop("tax") or 0
        if of := row.pop("return_record"):
            of_return[row["record"]] = of
        made.items.append(Item("credits", **row | {"amount": row["amount"] or Decimal(0)}))
    for row in _rows("balances", asked):
        made.items += _rolled(row)
    made.items.sort(key=lambda item: (item.part, item.bucket, item.name or "", str(item.record)))
    if by_sku:
        give_shares(made.items, of_return, currency)
    for row in _rows("figures", asked) if figures else ():
        _stand_beside(made, row)
    return made


def _stand_beside(made: Statement, figure: dict[str, Any]) -> None:
    """Puts one figure where it stands beside the sums."""
    match figure["figure"], figure["name"], figure["records"]:
        case "method", kind, records:
            made.methods.append(Method(METHODS.get((kind, figure["settled"]), kind), records, figure["amount"]))
        case "sold", _, records:
            made.sales = (records, figure["amount"])
        case "rejected", _, records:
            made.rejected = records
        case "unpriced", _, records:
            made.unpriced = records
        case "kept", of, records:
            where = (figure[place] for place in ("in_exceptions", "not_applicable", "matched"))
            made.conservation.append((of, records, *where))


def _asked(month: str, currency: str, as_of: datetime, *, wanted: str | None = None) -> dict[str, Any]:
    since, until = month_bounds(month)
    kinds = [kind for kind, check in checks().items() if check.ledger in LEDGERS]
    of_credits = [kind for kind in kinds if checks()[kind].ledger == "credits"]
    asked = {"since": since, "until": until, "as_of": as_of, "currency": currency}
    return asked | {"kinds": kinds, "of_credits": of_credits, "wanted": wanted}


def _rolled(row: dict[str, Any]) -> Iterator[Item]:
    """What a return or an opening item moved the liability by, and what is left of it when the period ends."""
    days, closing, dropped = row.pop("age"), row.pop("closing"), row.pop("dropped")
    moves = {
        bucket: row.pop(bucket) for bucket in ("opening", "entered", "accepted", "credited_before", "credited", "met")
    }
    moves["beyond" if dropped > 0 else "within_tolerance"] = dropped
    for bucket, amount in moves.items():
        if amount:
            yield Item("roll_forward", bucket, None, **row, amount=amount)
    if closing:
        yield Item("liability", age(days), None, **row, amount=closing)


def _rows(name: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql(f"statement/{name}", SQL), asked)
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
