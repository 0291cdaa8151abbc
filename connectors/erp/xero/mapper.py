"""Xero's credit notes and invoices → lines of the contract."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connectors.amounts import NOUGHT, exact, per
from connectors.closed_words import meaning
from connectors.paging import Raw
from connectors.parts import Told, Unread
from connectors.registry import Words
from connectors.sightings import Line
from connectors.spelling import folded

FORM = "{rma} / {order_number}"
STATUS = {
    "DRAFT": "draft",
    "SUBMITTED": "draft",
    "AUTHORISED": "issued",
    "PAID": "applied",
    "VOIDED": "void",
    "DELETED": "void",
}
OF_AN_ORDER = {
    "DRAFT": "open",
    "SUBMITTED": "open",
    "AUTHORISED": "released",
    "PAID": "closed",
    "VOIDED": "cancelled",
    "DELETED": "cancelled",
}
PAID = {"PAID": "paid", "AUTHORISED": "pending", "VOIDED": "void", "DELETED": "void"}
REASONS = {folded(reason): reason for reason in ("return", "goodwill", "price_adjustment", "cancellation")}
MS_JSON = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NoInvoice(ValueError):
    """An allocation does not say against what its note was set."""


def lines(feed: str, item: Raw, words: Words) -> Iterator[Told]:
    """The lines of an item of `feed`; what is bought is not ours to reconcile."""
    if feed == "invoices":
        if item["Type"] == "ACCREC":
            yield _order(item, words)
    elif item["Type"] == "ACCRECCREDIT":
        yield _credit(item, words)
        yield from _without_invoice(item)


def _credit(note: Raw, words: Words) -> Line:
    """A note whose cash was paid out is a refund; set against invoices or unused, it is a credit note."""
    rows = list(_rows(note))
    paid_out = [one for one in note.get("Payments") or [] if one.get("Status") != "DELETED"]
    reasons = {reason for row in rows if (reason := _reason(row, words))}
    return {
        "type": "credit",
        "system": words.system,
        "id": note["CreditNoteID"],
        "at": _changed(note),
        "number": note.get("CreditNoteNumber"),
        "kind": "refund" if paid_out else "credit_note",
        "refs": _refs(note, words),
        "customer": _customer(note, words),
        "currency": note.get("CurrencyCode"),
        "amount": exact(note.get("Total")),
        "tax": exact(note.get("TotalTax")),
        "shipping": _carriage(note, rows, words),
        "status": STATUS.get(str(note.get("Status")), note.get("Status")),
        "issued_at": _date(note, "Date", words),
        "reason": reasons.pop() if len(reasons) == 1 else None,
        "settled": True if paid_out else None,
        "lines": [_line(note, row) | {"reason": _reason(row, words)} for row in rows if not _carries(row, words)],
        "raw": note,
    }


def _order(invoice: Raw, words: Words) -> Line:
    """A sales invoice, where the tenant says that it stands for the order."""
    rows, said = list(_rows(invoice)), invoice.get("Status")
    return {
        "type": "order",
        "system": words.system,
        "id": invoice["InvoiceID"],
        "at": _changed(invoice),
        "number": invoice.get("InvoiceNumber"),
        "refs": {"invoice": invoice.get("InvoiceNumber"), **_of_invoice(invoice, words)},
        "customer": _customer(invoice, words),
        "status": OF_AN_ORDER.get(str(said), said),
        "payment": {"status": PAID.get(str(said))},
        "currency": invoice.get("CurrencyCode"),
        "total": exact(invoice.get("Total")),
        "tax": exact(invoice.get("TotalTax")),
        "shipping": _carriage(invoice, rows, words),
        "placed_at": _date(invoice, "Date", words),
        "lines": [_line(invoice, row) for row in rows if not _carries(row, words)],
        "raw": invoice,
    }


def allocations(note: Raw) -> list[Raw]:
    """What the note is set against, where that names an invoice."""
    return [one for one in _standing(note) if one.get("Invoice")]


def _standing(note: Raw) -> list[Raw]:
    """The note's allocations; one that was taken back stays in the list, as deleted."""
    return [one for one in note.get("Allocations") or [] if not one.get("IsDeleted")]


def _without_invoice(note: Raw) -> Iterator[Unread]:
    """What is to be refused and shown of a note: each allocation that does not say against what it was set."""
    for number, one in enumerate(_standing(note), 1):
        if not one.get("Invoice"):
            named = one.get("AllocationID") or number
            why = NoInvoice(f"Allocation {named} of {note.get('CreditNoteNumber')} names no invoice.")
            yield Unread("credit", f"{note['CreditNoteID']}/allocation {named}", why)


