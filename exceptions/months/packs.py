"""The pack of a month: every table of its statement, the same in XLSX, CSV and PDF, and what was signed.

A cell is a text, number, day or null, or a `Sum` with its value and the cells it adds up, where a person would re-add.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from exceptions.company import current_company
from exceptions.models import Acceptance, Period
from exceptions.months.breakdown import WAYS, breakdown
from exceptions.months.journal import accrual
from exceptions.months.parts import BUCKETS, LABELS, NAMED, Item, Line, total
from exceptions.months.signed import content_lines, signed_statement
from exceptions.months.statement import Statement, statement_of
from exceptions.people.names import name_of

LISTED = ("timing", "open", "accepted", "dismissed", "suppressed", "not_ripe", "no_feed", "unexplained")
TITLES = {
    "returns": "Returns accepted, down to nought",
    "credits": "Credited in the month, against what",
    "liability": "Return liability at the end of the month, by age",
    "roll_forward": "How the liability came about",
}
ENDS = {
    "returns": "All parts, which come to nought",
    "credits": "Credited in all, net of tax",
    "liability": "Received, not yet credited",
}
ENDS |= {"roll_forward": "Liability when the month ended"}
_MONEY = frozenset({"Amount"})


@dataclass(frozen=True)
class Sum:
    """An amount that is a sum: of the records of a line (`key`), or of the rows above in its column (no key)."""

    value: Decimal
    key: str = ""


@dataclass(frozen=True)
class Table:
    """One table: `money` names the columns that hold amounts, `totals` is its last row."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[Any]]
    money: frozenset[str] = frozenset()
    totals: list[Any] | None = None

    @property
    def all_rows(self) -> list[list[Any]]:
        """The rows and the totals."""
        return [*self.rows, *([self.totals] if self.totals else [])]


@dataclass(frozen=True)
class Pack:
    """A month's tables, as of when, who signed over which hash, and the lines that it covers (none: not signed)."""

    month: str
    currency: str
    state: str
    as_of: datetime
    content_hash: str | None
    signatures: list[list[Any]]
    tables: list[Table]
    content: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The pack's name as a file, without its ending."""
        return f"month-end-{self.month}-{self.currency}"


def pack_of(period: Period, *, at: datetime) -> Pack:
    """The pack of a month: as it was signed, or as it is known at `at` where nobody has."""
    signed = period.pk is not None and period.state != "open"
    statement = signed_statement(period) if signed else statement_of(period.month, period.currency, as_of=at)
    acts = [[s.act, name_of(s.by), s.at, s.reason, s.content_hash] for s in _signatures(period)]
    return Pack(
        period.month,
        period.currency,
        period.state,
        statement.as_of,
        period.content_hash if signed else None,
        acts,
        tables(statement),
        list(content_lines(period)) if signed else [],
    )


def _signatures(period: Period) -> Iterable[Any]:
    return period.signatures.select_related("by") if period.pk else []


def tables(statement: Statement) -> list[Table]:
    """All tables of a statement, in the order of the pack."""
    return [
        *(_part(statement, part) for part in TITLES),
        _methods(statement),
        _accrual(statement),
        *(_breakdown(statement, way) for way in WAYS),
        _listed(statement),
        _conservation(statement),
        _records(statement),
    ]


def line_key(part: str, bucket: str, name: str | None) -> str:
    """What a record's row and its line have in common."""
    return " / ".join((part, bucket, name or ""))


def _part(statement: Statement, part: str) -> Table:
    lines = statement.lines(part)
    rows = [[_label(line), line.count, Sum(line.amount, _key(part, line))] for line in lines]
    if part == "returns" and not statement.of(part, "unexplained"):
        rows.append([BUCKETS["unexplained"], 0, Sum(Decimal(0), line_key(part, "unexplained", None))])
    whole = total(statement.of(part))
    return Table(part, TITLES[part], ["Line", "Records", "Amount"], rows, _MONEY, [ENDS[part], None, Sum(whole)])


