"""SparkLayer's purchases and sync errors → lines of the contract."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from connectors.amounts import NOUGHT, exact, per
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.sightings import Line

NO_ORDERS = ("cart", "quote", "awaiting_approval")
STATUS = {
    "incoming": "open",
    "on_hold": "open",
    "processing": "released",
    "part_shipped": "part_fulfilled",
    "shipped": "fulfilled",
    "complete": "closed",
    "returned": "closed",
    "cancelled": "cancelled",
}
OF_A_PARCEL = {
    "incoming": "pending",
    "on_hold": "pending",
    "processing": "pending",
    "part_shipped": "dispatched",
    "shipped": "dispatched",
    "complete": "dispatched",
    "cancelled": "cancelled",
}
OF_A_RETURN = {
    "incoming": "requested",
    "on_hold": "requested",
    "processing": "authorised",
    "part_shipped": "in_transit",
    "shipped": "in_transit",
    "returned": "received",
    "complete": "closed",
    "cancelled": "cancelled",
}
# the Purchasing API's words, and those of the older API for orders
METHODS = {
    "invoice": "on_account",
    "on_account": "on_account",
    "platform_upfront": "card",
    "paymentByInvoice": "on_account",
    "paymentOnAccount": "on_account",
    "upfrontPayment": "card",
    "hokodoPayment": "other",
}
RECORDS = {"products": "product", "variants": "product", "orders": "order", "stock": "stock", "purchases": "order"}
RETURNED, CANCELLED = "return,returned,refund", "cancellation,cancelled,canceled"
EACH: dict[str, Any] = {"uom": "each", "pack_size": 1}  # quantities are units, also of what is sold in packs


def lines(feed: str, item: Raw, words: Words) -> Iterator[Told]:
    """The lines of an item of `feed`."""
    if "gone" in item:
        yield {"type": item["gone"], "system": words.system, "id": item["id"], "at": item["at"], "deleted": True}
    elif feed == "sync_log":
        yield _outcome(item, words)
    elif item["type"] not in NO_ORDERS:
        yield from each("order", [item], lambda one: [_order(one, words)], id=name_of)
        yield from each("fulfilment", [item], partial(_parcels, words=words))
        yield from each("return", [item], partial(_returns, words=words))
    else:  # an order that became a cart or quote again
        yield _head("order", name_of(item), item, words) | {"deleted": True, "raw": item}


def name_of(purchase: Raw) -> str:
    """What we call a purchase: its cart's id, or of an imported one the first other name, as `platform:5501`."""
    names = identifiers(purchase)
    for by in ("sparklayer", "platform", "internal", "visible"):
        if names.get(by):
            return str(names[by]) if by == "sparklayer" else f"{by}:{names[by]}"
    raise KeyError("purchase_identifiers")


def identifiers(purchase: Raw) -> Raw:
    """The names of a purchase; an older list calls them otherwise."""
    return purchase.get("purchase_identifiers") or purchase.get("order_identifiers") or {}


def _head(type: str, id: str, purchase: Raw, words: Words) -> Line:
    return {"type": type, "system": words.system, "id": id, "at": purchase["dates"]["updated_at"]}


def _order(purchase: Raw, words: Words) -> Line:
    names, dates, said = identifiers(purchase), purchase["dates"], purchase.get("calculated_fulfilment_status")
    parcels = list(_packages(purchase, "shipment", words))
    return _head("order", name_of(purchase), purchase, words) | {
        "number": names.get("visible") or names.get("platform"),
        "channel": "b2b",
        "refs": _refs(purchase),
        "customer": _customer(purchase, words),
        "status": _status(purchase["type"], said or "unknown"),
        "payment": _payment(purchase, said),
        "currency": purchase.get("currency_code") or (purchase.get("calculated_total") or {}).get("currency"),
        "total": _amount(purchase.get("calculated_total")),
        "tax": _sum(_goods(parcels) + _carriage(parcels), "total_tax"),
        "shipping": _sum(_carriage(parcels), "total_net"),
        "placed_at": dates.get("placed_at") or dates.get("calculated_submitted_at") or dates.get("created_at"),
        "ship_to": _address(parcels) or purchase.get("calculated_shipping_address"),
        "lines": [line for package in parcels for line in _lines(package, said)],
        "raw": purchase,
    }