def _refs(note: Raw, words: Words) -> dict[str, Any]:
    """The note's own number, what its reference says in the agreed form, and its invoice's order."""
    found: dict[str, Any] = {"credit_number": note.get("CreditNoteNumber")}
    invoices = note.get("AllocatedTo") or [one["Invoice"] for one in allocations(note)]
    of = [{"invoice": one.get("InvoiceNumber"), **_of_invoice(one, words)} for one in invoices]
    if of and all(one == of[0] for one in of):  # several orders are no reference: they would become one
        found |= {scheme: said for scheme, said in of[0].items() if said}
    return found | read_reference(note.get("Reference") or "", words.get("reference_form", FORM))


def _of_invoice(invoice: Raw, words: Words) -> dict[str, Any]:
    scheme = words.get("invoice_reference", "order_number")
    return {} if scheme == "never" else {scheme: invoice.get("Reference")}


def read_reference(said: str, form: str) -> dict[str, str]:
    """The references in a text of the form `{rma} / {order_number}`; none where it has another form."""
    parts = re.split(r"\{(\w+)\}", form)
    names = parts[1::2]
    between = [re.escape(part.strip()) for part in parts[0::2]]
    pattern = between[0] + "".join(rf"\s*(\S(?:.*?\S)?)\s*{text}" for text in between[1:])
    match = re.fullmatch(pattern, said.strip())
    return dict(zip(names, match.groups(), strict=True)) if match else {}


def _customer(document: Raw, words: Words) -> Line:
    contact = document.get("Contact") or {}
    number = contact.get(words.get("customer_id", "ContactID")) or contact.get("ContactID")
    return {"id": number, "name": contact.get("Name"), "email": contact.get("EmailAddress") or None}


def _rows(document: Raw) -> Iterator[Raw]:
    """The lines that say a quantity or are worth something; the others are only text."""
    return (
        row
        for row in document.get("LineItems") or []
        if row.get("Quantity") is not None or exact(row.get("LineAmount"))
    )


def _line(document: Raw, row: Raw) -> Line:
    """A line, its price net of tax and discount; of what is taken back the price is negative, and not the quantity."""
    counted, net = exact(row.get("Quantity")), _net(document, row)
    quantity = Decimal(1) if counted is None else counted  # an amount without a quantity is one piece
    price = per(net, quantity) if quantity else exact(row.get("UnitAmount"))
    if quantity < 0 and price is not None:
        quantity, price = -quantity, -price
    return {
        "id": row.get("LineItemID"),
        "sku": _item_code(row) or (row.get("Description") or "").strip()[:100] or "unknown",
        "quantity": quantity,
        "unit_price": price,
    }


def _item_code(row: Raw) -> str | None:
    return row.get("ItemCode") or (row.get("Item") or {}).get("Code")


def _net(document: Raw, row: Raw) -> Decimal:
    worth = exact(row.get("LineAmount")) or NOUGHT
    return worth - (exact(row.get("TaxAmount")) or NOUGHT) if document.get("LineAmountTypes") == "Inclusive" else worth


def _carriage(document: Raw, rows: list[Raw], words: Words) -> Decimal | None:
    said = [_net(document, row) for row in rows if _carries(row, words)]
    return sum(said, NOUGHT) if said else None


def _carries(row: Raw, words: Words) -> bool:
    codes = [code.strip() for code in words.get("shipping_items").split(",") if code.strip()]
    return _item_code(row) in codes


def _reason(row: Raw, words: Words) -> str | None:
    """What the line's tracking category says; a word that is none of the contract's as it came."""
    for one in row.get("Tracking") or []:
        if one.get("Name") == words.get("reason_category"):
            return meaning(one.get("Option"), REASONS, words.get("reasons"))
    return None


def _changed(document: Raw) -> str:
    said = document.get("UpdatedDateUTCString") or _ms_json(document["UpdatedDateUTC"]).isoformat()
    return said if said.endswith("Z") or "+" in said else f"{said}Z"


def _date(document: Raw, name: str, words: Words) -> str | None:
    """A date of the document, which is a day in the organisation's time zone."""
    said = document.get(f"{name}String")
    if not said and not document.get(name):
        return None
    day = datetime.fromisoformat(said) if said else _ms_json(document[name]).replace(tzinfo=None)
    return day.replace(tzinfo=ZoneInfo(words.get("time_zone", "UTC"))).isoformat()


def _ms_json(said: str) -> datetime:
    """`/Date(1551744000000+0000)/`; the offset does not move the moment."""
    match = MS_JSON.fullmatch(said)
    if match is None:
        raise ValueError(f"{said!r} is no date of Xero's.")
    return EPOCH + timedelta(milliseconds=int(match[1]))
