"""Swap's returns → returns and credits of the contract."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from connectors.amounts import CHECKING, NOUGHT, exact, per
from connectors.closed_words import in_common, meaning
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.shapes import DISPOSITIONS
from connectors.sightings import Line
from connectors.spelling import distinct, folded

DELIVERY = {"pretransit": "requested", "intransit": "in_transit", "delivered": "received"}
ENDED = {"rejected": "rejected", "declined": "rejected", "cancelled": "cancelled", "canceled": "cancelled"}
RESOLUTION: dict[str, str | None] = {
    "refund": "refund",
    "shoplatercredit": "credit",
    "shopnowcredit": "exchange",
    "exchange": "exchange",
}
CONDITION: dict[str, str | None] = {
    "sellable": "sellable",
    "damaged": "damaged",
    "damage": "damaged",
    "novalue": "disposed",
    "pending": "quarantine",
    "missing": "missing",
    "qtymismatch": "missing",
    "wrongitem": "wrong_item",
    "notexpected": "unexpected",
}
# how far quality control is, which says nothing of the goods
UNDER_WAY = dict.fromkeys(("notstarted", "inprogress", "started", "completed", "complete", "processed", "notrequired"))
REFUND = "total_refund_value_customer_currency"
STORE_CREDIT = "total_store_credit_value_customer_currency"
KINDS = {"refund": REFUND, "store_credit": STORE_CREDIT}


def lines(feed: str, item: Raw, words: Words) -> Iterator[Told]:
    """The return, and what went back to the customer as one credit of each kind."""
    yield from each("return", [item], lambda one: [_return(one, words)], id=lambda one: one["return_id"])
    yield from each("credit", KINDS, lambda kind: [_credit(item, kind, words)], id=lambda kind: _credit_id(item, kind))


def _return(item: Raw, words: Words) -> Line:
    products = item.get("products") or []
    ids = _ids(products)
    return {
        "type": "return",
        "system": words.system,
        "id": str(item["return_id"]),
        "at": item["date_updated"],
        "number": item["rma_number"],
        "refs": _refs(item),
        "customer": _customer(item),
        "status": _status(item, words),
        "resolution": _resolution(item, products, words),
        "currency": item.get("customer_currency"),
        "requested_at": item.get("submission_date") or item.get("submitted_at") or item["date_created"],
        "received_at": item.get("delivered_date"),
        "refund_amount": _sum(item.get(REFUND), item.get(STORE_CREDIT)),
        "fees": exact(item.get("handling_fee")),
        "lines": [_line(item, product, id, words) for product, id in zip(products, ids, strict=True)],
        "raw": item,
    }


def _line(item: Raw, product: Raw, id: str | None, words: Words) -> Line:
    quantity = exact(product.get("item_count"))
    condition = _condition(item, product, words)
    came = None if condition not in DISPOSITIONS else (NOUGHT if condition == "missing" else quantity)
    return {
        "id": id,
        "sku": _sku(product),
        "quantity": quantity,
        "received_quantity": came,
        "accepted_quantity": None if condition == "quarantine" else came,
        "reason_code": _reason(product, words),
        "disposition": condition,
        "unit_refund": _unit_refund(item, product, words),
    }


def _credit(item: Raw, kind: str, words: Words) -> Line:
    """Refund or store credit with its share of the tax, withdrawn where nothing of it is left.

    An exchange gives nothing back.
    """
    amount = exact(item.get(KINDS[kind]))
    head = {"type": "credit", "system": words.system, "id": _credit_id(item, kind), "at": item["date_updated"]}
    if not amount:
        return head | {"deleted": True, "if_known": True}
    issued_at = item.get("rma_processed") or item.get("date_closed")
    return head | {
        "number": item["rma_number"],
        "kind": kind,
        "refs": _refs(item),
        "customer": _customer(item),
        "currency": item.get("customer_currency"),
        "amount": amount,
        "tax": _share_of_tax(item, amount),
        "status": "issued" if issued_at else "draft",
        "issued_at": issued_at,
        "reason": "return",
        "lines": list(_credited(item, kind, words)),
        "raw": {name: item.get(name) for name in (REFUND, STORE_CREDIT, "rma_processed", "processed_by")},
    }


def _credit_id(item: Raw, kind: str) -> str:
    return f"{item['return_id']}/{kind}"


def _credited(item: Raw, kind: str, words: Words) -> Iterator[Line]:
    """The lines that are given back in this kind."""
    wanted = "refund" if kind == "refund" else "credit"
    products = item.get("products") or []
    for product, id in zip(products, _ids(products), strict=True):
        if RESOLUTION.get(folded(product.get("return_type"))) == wanted:
            price = _unit_refund(item, product, words)
            yield {"id": id, "sku": _sku(product), "quantity": exact(product.get("item_count")), "unit_price": price}


def _ids(products: Sequence[Raw]) -> list[str | None]:
    return distinct([product.get("product_id") for product in products])


def _refs(item: Raw) -> dict[str, str | None]:
    return {
        "rma": item["rma_number"],
        "ecommerce_order": item.get("order_id"),
        "order_number": item.get("shopify_order_name"),
        "shop_return": item.get("shopify_return_id"),
    }


def _customer(item: Raw) -> dict[str, str | None]:
    return {name: item.get(f"customer_{name}") for name in ("id", "name", "email")}


def _status(item: Raw, words: Words) -> str:
    """By dates and parcels: Swap does not document the words of its own status."""
    said = str(item.get("return_status") or "").strip()
    if words.get("status_from") == "return_status" and said:
        return said
    if (ended := ENDED.get(folded(said))) is not None:
        return ended
    if item.get("date_closed") or item.get("rma_processed"):
        return "closed"
    parcel = str(item.get("delivery_status") or "").strip()
    if item.get("delivered_date") and folded(parcel) not in DELIVERY:
        return "received"
    return DELIVERY.get(folded(parcel), parcel or "requested")


def _resolution(item: Raw, products: Sequence[Raw], words: Words) -> str | None:
    """What all types have in common, a further payment aside, which the customer makes; none where they differ."""
    types = item.get("type") or [product.get("return_type") for product in products]
    said = [one for one in types if folded(one) != "additionalpayment"]
    return in_common(meaning(one, RESOLUTION, words.get("resolutions")) for one in said)


def _condition(item: Raw, product: Raw, words: Words) -> str | None:
    """What quality control found, of the line or else of the whole return; a word that nobody knows as it came."""
    for said in (product.get("condition"), product.get("quality_control_status"), item.get("quality_control_status")):
        if found := meaning(said, CONDITION | UNDER_WAY, words.get("dispositions")):
            return found
    return None


def _reason(product: Raw, words: Words) -> str | None:
    form = "id" if words.get("reasons") == "id" else "text"
    parts = [str(product[name]) for name in (f"main_reason_{form}", f"sub_reason_{form}") if product.get(name)]
    return " > ".join(parts) or None


def _unit_refund(item: Raw, product: Raw, words: Words) -> Decimal | None:
    """A unit's share of the line's cost, without tax; None where the tax is not told."""
    cost, count = exact(product.get("cost")), exact(product.get("item_count"))
    if cost is None or not count:
        return None
    if words.get("costs") == "net":
        return per(cost, count)
    tax, whole = exact(item.get("total_refunded_taxes")), _sum(item.get(REFUND), item.get(STORE_CREDIT))
    if tax is None or not whole:
        return None
    return per(CHECKING.multiply(cost, whole - tax), CHECKING.multiply(whole, count))


def _share_of_tax(item: Raw, amount: Decimal) -> Decimal | None:
    """What of the tax that was given back is in `amount`; None where the tax is not told."""
    tax, whole = exact(item.get("total_refunded_taxes")), _sum(item.get(REFUND), item.get(STORE_CREDIT))
    if tax is None or not whole:
        return None
    return tax if amount == whole else per(CHECKING.multiply(tax, amount), whole)


def _sku(product: Raw) -> str:
    """The sku; of goods without one their name, which nothing matches and which says what they are."""
    return str(product.get("sku") or product.get("product_name") or "unknown").strip()


def _sum(*said: Any) -> Decimal | None:
    found = [number for number in map(exact, said) if number is not None]
    return sum(found, NOUGHT) if found else None
