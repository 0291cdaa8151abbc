"""The tables of the pages that read the ledgers."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from exceptions.downloads.sheets import Asked, Download, NoSuchTable, Sheet
from exceptions.exports import Row
from exceptions.ledgers import records as ledgers
from exceptions.ledgers.arrivals import arrivals
from exceptions.ledgers.comparison import Section
from exceptions.ledgers.customer_page import MOST, customer_page, narrowed_to
from exceptions.ledgers.feeds import flows_told
from exceptions.ledgers.matches import Sale, matches_of, tiers
from exceptions.ledgers.order_page import Column, order_page
from exceptions.ledgers.outcomes import NoSuchFlow, outcomes_page
from exceptions.ledgers.return_page import return_page
from exceptions.ledgers.runs import run_page, runs_page
from exceptions.ledgers.sku_page import sku_page
from exceptions.listing import row_number


def _all_pages(page: Callable[[str], Any], rows: Callable[[Any], Iterator[Row]]) -> Iterator[Row]:
    """The rows of a page that is read by a cursor, and of all that follow it."""
    cursor: str | None = ""
    while cursor is not None:
        found = page(cursor)
        yield from rows(found)
        cursor = found.following


def _records(asked: Asked) -> Sheet:
    of = {name: asked.query.get(name) or None for name in ("type", "system")}

    def rows(page: Any) -> Iterator[Row]:
        for said in page.records:
            words = said.status or said.level or said.movement or said.product or said.outcome
            yield (
                *(said.type, said.system, page.topology.name(said.system), said.id),
                *("withdrawn" if said.withdrawn else words, said.changed_at, said.at, said.arrived_at, said.record),
            )

    columns = ("Type", "System", "System's name", "Id", "Says", "Says so since", "At", "Arrived", "Record")
    return Sheet(columns, _all_pages(lambda after: ledgers.records_page(**of, after=after, as_of=asked.at), rows))


def _rejected(asked: Asked) -> Sheet:
    def rows(page: Any) -> Iterator[Row]:
        for line in page.lines:
            yield (
                *(line.arrived_at, line.source, line.line_number, line.type, line.system, line.record_id),
                *(line.field, line.code, line.reason, bytes(line.sha256).hex()),
            )

    columns = ("Arrived", "From", "Line", "Type", "System", "Id", "Field", "Code", "Reason", "SHA-256")
    return Sheet(columns, _all_pages(lambda after: ledgers.rejected_page(after=after), rows))


def _versions(asked: Asked) -> Sheet:
    key = _uuid(asked.query.get("record", ""))
    first = ledgers.record_page(key, after="")

    def rows(page: Any) -> Iterator[Row]:
        for told in page.versions:
            changes = told.reason if told.changes is None else "; ".join(told.changes) or told.reason
            yield told.row.at, told.row.arrived_at, told.row.until, changes, told.row.version

    columns = ("Says so at", "Arrived", "Until", f"What changed in {first.type} {first.id}", "Version")
    return Sheet(columns, _all_pages(lambda after: ledgers.record_page(key, after=after), rows))


def _matches(asked: Asked) -> Sheet:
    of_sale = ("order", "line", "placed", "quantity", "unit price")
    columns = (
        *("Line", "SKU", "Quantity", "Unit price", "Currency", "Match", "History", "Why"),
        *(f"{whose} {what}" for whose in ("Sale's", "Runner-up's") for what in of_sale),
    )
    rows = (
        (
            *(one.line.position, one.line.sku, one.line.quantity, one.line.price, one.line.currency),
            *(one.words, one.history, one.why, *_sale(one.sale), *_sale(one.runner_up)),
        )
        for one in matches_of(_uuid(asked.query.get("record", "")))
    )
    return Sheet(columns, rows)


def _sale(sale: Sale | None) -> Row:
    return (sale.id, sale.position, sale.at, sale.quantity, sale.price) if sale else (None,) * 5


def _tiers(asked: Asked) -> Sheet:
    rows = ((tier.words, tier.lines, tier.before_history) for tier in tiers())
    return Sheet(("Match", "Lines", "Before history: counted, not raised"), rows)


def _runs(asked: Asked) -> Sheet:
    def rows(page: Any) -> Iterator[Row]:
        for row in page.runs:
            moves = [getattr(row.moves, name, 0) for name in ("opened", "came_back", "healed")]
            over = "everything" if row.run.full else "what changed"
            took = row.took.total_seconds() if row.took else None
            yield row.run.id, row.run.as_of, row.run.finished_at, over, row.run.groups, took, row.found, *moves

    columns = ("Run", "As of", "Finished", "Over", "Order groups", "Seconds", "Found", "Opened", "Came back", "Healed")
    return Sheet(columns, _all_pages(lambda after: runs_page(after=after), rows))


def _run(asked: Asked) -> Sheet:
    page = run_page(row_number(asked.query.get("run", "")) or 0)
    rows = ((row.kind, row.title, row.examined, row.found, row.seconds) for row in page.checks)
    return Sheet(("Check", "Kind", "Examined", "Found", "Seconds"), rows)


def _feeds(asked: Asked) -> Sheet:
    columns = (
        *("Flow", "Record", "From", "To", "State", "Last success", "Expected by", "Seconds behind"),
        *("Last outcome", "Result", "Error"),
    )
    rows = (
        (
            *(feed.flow.key, feed.flow.record, feed.source, feed.target, feed.words, feed.success_at),
            *(feed.expected_by, feed.lag.total_seconds() if feed.lag else None),
            *(feed.row.outcome_at, feed.row.result, feed.row.error_code),
        )
        for feed in flows_told(as_of=asked.at)
    )
    return Sheet(columns, rows)


def _arrivals(asked: Asked) -> Sheet:
    columns = ("System", "Record", "State", "Last came", "Expected by", "At least every, in hours", "By")
    rows = (
        (
            *(one.system, one.type, one.words, one.heard_at, one.expected_by),
            *(one.every.total_seconds() / 3600 if one.every else None, one.reason),
        )
        for one in arrivals(at=asked.at)
    )
    return Sheet(columns, rows)


def _outcomes(asked: Asked) -> Sheet:
    flow, result = (asked.query.get(name, "") for name in ("flow", "result"))
    try:
        page = outcomes_page(flow, result=result, as_of=asked.at, shown=MOST)
    except NoSuchFlow as error:
        raise NoSuchTable(flow) from error
    rows = (
        (one.at, page.flow.key, one.result, one.about_type, one.about_id, one.error_code, one.error_message, one.record)
        for one in page.outcomes
    )
    return Sheet(("At", "Flow", "Result", "About", "Id", "Error", "Message", "Record"), rows)


def _customer(asked: Asked) -> Sheet:
    page = customer_page(asked.query.get("id", ""), as_of=asked.at, narrowed=narrowed_to(asked.query))
    rows = (
        (
            *(said.type, said.id, said.system, said.status or said.raw_status, said.dated_at),
            *(said.net, said.gross, said.currency),
        )
        for said in page.documents
    )
    return Sheet(("Document", "Id", "System", "Status", "Dated", "Net", "Amount", "Currency"), rows)


def _customer_facts(asked: Asked) -> Sheet:
    page = customer_page(asked.query.get("id", ""), as_of=asked.at)
    return _side_by_side(page.columns, page.sections)


def _order_facts(asked: Asked) -> Sheet:
    page = order_page(_uuid(asked.query.get("record", "")), as_of=asked.at)
    return _side_by_side(page.columns, page.sections)


def _return_facts(asked: Asked) -> Sheet:
    page = return_page(_uuid(asked.query.get("record", "")), as_of=asked.at)
    return _side_by_side(page.columns, page.sections)


def _stock(asked: Asked) -> Sheet:
    page = sku_page(asked.query.get("sku", ""), as_of=asked.at)
    return _side_by_side(page.columns, [page.stock])


def _catalogue(asked: Asked) -> Sheet:
    page = sku_page(asked.query.get("sku", ""), as_of=asked.at)
    columns = ("System", "SKU", "Title", "Active", "Unit", "Pack size", "Base SKU", "Barcode")
    rows: list[Row] = [
        (one.system, one.sku, one.title, one.active, one.uom, one.pack_size, one.base_sku, one.barcode)
        for one in page.catalogue
    ]
    rows += [(alias.system_id, alias.raw, f"stands for {alias.canonical}") for alias in page.aliases]
    return Sheet(columns, rows)


def _levels(asked: Asked) -> Sheet:
    page = sku_page(asked.query.get("sku", ""), as_of=asked.at, shown=MOST)
    rows = (
        (one.system, one.location, one.condition, one.quantity, one.sku, one.pack_size, one.at, one.record)
        for one in page.levels
    )
    return Sheet(("System", "Location", "Condition", "Quantity", "SKU", "Pack size", "Since", "Record"), rows)


def _awaiting(asked: Asked) -> Sheet:
    page = sku_page(asked.query.get("sku", ""), as_of=asked.at, shown=MOST)
    rows = ((one.sales_order or one.id, one.customer_name, one.placed_at, one.quantity) for one in page.awaiting)
    return Sheet(("Order", "Customer", "Placed", "Waits for"), rows)


def _movements(asked: Asked) -> Sheet:
    page = sku_page(asked.query.get("sku", ""), as_of=asked.at, shown=MOST)
    rows = (
        (one.at, one.system, one.quantity, one.sku, one.pack_size, one.condition, one.location, one.reason)
        for one in page.movements
    )
    return Sheet(("At", "System", "Quantity", "SKU", "Pack size", "To", "Location", "Why"), rows)


def _side_by_side(columns: Sequence[Column], sections: Sequence[Section]) -> Sheet:
    """A row a fact: what each system says, and how it differs."""
    headings = [heading for column in columns for heading in (column.name, f"{column.name} differs")]
    rows = (
        [section.title, fact.name, *(words for cell in fact.cells for words in _cell(cell))]
        for section in sections
        for fact in section.facts
    )
    return Sheet(("Part", "Fact", *headings), rows)


def _cell(cell: Any) -> tuple[str | None, str | None]:
    return (None, None) if cell is None else (" ".join(filter(None, (cell.words, cell.note))), cell.mark)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NoSuchTable(text) from error


TABLES = {
    "records": Download("Records", _records),
    "refused-lines": Download("Refused lines", _rejected),
    "versions": Download("Versions of a record", _versions),
    "credit-matches": Download("What a credit takes back", _matches),
    "credit-tiers": Download("Matches of credits without a reference", _tiers),
    "runs": Download("Runs", _runs),
    "run": Download("Checks of a run", _run),
    "feeds": Download("Feeds", _feeds),
    "arrivals": Download("What is sent to us", _arrivals),
    "outcomes": Download("Outcomes of a flow", _outcomes),
    "customer-documents": Download("Documents of a customer", _customer),
    "customer-facts": Download("A customer side by side", _customer_facts),
    "order-facts": Download("An order side by side", _order_facts),
    "return-facts": Download("A return side by side", _return_facts),
    "sku-stock": Download("Stock of a SKU", _stock),
    "sku-catalogues": Download("Catalogues of a SKU", _catalogue),
    "sku-levels": Download("Stock levels of a SKU", _levels),
    "sku-awaiting": Download("Orders that wait for a SKU", _awaiting),
    "sku-movements": Download("Movements of a SKU", _movements),
}
