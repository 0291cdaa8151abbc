"""The tables of the months: the list, one by customer or SKU, and the records behind a line of a statement."""

from django.utils import timezone

from exceptions.close import months, period_of
from exceptions.downloads.sheets import Asked, Download, NoSuchTable, Sheet
from exceptions.models import OpeningItem
from exceptions.months.beside import NoSuchFigure, figure
from exceptions.months.breakdown import WAYS, breakdown, narrowed
from exceptions.months.parts import PARTS
from exceptions.months.signed import signed_statement
from exceptions.months.statement import NoSuchMonth, Statement, month_bounds, statement_of

MOST = 1_000_000


def _months(asked: Asked) -> Sheet:
    rows = (
        (one.month, one.currency, one.state, one.credited, one.liability, one.unexplained, one.closes_at)
        for one in months(at=asked.at)
    )
    return Sheet(("Month", "Currency", "State", "Credited", "Liability", "Unexplained", "To be closed by"), rows)


def _breakdown(asked: Asked) -> Sheet:
    way = asked.query.get("way", "")
    if way not in WAYS:
        raise NoSuchTable(way)
    table = breakdown(_statement(asked), way)
    rows = [(row.label, *row.amounts) for row in table.rows]
    headings = ("SKU" if way == "sku" else "Customer", *(column.label for column in table.columns))
    return Sheet(headings, [*rows, ("All", *table.totals)])


def _line(asked: Asked) -> Sheet:
    part, bucket, said = asked.query.get("part", ""), asked.query.get("bucket", ""), asked.query
    if part not in PARTS:
        raise NoSuchTable(part)
    items = _statement(asked).of(part, None if bucket == "all" else bucket)
    items = [item for item in items if "name" not in said or item.name == said["name"]]
    way = next((way for way in WAYS if way in said), None)
    shown = narrowed(items, way, said[way]) if way else [(item, item.amount) for item in items]
    rows = (
        (
            *(item.reference, item.system, item.customer, timezone.localtime(item.at), item.bucket, item.words),
            *(f"E-{item.case_id}" if item.case_id else None, amount, item.record),
        )
        for item, amount in shown
    )
    columns = ("Reference", "System", "Customer", "Date", "Line", "Because", "Exception", "Amount", "Record")
    return Sheet(columns, rows)


def _statement(asked: Asked) -> Statement:
    """The month's statement as its pages show it: as signed, or as known now."""
    month, currency = _month(asked)
    period = period_of(month, currency)
    return statement_of(month, currency, as_of=asked.at) if period.state == "open" else signed_statement(period)


def _month(asked: Asked) -> tuple[str, str]:
    month, currency = asked.query.get("month", ""), asked.query.get("currency", "")
    try:
        month_bounds(month)
    except NoSuchMonth as error:
        raise NoSuchTable(month) from error
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise NoSuchTable(currency)
    return month, currency


def _beside(asked: Asked) -> Sheet:
    month, currency = _month(asked)
    of, place = (asked.query.get(name, "") for name in ("of", "place"))
    try:
        found = figure(month, currency, asked.query.get("what", ""), of=of, place=place, as_of=asked.at, shown=MOST)
    except NoSuchFigure as error:
        raise NoSuchTable(month) from error
    rows = ((one.reference, one.system, one.customer, one.at, one.amount, one.record) for one in found.records)
    return Sheet(("Reference", "System", "Customer", "Date", "Amount", "Record"), rows)


def _opening(asked: Asked) -> Sheet:
    items = OpeningItem.objects.select_related("entered_by", "signed_by").order_by("currency", "at", "id")
    rows = (
        (
            *(one.reference, one.customer, one.at, one.amount, one.currency),
            *(one.entered_by.get_username(), one.entered_at),
            *(one.signed_by.get_username() if one.signed_by else None, one.signed_at),
        )
        for one in items.iterator(chunk_size=2_000)
    )
    columns = ("RMA", "Customer", "Date", "Amount", "Currency", "Entered by", "Entered", "Signed by", "Signed")
    return Sheet(columns, rows)


TABLES = {
    "months": Download("Months", _months),
    "month-breakdown": Download("A month by customer or SKU", _breakdown),
    "month-beside": Download("Records beside a month's sums", _beside),
    "opening": Download("Opening balance", _opening),
    "month-line": Download("Records of a line of a month", _line),
}
