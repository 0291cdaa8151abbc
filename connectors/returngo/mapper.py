"""ReturnGO's returns → returns and credits of the contract."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

from connectors.amounts import CHECKING, NOUGHT, exact, per
from connectors.closed_words import in_common, meaning
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.sightings import Line

STATUS = {
    "Pending": "requested",
    "Approved": "authorised",
    "Received": "received",
    "Validated": "inspected",
    "Done": "closed",
    "Rejected": "rejected",
    "Canceled": "cancelled",
}
RESOLUTION: dict[str, str | None] = {
    "refundtopaymentmethod": "refund",
    "refundtostorecredit": "credit",
    "refundtogiftcard": "credit",
}
CREDIT_KIND = {
    "RefundToPaymentMethod": "refund",
    "RefundToStoreCredit": "store_credit",
    "RefundToGiftCard": "store_credit",
}
CREDIT_STATUS = {"Requested": "draft", "Success": "issued"}
SETTLED = {"Requested": False, "Success": True}
ARRIVED = ("Received", "Validated")
FEES = ("restockingFee", "returnFee", "shipmentFee")


def lines(feed: str, item: Raw, words: Words) -> Iterator[Told]:
    """The return, and a credit for each of its transactions."""
    if "gone" in item:
        yield {"type": "return", "system": words.system, "id": item["gone"], "at": item["at"], "deleted": True}
        return
    yield from each("return", [item], lambda one: [_return(one, words)], id=lambda one: one["rmaSummary"]["rmaId"])
    paid = item.get("transactions") or []
    yield from each("credit", paid, lambda one: [_credit(item, one, words)], id=itemgetter("id"))


def _return(item: Raw, words: Words) -> Line:
    goods = item.get("items") or []
    known = [one for one in item.get("transactions") or [] if one["status"] in CREDIT_STATUS]
    refunds = [one for one in known if one["type"] in CREDIT_KIND]
    return {
        "type": "return",
        "system": words.system,
        "id": str(item["rmaSummary"]["rmaId"]),
        "at": _changed_at(item),
        "number": str(item["rmaSummary"]["rmaId"]),
        "refs": _refs(item),
        "status": _status(item),
        "resolution": _resolution(item, words),
        "currency": next((one for one in (_currency(good.get("paidPrice")) for good in goods) if one), None),
        "requested_at": item["createdAt"],
        "inspected_at": _inspected_at(item),
        "refund_amount": sum((_amount(one["amount"]) or NOUGHT for one in refunds), NOUGHT) if refunds else None,
        "fees": sum((_amount(good.get(fee)) or NOUGHT for good in goods for fee in FEES), NOUGHT),
        "lines": [_line(good, words) for good in goods],
        "raw": item,
    }


def _line(good: Raw, words: Words) -> Line:
    """A returned unit: ReturnGO knows no quantities."""
    found = _found(good)
    came = found.get("isReturned") if found else None
    return {
        "id": str(good["returnedItemId"]),
        "sku": _sku(good),
        "quantity": 1,
        "received_quantity": None if came is None else int(bool(came)),
        "accepted_quantity": None if came is None else int(bool(came)),
        "reason_code": f"{good.get('returnReason') or ''}{good.get('extendedReason') or ''}".strip() or None,
        "disposition": _disposition(found, words),
        "unit_refund": _net(good),
    }


def _credit(item: Raw, transaction: Raw, words: Words) -> Line:
    paid = {str(id) for id in transaction.get("returnItemIds") or []}
    goods = [good for good in item.get("items") or [] if str(good["returnedItemId"]) in paid]
    status = str(transaction["status"])
    amount = _amount(transaction["amount"])
    return {
        "type": "credit",
        "system": words.system,
        "id": str(transaction["id"]),
        "at": transaction.get("lastUpdated") or transaction["createdAt"],
        "number": transaction.get("externalReferenceId"),
        "kind": CREDIT_KIND.get(transaction["type"], transaction["type"]),
        "refs": _refs(item) | _refund_ref(transaction),
        "currency": _currency(transaction["amount"]),
        "amount": amount,
        "tax": _share_of_tax(amount, goods),
        "status": CREDIT_STATUS.get(status, status),
        "issued_at": transaction["createdAt"],
        "reason": "return",
        "settled": SETTLED.get(status) if CREDIT_KIND.get(transaction["type"]) == "refund" else None,
        "lines": [_credit_line(good) for good in goods],
        "raw": transaction,
    }


def _credit_line(good: Raw) -> Line:
    return {"id": str(good["returnedItemId"]), "sku": _sku(good), "quantity": 1, "unit_price": _net(good)}


def _refs(item: Raw) -> dict[str, str | None]:
    order = item.get("orderDetails") or {}
    return {
        "rma": str(item["rmaSummary"]["rmaId"]),
        "ecommerce_order": order.get("orderId"),
        "order_number": order.get("order_name") or item["rmaSummary"].get("order_name"),
    }


def _refund_ref(transaction: Raw) -> dict[str, str | None]:
    of_the_shop = transaction.get("externalReferenceType") == "PlatformRefundId"
    return {"shop_refund": transaction.get("externalReferenceId")} if of_the_shop else {}


def _status(item: Raw) -> str:
    """The return's own status; while it is only approved, its parcels say how far it is."""
    said = str(item["rmaSummary"]["status"])
    parcels = [one["status"] for one in item.get("shipments") or [] if not one.get("isOutbound")]
    coming = [one for one in parcels if one != "Canceled"]
    if said == "Approved" and coming and all(one in ARRIVED for one in coming):
        return "received"
    if said == "Approved" and any(one in ("Shipped", *ARRIVED) for one in coming):
        return "in_transit"
    return STATUS.get(said, said)