def _status(type: str, said: str) -> str:
    """How far the order is; of a type of purchase that is not known, that type as it came."""
    if type == "order":
        return STATUS.get(said, said)
    return "open" if type == "order_unconfirmed" else type


def _refs(purchase: Raw) -> dict[str, Any]:
    names = identifiers(purchase)
    return {
        "ecommerce_order": names.get("platform"),
        "sales_order": names.get("internal"),
        "order_number": names.get("visible"),
        "purchase_order": purchase.get("customer_reference"),
        "sparklayer_cart": names.get("sparklayer"),
    }


def _customer(purchase: Raw, words: Words) -> Line:
    names, billed = purchase.get("customer_identifiers") or {}, purchase.get("billing_address") or {}
    return {
        "id": names.get(words.get("customer_id", "sparklayer")),
        "name": billed.get("company") or billed.get("name"),
        "email": billed.get("email"),
    }


def _payment(purchase: Raw, said: str | None) -> Line:
    method, total, paid = (
        purchase.get("payment_method"),
        _amount(purchase.get("calculated_total")),
        _amount(purchase.get("total_paid")),
    )
    status = None
    if total is not None and paid is not None:
        status = "paid" if paid >= total else "pending"
    return {
        "method": METHODS.get(method or "", method),
        "status": status,
        "hold": "on hold in SparkLayer" if said == "on_hold" else None,
    }


def _packages(purchase: Raw, kind: str, words: Words) -> Iterator[Raw]:
    """The packages of a kind, each with its `place`; SparkLayer gives them as a list, or a single one as it is."""
    said = purchase.get("packages") or []
    for place, package in enumerate([said] if isinstance(said, dict) else said, 1):
        if _kind(package, words) == kind:
            yield package | {"place": place}


def _kind(package: Raw, words: Words) -> str:
    type = str(package.get("type") or "").strip().lower()
    if type in _types(words.get("return_types", RETURNED)):
        return "return"
    return "cancellation" if type in _types(words.get("cancellation_types", CANCELLED)) else "shipment"


def _types(setting: str) -> list[str]:
    return [type.strip().lower() for type in setting.split(",")]


def _name_in(purchase: Raw, package: Raw) -> str:
    return f"{name_of(purchase)}/{_package_id(package)}"


def _package_id(package: Raw) -> str:
    return str((package.get("identifiers") or {}).get("sparklayer_package_id") or package["place"])


def _lines(package: Raw, said: str | None) -> Iterator[Line]:
    for row in _rows(package):
        worth, quantity = row.pop("worth"), row["quantity"]
        net, discount = _amount(worth.get("total_net")), _amount(worth.get("discount_net"))
        gross = None if net is None else net + (discount or NOUGHT)
        sent = _dispatched(package) or said in ("shipped", "complete")
        yield row | {
            "unit_price": per(gross, quantity) if gross is not None and quantity else None,
            "discount": discount,
            "fulfilled_quantity": quantity if sent else (0 if said in ("incoming", "on_hold", "processing") else None),
        }


def _rows(package: Raw) -> Iterator[Line]:
    """The package's lines, named by their sku, and a number where it is not the first of it."""
    seen: Counter[str] = Counter()
    for item in package.get("line_items") or []:
        sku = str((item.get("identifiers") or {}).get("sku") or item.get("name_parent") or "unknown").strip()
        seen[sku] += 1
        yield {
            "id": f"{_package_id(package)}/{sku}" + (f"/{seen[sku]}" if seen[sku] > 1 else ""),
            "sku": sku,
            "quantity": abs(exact(item["quantity"]) or NOUGHT),
            **EACH,
            "worth": item.get("line_total") or {},
        }


