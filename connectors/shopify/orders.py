"""Orders, drafts and fulfilments → lines of the contract."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from connectors.amounts import NOUGHT, per
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.shopify.money import amount, attributes, named, sku_of, total
from connectors.shopify.taken import after_edits, returned_quantities
from connectors.sightings import Line

STATUS = {
    "UNFULFILLED": "open",
    "OPEN": "open",
    "SCHEDULED": "open",
    "ON_HOLD": "open",
    "PENDING_FULFILLMENT": "open",
    "REQUEST_DECLINED": "open",
    "IN_PROGRESS": "released",
    "PARTIALLY_FULFILLED": "part_fulfilled",
    "FULFILLED": "fulfilled",
    "FULFILLMENT_NOT_REQUIRED": "fulfilled",
    "RESTOCKED": "closed",
}
PAYMENT = {
    "PENDING": "pending",
    "PARTIALLY_PAID": "pending",
    "AUTHORIZED": "authorised",
    "PAID": "paid",
    "PARTIALLY_REFUNDED": "part_refunded",
    "REFUNDED": "refunded",
    "VOIDED": "void",
    "EXPIRED": "failed",
}
# what SparkLayer writes into the order's attribute sparkPaymentType
SPARK_METHODS = {
    "paymentOnAccount": "on_account",
    "paymentByInvoice": "on_account",
    "upfrontPayment": "card",
    "hokodoPayment": "other",
}
GATEWAYS = {"shopify_payments": "card", "bank_deposit": "bank_transfer", "Bank Deposit": "bank_transfer"}
FULFILMENT = {
    "SUCCESS": "dispatched",
    "CANCELLED": "cancelled",
    "ERROR": "cancelled",
    "FAILURE": "cancelled",
    "OPEN": "pending",
    "PENDING": "pending",
}
DRAFT = {"OPEN": "open", "INVOICE_SENT": "open"}
LATER = ("on_account",)


def order_line(order: Raw, words: Words) -> Line:
    """The order as it stands after edits, and before returns: what came back does not make it smaller."""
    returned = returned_quantities(order)
    return {
        "type": "order",
        "system": words.system,
        "id": str(order["legacyResourceId"]),
        "at": order["updatedAt"],
        "number": order["name"],
        "channel": _channel(order),
        "refs": refs(order, words),
        "customer": customer(order),
        "status": "cancelled" if order["cancelledAt"] else _status(order["displayFulfillmentStatus"]),
        "payment": _payment(order),
        "currency": order["currencyCode"],
        "total": after_edits(order, "Price"),
        "tax": after_edits(order, "Tax"),
        "shipping": _shipping(order),
        "placed_at": order["processedAt"] or order["createdAt"],
        "ship_to": order["shippingAddress"],
        "notes": order["note"],
        "lines": [_line(line, returned, order["taxesIncluded"]) for line in order["lineItems"]["nodes"]],
        "raw": {name: said for name, said in order.items() if name not in ("fulfillments", "refunds", "returns")},
    }


def refs(order: Raw, words: Words) -> dict[str, str | None]:
    """What the order is known by elsewhere."""
    found: dict[str, str | None] = {"ecommerce_order": str(order["legacyResourceId"]), "order_number": order["name"]}
    return found | {
        "purchase_order": _purchase_order(order, words),
        "sparklayer_cart": attributes(order).get("sparkCartId"),
    }


def fulfilment_lines(order: Raw, words: Words) -> Iterator[Told]:
    """The order's fulfilments."""
    return each("fulfilment", order["fulfillments"], lambda one: [_fulfilment(order, one, words)], id=named)


def _fulfilment(order: Raw, one: Raw, words: Words) -> Line:
    return {
        "type": "fulfilment",
        "system": words.system,
        "id": named(one),
        "at": one["updatedAt"],
        "refs": refs(order, words),
        "status": FULFILMENT.get(one["status"], one["status"]),
        "shipped_at": one["createdAt"] if one["status"] == "SUCCESS" else None,
        "tracking": one["trackingInfo"],
        "lines": [
            {"id": named(line), "sku": sku_of(line["lineItem"]), "quantity": line["quantity"], **EACH}
            for line in one["fulfillmentLineItems"]["nodes"]
            if line["quantity"] is not None
        ],
        "raw": one,
    }


EACH: dict[str, Any] = {"uom": "each", "pack_size": 1}  # quantities are units there, also of what is sold in packs


