"""Orders and deliveries → lines of the contract."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from connectors.amounts import NOUGHT, per
from connectors.commercetools.money import amount, own_field, total
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.sightings import Line
from connectors.spelling import pairs

ORDER_STATE = {"Open": "open", "Confirmed": "released", "Complete": "closed", "Cancelled": "cancelled"}
# what is further than the order's own state
SHIPMENT_STATE: dict[str, str | None] = {
    "Shipped": "fulfilled",
    "Delivered": "fulfilled",
    "Partial": "part_fulfilled",
    "Ready": None,
    "Pending": None,
    "Delayed": None,
    "Backorder": None,
    "Canceled": None,
}
PAYMENT_STATE = {
    "BalanceDue": "pending",
    "Pending": "pending",
    "CreditOwed": "pending",  # paid for on credit: on account, and no credit that we owe
    "Paid": "paid",
    "Failed": "failed",
}
ALL_SENT = ("Shipped", "Delivered")


def head(type: str, id: str, order: Raw, words: Words) -> Line:
    """Type, system, id and date; a payment may have moved after its order."""
    moments = [order["lastModifiedAt"], *(pay["lastModifiedAt"] for pay in payments(order))]
    return {"type": type, "system": words.system, "id": id, "at": max(moments)}


def order_line(order: Raw, words: Words) -> Line:
    """The order. Returns do not make it smaller: commercetools keeps the ordered quantity."""
    taxed, lines = order.get("taxedPrice") or {}, list(_lines(order, words))
    gross, net = amount(taxed.get("totalGross")), amount(taxed.get("totalNet"))
    tax = amount(taxed.get("totalTax")) or (gross - net if gross is not None and net is not None else None)
    cut = order.get("discountOnTotalPrice") or {}
    return head("order", order["id"], order, words) | {
        "number": order.get("orderNumber") or order["id"],
        "channel": _channel(order, words),
        "refs": refs(order, words),
        "customer": customer(order),
        "status": _status(order, words),
        "payment": _payment(order, words),
        "currency": order["totalPrice"]["currencyCode"],
        "total": amount(order["totalPrice"]) if gross is None else gross,
        "tax": tax,
        "shipping": _carriage(order),
        "discount": amount(cut.get("discountedNetAmount") or cut.get("discountedAmount")),
        "placed_at": order["createdAt"],
        "ship_to": order.get("shippingAddress"),
        "lines": lines,
        "raw": {name: said for name, said in order.items() if name not in ("returnInfo", "held")},
    }


def refs(order: Raw, words: Words) -> dict[str, Any]:
    """What the order is known by elsewhere; exports and imports by the channels that the tenant names."""
    found = {
        "ecommerce_order": order["id"],
        "order_number": order.get("orderNumber"),
        "purchase_order": order.get("purchaseOrderNumber"),
    }
    schemes = pairs(words.get("sync_channels"))
    for sync in order.get("syncInfo") or []:
        channel = sync.get("channel") or {}
        scheme = schemes.get((channel.get("obj") or {}).get("key") or "") or schemes.get(channel.get("id") or "")
        if scheme:
            found[scheme] = sync.get("externalId")
    return found


def customer(order: Raw) -> Line:
    """The business unit, else the person."""
    address = order.get("billingAddress") or order.get("shippingAddress") or {}
    person = " ".join(one for one in (address.get("firstName"), address.get("lastName")) if one)
    return {
        "id": (order.get("businessUnit") or {}).get("key") or order.get("customerId"),
        "name": address.get("company") or person,
        "email": order.get("customerEmail"),
    }


def payments(order: Raw) -> list[Raw]:
    """The order's payments, as far as they are expanded."""
    said = (order.get("paymentInfo") or {}).get("payments") or []
    return [one["obj"] for one in said if one.get("obj")]


def moved(order: Raw, type: str, state: str = "Success") -> Decimal:
    """The sum of the transactions of a type; the payment's own sums are deprecated."""
    found = (one for pay in payments(order) for one in pay.get("transactions") or [])
    return total(one["amount"] for one in found if one["type"] == type and one.get("state") == state)


def on_account(order: Raw, words: Words) -> bool:
    """Whether the order is paid for later."""
    return _method(order, words) == "on_account"


def deliveries(order: Raw) -> Iterator[Raw]:
    """The deliveries, whichever the shipping mode."""
    for info in _shippings(order):
        yield from info.get("deliveries") or []


def fulfilment_lines(order: Raw, words: Words) -> Iterator[Told]:
    """The order's deliveries."""
    read = partial(_fulfilment, order, words)
    return each("fulfilment", deliveries(order), lambda one: [read(one)], id=partial(name_in, order))


