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
from connectors.shopify.taken import goods_of, sent_goods
from connectors.sightings import Line

MOVED, FAILED = ("SUCCESS", "PENDING", "AWAITING_RESPONSE"), ("ERROR", "FAILURE")
STORE_CREDIT = ("shopify_store_credit", "gift_card")
REASONS = {"CUSTOMER": "goodwill", "DAMAGE": "goodwill"}


def credit_lines(order: Raw, words: Words) -> Iterator[Told]:
    """The order's refunds."""
    return each("credit", order["refunds"], partial(_credit, order, words), id=lambda one: one["legacyResourceId"])


def _credit(order: Raw, words: Words, refund: Raw) -> Iterator[Line]:
    """A refund; one that only lets an unpaid order go is no credit."""
    payments = [one for one in refund["transactions"]["nodes"] if one["kind"] == "REFUND"]
    credit = _of_money(payments) if payments else _on_account(order, refund)
    if credit["amount"] == 0 and credit["status"] == "issued":
        return
    goods = goods_of(refund) if payments else sent_goods(order, refund)
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
        "reason": _reason(order, refund),
        "lines": [_line(line) for line in goods],
        "raw": refund,
    }


def refunded(order: Raw, refund: Raw) -> Decimal:
    """What a refund gives back, whether money moved or not."""
    payments = [one for one in refund["transactions"]["nodes"] if one["kind"] == "REFUND"]
    credit = _of_money(payments) if payments else _on_account(order, refund)
    return NOUGHT if credit["status"] == "failed" else Decimal(credit["amount"])


def _of_money(payments: list[Raw]) -> Line:
    moved = [one for one in payments if one["status"] in MOVED]
    unknown = [str(one["status"]) for one in payments if one["status"] not in (*MOVED, *FAILED)]
    gateways = {one["gateway"] for one in payments}
    return {
        "kind": "store_credit" if gateways <= set(STORE_CREDIT) else "refund",
        "amount": total(one["amountSet"] for one in moved or payments),
        "status": "issued" if moved else next(iter(unknown), "failed"),
        "settled": bool(moved) and all(one["status"] == "SUCCESS" for one in moved),
    }


def _on_account(order: Raw, refund: Raw) -> Line:
    lines = sent_goods(order, refund)
    goods = total(line["subtotalSet"] for line in lines) + total(line["totalTaxSet"] for line in lines)
    shipping: list[Any] = refund["refundShippingLines"]["nodes"]
    sent = total(one["subtotalAmountSet"] for one in shipping) + total(one["taxAmountSet"] for one in shipping)
    return {"kind": "credit_note", "amount": goods + sent, "status": "issued"}


def _reason(order: Raw, refund: Raw) -> str:
    lines = goods_of(refund)
    if refund["return"] is None and lines and not sent_goods(order, refund):
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
