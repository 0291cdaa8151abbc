"""Drafts a credit note in Xero: nothing is booked until somebody approves it there."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.erp.xero.client import PATH, XeroClient
from connectors.erp.xero.mapper import FORM
from connectors.registry import Words, Write
from connectors.writing import Answer, CannotBeWritten, Planned, Wanted

PLACES = Decimal("0.0001")  # unit prices, with unitdp=4
GONE = ("VOIDED", "DELETED")


def _plan(wanted: Wanted, words: Words) -> Planned:
    lines = wanted.need("lines", "It is not known which goods are to be credited.")
    customer = wanted.need("customer", f"It is not known who the customer is in {words.system}.")
    reference = _reference(wanted, words)
    note = {
        "Type": "ACCRECCREDIT",
        "Status": "DRAFT",
        "Contact": {words.get("customer_id", "ContactID"): customer},
        "LineAmountTypes": "Exclusive",
        "CurrencyCode": wanted.need("currency", "The currency of the credit is not known."),
        "Reference": reference,
        "LineItems": [_line(one, words) for one in lines],
    }
    net = sum((Decimal(one["amount"]) for one in lines), Decimal(0))
    return Planned(
        words=f"A draft credit note over {net} {note['CurrencyCode']} net is made for {reference}; nobody is credited "
        "until it is approved in Xero.",
        method="PUT",
        path=f"{PATH}/CreditNotes",
        body={"CreditNotes": [note]},
        about={"reference": reference},
    )


def _reference(wanted: Wanted, words: Words) -> str:
    """The reference in the agreed form, by which the note is read again and found."""
    try:
        said = words.get("reference_form", FORM).format(**wanted.values.get("refs") or {})
    except KeyError as lacking:
        raise CannotBeWritten(f"The credit note's reference names {lacking.args[0]}, which is not known.") from None
    except (AttributeError, IndexError, TypeError, ValueError):
        raise CannotBeWritten(
            "The connection's form of references is no form such as {rma} / {order_number}."
        ) from None
    if '"' in said:
        raise CannotBeWritten("A reference with a quotation mark cannot be looked for.")
    return said


def _line(one: dict[str, Any], words: Words) -> dict[str, Any]:
    """A line that comes to its amount exactly; where no price of four decimals does, in one piece."""
    quantity, amount = Decimal(one["quantity"]), Decimal(one["amount"])
    price = (amount / quantity).quantize(PLACES, ROUND_HALF_UP) if quantity else amount
    if price * quantity != amount:
        quantity, price = Decimal(1), amount
    code, tax = words.get("credit_account"), words.get("credit_tax")
    return {
        "ItemCode": one["sku"],
        "Description": f"{one['quantity']} × {one['sku']}",
        "Quantity": _number(quantity),
        "UnitAmount": _number(price),
        **({"AccountCode": code} if code else {}),
        **({"TaxType": tax} if tax else {}),
    }


def _number(exact: Decimal) -> float | int:
    """A number of JSON that is written as it is."""
    said = int(exact) if exact == exact.to_integral_value() else float(exact)
    if Decimal(repr(said)) != exact:
        raise CannotBeWritten(f"{exact} has more digits than Xero takes.")
    return said


def _done(client: XeroClient, planned: Planned, key: str) -> Answer | None:
    for note in client.credit_notes_of(planned.about["reference"]):
        if note["Status"] not in GONE:
            return _standing(note)
    return None


def _send(client: XeroClient, planned: Planned, key: str) -> Answer:
    said = client.http.json(
        planned.method,
        planned.path,
        params={"unitdp": "4"},
        headers={"Idempotency-Key": key},
        json=planned.body,
    )
    return _standing(said["CreditNotes"][0])


def _standing(note: dict[str, Any]) -> Answer:
    return {name: note.get(name) for name in ("CreditNoteID", "CreditNoteNumber", "Status", "Reference")}


DRAFT_CREDIT = Write(
    action="draft_credit",
    label="Draft a credit note",
    needs="the scope accounting.transactions",
    money=True,
    plan=_plan,
    done=_done,
    send=_send,
)