def _fulfilment(order: Raw, words: Words, delivery: Raw) -> Line:
    """A delivery has no state, and is made when the goods leave."""
    lines = [(item, line_named(order, item["id"], words)) for item in delivery.get("items") or []]
    return head("fulfilment", name_in(order, delivery), order, words) | {
        "refs": refs(order, words),
        "status": "dispatched",
        "shipped_at": delivery["createdAt"],
        "tracking": [parcel.get("trackingData") for parcel in delivery.get("parcels") or []],
        "lines": [{"id": str(n)} | line | {"quantity": item["quantity"]} for n, (item, line) in enumerate(lines, 1)],
        "raw": delivery,
    }


def name_in(order: Raw, part: Raw) -> str:
    """What we call a part of an order."""
    return f"{order['id']}/{part['id']}"


def line_named(order: Raw, id: str | None, words: Words) -> Line:
    """The order's line of this id: its sku and unit; the id where the line is gone."""
    found = next((item for item in _items(order) if item["id"] == id), None)
    return {"sku": id or "unknown", "uom": None, "pack_size": None} if found is None else _goods(found, words)


def _items(order: Raw) -> list[Raw]:
    return [*(order.get("lineItems") or []), *(order.get("customLineItems") or [])]


def _goods(item: Raw, words: Words) -> Line:
    variant = item.get("variant") or {}
    return {
        "sku": variant.get("sku") or item.get("slug") or item.get("productId") or item["id"],
        "uom": own_field(words, "uom", item, variant),
        "pack_size": own_field(words, "pack_size", item, variant),
    }


def _shippings(order: Raw) -> list[Raw]:
    several = [one["shippingInfo"] for one in order.get("shipping") or [] if one.get("shippingInfo")]
    return several or ([order["shippingInfo"]] if order.get("shippingInfo") else [])


def _carriage(order: Raw) -> Decimal | None:
    said = [_carried(one) for one in _shippings(order)]
    return total(said) if any(said) else None


def _carried(shipping: Raw) -> Any:
    """What sending costs: without tax where that is told, and as it is discounted."""
    net, cut = (shipping.get("taxedPrice") or {}).get("totalNet"), shipping.get("discountedPrice") or {}
    return net or cut.get("value") or shipping.get("price")


def _status(order: Raw, words: Words) -> str:
    """The tenant's own workflow where it is asked for; else how far the shipment is, else the order's state."""
    if words.get("order_status") == "workflow" and order.get("state"):
        state = order["state"]
        return str((state.get("obj") or {}).get("key") or state["id"])
    own, shipped = str(order["orderState"]), order.get("shipmentState")
    if own in ("Complete", "Cancelled") or shipped is None:
        return ORDER_STATE.get(own, own)
    return SHIPMENT_STATE.get(shipped, shipped) or ORDER_STATE.get(own, own)


def _payment(order: Raw, words: Words) -> Line:
    return {
        "method": _method(order, words),
        "terms": own_field(words, "terms", order),
        "status": _payment_status(order),
        "hold": own_field(words, "hold", order),
    }


def _method(order: Raw, words: Words) -> str | None:
    if said := own_field(words, "method", order, *payments(order)):
        return str(said)
    if order.get("paymentState") == "CreditOwed":
        return "on_account"
    methods = ((pay.get("paymentMethodInfo") or {}).get("method") for pay in payments(order))
    return next((method for method in methods if method), None)


def _payment_status(order: Raw) -> str | None:
    charged, refunded = moved(order, "Charge"), moved(order, "Refund")
    if refunded:
        return "refunded" if refunded >= charged else "part_refunded"
    if said := order.get("paymentState"):
        return PAYMENT_STATE.get(said, str(said))
    if charged:
        return "paid" if charged >= (amount(order["totalPrice"]) or NOUGHT) else "pending"
    return "authorised" if moved(order, "Authorization") else None


def _channel(order: Raw, words: Words) -> str:
    said = words.get("channel", "business_unit")
    return said if said != "business_unit" else ("b2b" if order.get("businessUnit") else "b2c")


def _lines(order: Raw, words: Words) -> Iterator[Line]:
    sent: Counter[str] = Counter()
    for delivery in deliveries(order):
        for item in delivery.get("items") or []:
            sent[item["id"]] += item["quantity"]
    for item in _items(order):
        whole = order.get("shipmentState") in ALL_SENT and not sent
        yield {
            "id": item["id"],
            **_goods(item, words),
            "quantity": item["quantity"],
            **_worth(item),
            "fulfilled_quantity": item["quantity"] if whole else sent[item["id"]],
        }


def _worth(item: Raw) -> Line:
    """The price and what was taken off it, which together are the line's net to the last digit."""
    net = amount((item.get("taxedPrice") or {}).get("totalNet")) or amount(item["totalPrice"]) or NOUGHT
    quantity, listed = item["quantity"], amount((item.get("price") or {}).get("value") or item.get("money"))
    with_tax = (item.get("taxRate") or {}).get("includedInPrice")
    if listed is None or with_tax or not quantity or listed * quantity < net:
        return {"unit_price": per(net, quantity) if quantity else None, "discount": None}
    return {"unit_price": listed, "discount": listed * quantity - net}
