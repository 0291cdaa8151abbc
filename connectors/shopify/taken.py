"""What refunds took off an order: goods that had gone out, or goods that never did.

The first came back or were paid back, and leave the order as it was; the second were cancelled, and make it smaller.
"""

from collections import Counter
from decimal import Decimal

from connectors.paging import Raw
from connectors.shopify.money import amount, total

NOT_SENT = ("CANCELLED", "ERROR", "FAILURE")


def goods_of(refund: Raw) -> list[Raw]:
    """The refunded lines."""
    return list(refund["refundLineItems"]["nodes"])


def sent_goods(order: Raw, refund: Raw) -> list[Raw]:
    """The refunded lines of goods that had gone out."""
    return [line for line in goods_of(refund) if not never_sent(order, line)]


def returned_quantities(order: Raw) -> Counter[str]:
    """Units that refunds took off each line after they had gone out."""
    taken: Counter[str] = Counter()
    for refund in order["refunds"]:
        for line in sent_goods(order, refund):
            taken[line["lineItem"]["id"]] += line["quantity"]
    return taken


def after_edits(order: Raw, what: str) -> Decimal | None:
    """Total or tax after edits: the first one, unless it changed; then the current one, and what returns took of it."""
    lines = [line for refund in order["refunds"] for line in goods_of(refund)]
    if not order["edited"] and not any(never_sent(order, line) for line in lines):
        return amount(order[f"total{what}Set"])
    now = amount(order[f"currentTotal{what}Set"])
    if now is None:
        return None
    for refund in order["refunds"]:
        goods, shipping = sent_goods(order, refund), refund["refundShippingLines"]["nodes"]
        now += total(line["totalTaxSet"] for line in goods) + total(one["taxAmountSet"] for one in shipping)
        if what == "Price":
            now += total(line["subtotalSet"] for line in goods) + total(one["subtotalAmountSet"] for one in shipping)
    return now


def never_sent(order: Raw, line: Raw) -> bool:
    """Whether a refunded line is of goods that were cancelled before they went out.

    Restocked, it says so itself. Not restocked, it may be either; it is when more units count as sent than were.
    """
    if line["restockType"] != "NO_RESTOCK":
        return bool(line["restockType"] == "CANCEL")
    id = line["lineItem"]["id"]
    ordered = next((one for one in order["lineItems"]["nodes"] if one["id"] == id), None)
    if ordered is None or order["displayFulfillmentStatus"] == "FULFILLMENT_NOT_REQUIRED":
        return False
    same = [one for refund in order["refunds"] for one in goods_of(refund) if one["lineItem"]["id"] == id]
    taken = sum(one["quantity"] for one in same if one["restockType"] != "CANCEL")
    undecided = sum(one["quantity"] for one in same if one["restockType"] == "NO_RESTOCK")
    counted = ordered["currentQuantity"] + taken - ordered["unfulfilledQuantity"]
    return bool(counted - _shipped(order, id) >= undecided)


def _shipped(order: Raw, id: str) -> int:
    parcels = (one for one in order["fulfillments"] if one["status"] not in NOT_SENT)
    lines = (line for one in parcels for line in one["fulfillmentLineItems"]["nodes"])
    return sum(line["quantity"] or 0 for line in lines if line["lineItem"]["id"] == id)
