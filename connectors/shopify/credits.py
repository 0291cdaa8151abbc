"""Refunds → credits. A refund there need not have moved money: on account it says what is owed."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from connectors.amounts import NOUGHT, per
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.shopify.money import amount, currency, plain_id, sku_of, total
from connectors.shopify.orders import EACH, customer, refs
from connectors.sightings import Line

MOVED = ("SUCCESS", "PENDING", "AWAITING_RESPONSE")
STORE_CREDIT = ("shopify_store_credit", "gift_card")
REASONS = {"CUSTOMER": "goodwill", "DAMAGE": "goodwill"}


def credit_lines(order: Raw, words: Words) -> Iterator[Told]:
    """The order's refunds."""
    return each("credit", order["refunds"], partial(_credit, order, words), id=lambda one: one["legacyResourceId"])


def _credit(order: Raw, words: Words, refund: Raw) -> Iterator[Line]:
    """A refund; one that only lets an unpaid order go is no credit."""
    payments = [one for one in refund["transactions"]["nodes"] if one["kind"] == "REFUND"]
    credit = _of_money(payments) if payments else _on_account(refund)
    if credit["amount"] == 0 and credit["status"] != "failed":
        return
    goods = _goods(refund) if payments else [line for line in _goods(refund) if line["restockType"] != "CANCEL"]
    shipping = refund["refundShippingLines"]["nodes"]
    yield {
        "type": "credit",
        "system": words.system,
        "id": str(refund["legacyResourceId"]),
        "at": refund["updatedAt"],
        "number": str(refund["legacyResourceId"]),  # by which portals and gateways name it
        **credit,
        "refs": refs(order, words) | {"rma": (refund["return"] or {}).get("name")},
        "customer": customer(order),
        "currency": currency(refund["totalRefundedSet"]) or order["currencyCode"],
        "tax": total(line["totalTaxSet"] for line in goods) + total(one["taxAmountSet"] for one in shipping),
        "shipping": total(one["subtotalAmountSet"] for one in shipping),
        "issued_at": refund["processedAt"],
        "reason": _reason(refund),
        "lines": [_line(line) for line in goods],
        "raw": refund,
    }


def refunded(refund: Raw) -> Decimal:
    """What a refund gives back, whether money moved or not."""
    payments = [one for one in refund["transactions"]["nodes"] if one["kind"] == "REFUND"]
    credit = _of_money(payments) if payments else _on_account(refund)
    return NOUGHT if credit["status"] == "failed" else Decimal(credit["amount"])


def _of_money(payments: list[Raw]) -> Line:
    moved = [one for one in payments if one["status"] in MOVED]
    gateways = {one["gateway"] for one in payments}
    return {
        "kind": "store_credit" if gateways <= set(STORE_CREDIT) else "refund",
        "amount": total(one["amountSet"] for one in moved or payments),
        "status": "issued" if moved else "failed",
        "settled": bool(moved) and all(one["status"] == "SUCCESS" for one in moved),
    }


def _on_account(refund: Raw) -> Line:
    lines = [line for line in _goods(refund) if line["restockType"] != "CANCEL"]
    goods = total(line["subtotalSet"] for line in lines) + total(line["totalTaxSet"] for line in lines)
    shipping: list[Any] = refund["refundShippingLines"]["nodes"]
    sent = total(one["subtotalAmountSet"] for one in shipping) + total(one["taxAmountSet"] for one in shipping)
    return {"kind": "credit_note", "amount": goods + sent, "status": "issued"}


def _goods(refund: Raw) -> list[Raw]:
    return list(refund["refundLineItems"]["nodes"])


def _reason(refund: Raw) -> str:
    lines = _goods(refund)
    if refund["return"] is None and lines and all(line["restockType"] == "CANCEL" for line in lines):
        return "cancellation"
    if lines or refund["return"]:
        return "return"
    reasons = [one["reason"] for one in refund["orderAdjustments"]["nodes"]]
    return next((REASONS[reason] for reason in reasons if reason in REASONS), "price_adjustment")


def _line(line: Raw) -> Line:
    worth = amount(line["subtotalSet"])
    price = None if worth is None or not line["quantity"] else per(worth, line["quantity"])
    named = {
        "id": line["id"] and plain_id(line["id"]),
        "sku": sku_of(line["lineItem"]),
        "quantity": line["quantity"],
        **EACH,
    }
    return named | {"unit_price": price}