def _key(part: str, line: Line) -> str:
    return line_key(part, line.bucket, line.name)


def _label(line: Line) -> str:
    return f"{line.label}: {line.words}" if line.name else line.label


def _methods(statement: Statement) -> Table:
    rows: list[list[Any]] = [[method.label, method.documents, method.amount] for method in statement.methods]
    totals = ["Credited in all, net of tax", None, Sum(statement.credited)]
    return Table("methods", "How it went back", ["Method", "Documents", "Amount"], rows, _MONEY, totals)


def _accrual(statement: Statement) -> Table:
    rows = [[one.day, one.account, one.text, one.debit or None, one.credit or None] for one in accrual(statement)]
    columns = ["Date", "Account", "Text", "Debit", "Credit"]
    return Table("accrual", "Accrual, ready for the journal", columns, rows, frozenset({"Debit", "Credit"}))


def _breakdown(statement: Statement, way: str) -> Table:
    made = breakdown(statement, way)
    columns = [column.label for column in made.columns]
    first = "SKU" if way == "sku" else "Customer"
    rows = [[row.label, *row.amounts] for row in made.rows]
    totals = ["All", *(Sum(amount) for amount in made.totals)]
    return Table(f"by_{way}", made.title, [first, *columns], rows, frozenset(columns), totals)


def _listed(statement: Statement) -> Table:
    items = [item for item in statement.of("returns") if item.bucket in LISTED]
    approved = takers(item.case_id for item in items if item.bucket == "accepted")
    rows = [
        [
            LABELS["returns"][item.bucket],
            item.words or None,
            item.reference,
            item.customer,
            item.at,
            _case(item),
            approved.get(item.case_id),
            item.amount,
        ]
        for item in items
    ]
    columns = ["Line", "Because", "Return", "Customer", "Received", "Exception", "Taken by", "Amount"]
    totals = ["All", *[None] * 6, Sum(total(items))]
    return Table("listed", "What remains, return by return", columns, rows, _MONEY, totals)


def takers(cases: Iterable[int | None]) -> dict[int | None, str]:
    """Who took the variance of each case, and who approved it, in words."""
    taken = Acceptance.objects.filter(case__in=[case for case in cases if case], ended_at=None)
    return {
        one.case_id: f"{one.by.username}, approved by {one.approved_by.username}"
        if one.approved_by
        else one.by.username
        for one in taken.select_related("by", "approved_by")
    }


def _conservation(statement: Statement) -> Table:
    columns = ["Record", "Received", "In exceptions", "Not applicable", "Matched"]
    rows: list[list[Any]] = [list(row) for row in statement.conservation]
    rows.append(["refused lines", statement.rejected, None, None, None])
    rows.append(["orders sold in the month", statement.sales[0], None, None, None])
    return Table("conservation", "Every record in one place", columns, rows)


def _records(statement: Statement) -> Table:
    columns = ["Key", "Part", "Line", "Because", "Record", "System", "Customer", "Date", "Exception", "Amount"]
    rows = [
        [
            line_key(item.part, item.bucket, item.name if _named(item) else None),
            item.part.replace("_", " "),
            LABELS[item.part].get(item.bucket, item.bucket),
            item.words or None,
            item.reference,
            item.system,
            item.customer,
            item.at,
            _case(item),
            item.amount,
        ]
        for item in statement.items
    ]
    return Table("records", "Records", columns, rows, _MONEY)


def _named(item: Item) -> bool:
    return item.part != "returns" or item.bucket in NAMED


def _case(item: Item) -> str | None:
    return f"E-{item.case_id}" if item.case_id else None


def plain(cell: Any) -> Any:
    """A cell's own value: a sum's, and an instant as its day in the company's time zone."""
    if isinstance(cell, Sum):
        return cell.value
    if isinstance(cell, datetime):
        return timezone.localtime(cell, ZoneInfo(current_company().time_zone)).date()
    return cell
