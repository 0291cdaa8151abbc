"""Records of an ERP's files → lines of the contract. Words are given as they came: the topology maps them."""

from collections.abc import Iterator, Sequence
from typing import Any

from connectors.cells import CellRefused, flag, moment, needed, number, text
from connectors.paging import Raw
from connectors.registry import Words
from connectors.sightings import Line

TYPES = {"orders": "order", "credits": "credit", "products": "product"}
REFERENCES = ("order_number", "sales_order", "ecommerce_order", "purchase_order", "rma", "invoice", "credit_number")
STATED = ("realm", "status", "currency", "total", "amount", "tax", "shipping", "kind", "deleted")  # by every row
STATED_ONCE = (  # perhaps by the first row alone
    *REFERENCES,
    *("channel", "customer_id", "customer_name", "customer_email", "ship_to", "notes", "discount", "hold"),
    *("payment_method", "payment_terms", "payment_status", "placed_at", "issued_at", "reason", "settled"),
)
OF_A_PRODUCT = ("realm", "deleted", "active", "uom", "units_per_uom", "base_sku", "title", "barcode")
OF_A_LINE = ("line_ref", "quantity", "unit_price", "line_reason")


def lines(feed: str, item: Raw, words: Words) -> Iterator[Line]:
    """The line of an item of `feed`, dated by the file's name."""
    if "problem" in item:
        raise CellRefused(item["problem"])
    rows: Sequence[Raw] = item["rows"]
    _agree(rows, feed)
    head = {"type": TYPES[feed], "system": words.system, "id": item["id"], "at": item["at"]}
    head |= {"realm": text(rows[0], "realm"), "raw": item}  # the client, where brands share the ERP
    if flag(rows[0], "deleted"):
        yield head | {"deleted": True}
    else:
        yield head | {"orders": _order, "credits": _credit, "products": _product}[feed](rows)


def _order(rows: Sequence[Raw]) -> Line:
    first = rows[0]
    return {
        **_document(first, ("total", "tax", "shipping", "discount")),
        "channel": text(first, "channel"),
        "payment": {
            name: text(first, column)
            for name, column in (
                ("method", "payment_method"),
                ("terms", "payment_terms"),
                ("status", "payment_status"),
                ("hold", "hold"),
            )
        },
        "number": text(first, "order_number") or text(first, "sales_order"),
        "placed_at": moment(first, "placed_at"),
        "ship_to": text(first, "ship_to"),
        "notes": text(first, "notes"),
        "lines": [
            _line(row)
            | {"discount": number(row, "line_discount"), "fulfilled_quantity": number(row, "fulfilled_quantity")}
            for row in rows
        ],
    }


def _credit(rows: Sequence[Raw]) -> Line:
    """A credit; its lines may be left out, with the cell of the SKU empty."""
    first = rows[0]
    return {
        **_document(first, ("amount", "tax", "shipping")),
        "number": text(first, "credit_number"),
        "kind": text(first, "kind"),
        "issued_at": moment(first, "issued_at"),
        "reason": text(first, "reason"),
        "settled": flag(first, "settled"),
        "lines": [_line(row) | {"reason": text(row, "line_reason")} for row in rows if _states_a_line(row)],
    }


def _states_a_line(row: Raw) -> bool:
    """Whether a row holds a line; raises CellRefused where it holds one of nothing."""
    if text(row, "sku"):
        return True
    if stated := [column for column in OF_A_LINE if text(row, column)]:
        raise CellRefused(f"Row {row['row']}: sku is empty, though there is {', '.join(stated)}.")
    return False


def _product(rows: Sequence[Raw]) -> Line:
    row = rows[0]
    named = {name: text(row, name) for name in ("sku", "uom", "base_sku", "title", "barcode")}
    return named | {"active": flag(row, "active"), "pack_size": number(row, "units_per_uom")}


def _document(row: Raw, amounts: Sequence[str]) -> Line:
    """What orders and credits share."""
    return {
        "refs": {scheme: text(row, scheme) for scheme in REFERENCES},
        "customer": {
            "id": text(row, "customer_id"),
            "name": text(row, "customer_name"),
            "email": text(row, "customer_email"),
        },
        "status": text(row, "status"),
        "currency": text(row, "currency"),
        **{name: number(row, name) for name in amounts},
    }


def _line(row: Raw) -> dict[str, Any]:
    return {
        "id": text(row, "line_ref"),
        "sku": text(row, "sku"),
        "quantity": needed(row, "quantity"),
        "uom": text(row, "uom"),
        "pack_size": number(row, "units_per_uom"),
        "unit_price": number(row, "unit_price"),
    }


def _agree(rows: Sequence[Raw], feed: str) -> None:
    """Raises CellRefused where rows of one document, or of one product, say different things of it."""
    every, once = (OF_A_PRODUCT, ()) if feed == "products" else (STATED, STATED_ONCE)
    for row in rows[1:]:
        said = [column for column in once if text(row, column)]
        for column in (*every, *said):
            if text(row, column) != text(rows[0], column):
                raise CellRefused(f"Row {row['row']}: {column} is not that of row {rows[0]['row']}.")