def _parcels(purchase: Raw, words: Words) -> Iterator[Told]:
    """Packages that say that they are on their way."""
    parcels = _packages(purchase, "shipment", words)
    return each("fulfilment", parcels, partial(_parcel, purchase, words), id=partial(_name_in, purchase))


def _parcel(purchase: Raw, words: Words, package: Raw) -> Iterator[Line]:
    said = package.get("status") or ("shipped" if package.get("shipments") else None)
    if said is None:
        return
    sent = package.get("shipments") or []
    yield _head("fulfilment", _name_in(purchase, package), purchase, words) | {
        "refs": _refs(purchase),
        "status": OF_A_PARCEL.get(said, said),
        "shipped_at": next((one["shipped_at"] for one in sent if one.get("shipped_at")), None),
        "tracking": sent,
        "lines": [_without_worth(row) for row in _rows(package)],
        "raw": package,
    }


def _returns(purchase: Raw, words: Words) -> Iterator[Told]:
    """Packages that came back."""
    packages = _packages(purchase, "return", words)
    return each("return", packages, lambda one: [_return(purchase, one, words)], id=partial(_name_in, purchase))


def _return(purchase: Raw, package: Raw, words: Words) -> Line:
    """They carry no date of their own that is documented."""
    said, dates = package.get("status") or "returned", package.get("dates") or {}
    named = (package.get("identifiers") or {}).get("visible")
    return _head("return", _name_in(purchase, package), purchase, words) | {
        "number": named,
        "refs": _refs(purchase) | {"rma": named},
        "customer": _customer(purchase, words),
        "status": OF_A_RETURN.get(said, said),
        "currency": purchase.get("currency_code"),
        "requested_at": dates.get("created_at") or purchase["dates"].get("placed_at"),
        "refund_amount": abs(gross) if (gross := _sum(_goods([package]), "total_gross")) is not None else None,
        "lines": [_return_line(row) for row in _rows(package)],
        "raw": package,
    }


def _return_line(row: Line) -> Line:
    net = _amount(row["worth"].get("total_net"))
    worth = None if net is None or not row["quantity"] else abs(per(net, row["quantity"]))
    return _without_worth(row) | {"unit_refund": worth}


def _without_worth(row: Line) -> Line:
    return {name: value for name, value in row.items() if name != "worth"}


def _dispatched(package: Raw) -> bool:
    return bool(package.get("shipments")) or package.get("status") in ("shipped", "complete")


def _goods(packages: Sequence[Raw]) -> list[Raw]:
    return [item.get("line_total") or {} for package in packages for item in package.get("line_items") or []]


def _carriage(packages: Sequence[Raw]) -> list[Raw]:
    return [(package.get("shipping_method") or {}).get("line_total") or {} for package in packages]


def _sum(totals: Sequence[Raw], name: str) -> Decimal | None:
    """The sum of what is said; None where nothing is."""
    said = [amount for one in totals if (amount := _amount(one.get(name))) is not None]
    return sum(said, NOUGHT) if said else None


def _amount(money: Any) -> Decimal | None:
    return exact((money or {}).get("number"))


def _address(packages: Sequence[Raw]) -> Any:
    return next((package["shipping_address"] for package in packages if package.get("shipping_address")), None)


def _outcome(item: Raw, words: Words) -> Line:
    """A sync error: of one record, at the last full sync."""
    error, data_type = item["error"], item["log"].split("/")[1]
    why = next((error[name] for name in ("message", "error", "reason", "detail") if error.get(name)), None)
    return {
        "type": "outcome",
        "system": words.system,
        "id": f"{item['log']}/{error['external_id']}",
        "at": item["at"],
        "flow": item["flow"],
        "record": {"type": RECORDS[data_type], "id": str(error["external_id"])},
        "result": "failed",
        "error": {"code": error.get("code"), "message": why if why is None else str(why)},
        "raw": error,
    }