def draft_line(draft: Raw, words: Words) -> Line | None:
    """A draft that is an order on account; a completed one is withdrawn, as the order it became speaks for it."""
    head: Line = {
        "type": "order",
        "system": words.system,
        "id": f"draft-{named(draft)}",
        "at": draft["updatedAt"],
    }
    if draft["status"] == "COMPLETED":
        return head | {"deleted": True, "raw": draft}
    if _method(draft) not in LATER or words.get("drafts", "on_account") == "never":
        return None
    lines = draft["lineItems"]["nodes"]
    return head | {
        "number": draft["name"],
        "channel": _channel(draft),
        "refs": {
            "draft_order": draft["name"],
            "purchase_order": _purchase_order(draft, words),
            "sparklayer_cart": attributes(draft).get("sparkCartId"),
        },
        "customer": customer(draft),
        "status": DRAFT.get(draft["status"], draft["status"]),
        "payment": {"method": _method(draft), "terms": _terms(draft), "status": "pending"},
        "currency": draft["currencyCode"],
        "total": amount(draft["totalPriceSet"]),
        "tax": Decimal(str(draft["totalTax"])),
        "shipping": _shipping(draft),
        "discount": _discount_beside(draft),
        "placed_at": draft["createdAt"],
        "ship_to": draft["shippingAddress"],
        "notes": draft["note2"],
        "lines": [_draft_line(line, draft["taxesIncluded"]) for line in lines],
        "raw": draft,
    }


def _line(line: Raw, returned: Counter[str], with_tax: bool) -> Line:
    quantity = min(line["currentQuantity"] + returned[line["id"]], max(line["quantity"], line["currentQuantity"]))
    discount = total(one["allocatedAmountSet"] for one in line["discountAllocations"])
    if quantity != line["quantity"]:  # it covers what was removed since
        discount = per(discount * quantity, line["quantity"]) if line["quantity"] else NOUGHT
    return {
        "id": named(line),
        "sku": sku_of(line),
        "quantity": quantity,
        **EACH,
        "unit_price": _net(line, with_tax),
        "discount": discount,
        "fulfilled_quantity": max(quantity - line["unfulfilledQuantity"], 0),
    }


def _draft_line(line: Raw, with_tax: bool) -> Line:
    goods = {"id": named(line), "sku": sku_of(line), "quantity": line["quantity"], **EACH}
    return goods | {"unit_price": _net(line, with_tax), "discount": amount(line["totalDiscountSet"])}


def _net(line: Raw, with_tax: bool) -> Decimal | None:
    price, tax = amount(line["originalUnitPriceSet"]), total(one["priceSet"] for one in line["taxLines"])
    if price is None or not with_tax or not line["quantity"]:
        return price
    return per(price * line["quantity"] - tax, line["quantity"])


def _shipping(order: Raw) -> Decimal | None:
    """What sending costs without tax, which prices there may hold."""
    price = amount(order["totalShippingPriceSet"])
    if price is None or not order["taxesIncluded"]:
        return price
    return price - total(one["priceSet"] for one in (order["shippingLine"] or {}).get("taxLines") or [])


def _discount_beside(draft: Raw) -> Decimal:
    """What is taken off the draft as a whole, beside what is taken off its lines."""
    lines = total(line["totalDiscountSet"] for line in draft["lineItems"]["nodes"])
    return max((amount(draft["totalDiscountsSet"]) or NOUGHT) - lines, NOUGHT)


def _status(said: str | None) -> str:
    return STATUS.get(said or "", said or "unknown")


def _payment(order: Raw) -> Line:
    said = order["displayFinancialStatus"]
    hold = "on hold in Shopify" if order["displayFulfillmentStatus"] == "ON_HOLD" else None
    return {
        "method": _method(order),
        "terms": _terms(order),
        "status": PAYMENT.get(said, said) if said else None,
        "hold": hold,
    }


def _method(order: Raw) -> str | None:
    """SparkLayer's word, else payment terms, else the first gateway; a gateway that is not known as it came."""
    if spark := attributes(order).get("sparkPaymentType"):
        return SPARK_METHODS.get(spark, spark)
    if order.get("paymentTerms"):
        return "on_account"
    gateways = order.get("paymentGatewayNames") or []
    return GATEWAYS.get(gateways[0], gateways[0]) if gateways else None


def _terms(order: Raw) -> str | None:
    return (order.get("paymentTerms") or {}).get("paymentTermsName")


def _purchase_order(order: Raw, words: Words) -> str | None:
    """The PO number; SparkLayer puts it into the first line of the note, and other apps write below it."""
    note = (order.get("note") if "note" in order else order.get("note2")) or ""
    from_note = {"always": True, "never": False}.get(words.get("po_in_note", "sparklayer"), is_spark(order))
    first = note.strip().splitlines()[0].strip() if from_note and note.strip() else None
    return order["poNumber"] or first


def is_spark(order: Raw) -> bool:
    """Whether SparkLayer made it: its cart, or the tag b2b in any case."""
    return "sparkCartId" in attributes(order) or "b2b" in [tag.lower() for tag in order["tags"]]


def _channel(order: Raw) -> str:
    company = (order["purchasingEntity"] or {}).get("__typename") == "PurchasingCompany"
    return "b2b" if company or is_spark(order) else "b2c"


def customer(order: Raw) -> Line | None:
    """The company, else the person; of an order that names neither its e-mail address."""
    company = (order["purchasingEntity"] or {}).get("company")
    if company:
        number = company["externalId"] or named(company)
        return {"id": number, "name": company["name"], "email": order["email"]}
    person = order["customer"]
    if person is None:
        return {"email": order["email"]} if order["email"] else None
    return {"id": named(person), "name": person["displayName"], "email": order["email"]}