def _resolution(item: Raw, words: Words) -> str | None:
    """What all goods have in common; none where they differ."""
    goods = item.get("items") or []
    if item.get("exchangeOrders") or any(good.get("exchangeItems") for good in goods):
        return "exchange"
    return in_common(meaning(good.get("resolutionType"), RESOLUTION, words.get("resolutions")) for good in goods)


def _found(good: Raw) -> Raw | None:
    """What was found at the inspection; before it, ReturnGO's false says nothing."""
    said: Raw = good.get("itemValidationStatusResponse") or {}
    return said if said.get("lastValidationDate") else None


def _disposition(found: Raw | None, words: Words) -> str | None:
    if found is None or found.get("isReturned") is None:
        return None
    if not found["isReturned"]:
        return "missing"
    if found.get("isRestockable") is None:
        return None
    return "sellable" if found["isRestockable"] else words.get("not_restockable", "damaged")


def _inspected_at(item: Raw) -> str | None:
    goods = item.get("items") or []
    dates = [found["lastValidationDate"] for good in goods if (found := _found(good))]
    return max(dates) if dates and len(dates) == len(goods) else None


def _changed_at(item: Raw) -> str:
    """The latest date in it; all are written alike. Its own does not move with shipments."""
    dates = [item["createdAt"], item.get("lastUpdated")]
    dates += [event.get("eventDate") for event in item["rmaSummary"].get("events") or []]
    dates += [found["lastValidationDate"] for good in item.get("items") or [] if (found := _found(good))]
    dates += [one.get("lastUpdated") for one in item.get("transactions") or []]
    return max(str(date) for date in dates if date)


def _sku(good: Raw) -> str:
    """The sku; of goods without one their name, which nothing matches and which says what they are."""
    return str(good.get("sku") or good.get("productName") or good.get("fullName") or "unknown").strip()


def _net(good: Raw) -> Decimal | None:
    """The unit's price without tax."""
    paid, tax = _amount(good.get("paidPrice")), _amount(good.get("paidTax")) or NOUGHT
    return paid if paid is None or not good.get("taxIncluded") else paid - tax


def _share_of_tax(amount: Decimal | None, goods: Sequence[Raw]) -> Decimal | None:
    """The tax in `amount`, at the rate of the goods that it pays back; None where the goods are not known."""
    tax = sum((_amount(good.get("paidTax")) or NOUGHT for good in goods), NOUGHT)
    gross = sum((_net(good) or NOUGHT for good in goods), NOUGHT) + tax
    if amount is None or not gross:
        return None
    return tax if amount == gross else per(CHECKING.multiply(amount, tax), gross)


def _amount(money: Any) -> Decimal | None:
    """The amount in the shop's currency; a fee may be a bare number."""
    if not isinstance(money, dict):
        return exact(money)
    said = money.get("shopAmount")
    return exact(money.get("amount") if said is None else said)


def _currency(money: Any) -> str | None:
    if not isinstance(money, dict):
        return None
    return money.get("currency") if money.get("shopAmount") is None else money.get("shopCurrency")
