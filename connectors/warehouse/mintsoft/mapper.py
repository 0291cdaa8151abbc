"""Mintsoft's items → lines of the contract. Names of members are read without regard to their case."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from connectors.amounts import NOUGHT, exact
from connectors.closed_words import meaning
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.sightings import Line
from connectors.spelling import text

NAMED = itemgetter("id")
ADDRESS = ("address1", "address2", "address3", "town", "county", "postcode")
DISPOSITION: dict[str, str | None] = {
    "returntostock": "sellable",
    "restock": "sellable",
    "quarantine": "quarantine",
    "scrap": "disposed",
    "scrapped": "disposed",
    "dispose": "disposed",
    "damaged": "damaged",
}


def lines(feed: str, item: Raw, words: Words) -> Iterator[Told]:
    """The lines of an item of `feed`."""
    read = _lower(item)
    if "gone" in read:
        yield {"type": read["gone"], "system": words.system, "id": read["id"], "at": read["read_at"], "deleted": True}
    elif feed == "orders":
        yield from each("order", [read], lambda one: [_order(one, item, words)], id=NAMED)
        yield from each("fulfilment", [read], lambda one: [_fulfilment(one, item, words)], id=_despatch_id)
    elif feed == "returns":
        yield from each("return", [read], lambda one: [_return(one, item, words)], id=NAMED)
        goods = read.get("returnitems") or []
        yield from each("stock_movement", goods, lambda one: [_movement(read, one, words)], id=_movement_id)
    elif feed == "products":
        yield _product(read, item, words)
    else:
        yield from _levels(read, item, words)


def _order(order: Raw, raw: Raw, words: Words) -> Line:
    changed_at = _instant(order["lastupdated"], words)
    return (
        _head("order", order["id"], changed_at, order, words)
        | {
            "number": order.get("ordernumber"),
            "channel": (order.get("channel") or {}).get("name"),
            "refs": _refs(order),
            "customer": {"name": _named(order), "email": order.get("email") or None},
            # statuses are the account's own words, for the topology to map
            "status": order.get("status_name") or text(order.get("orderstatusid")),
            "currency": words.get("currency") or (order.get("currency") or {}).get("code"),
            "placed_at": _instant(order.get("orderdate"), words) or changed_at,
            "ship_to": _address(order),
            "lines": [_order_line(one) for one in order.get("orderitems") or []],
            "raw": raw,
        }
        | _money(order)
    )


def _money(order: Raw) -> Line:
    """The gross total and what of it is not goods; nothing of an account that keeps none, and gives 0.

    Where lines have discounts, the order's own is taken for their sum.
    """
    total = exact(order.get("totalordergross"))
    if not total:
        return {}
    by_line = any(exact(one.get("discountnet")) for one in order.get("orderitems") or [])
    return {
        "total": total,
        "tax": _either(order, "totalordertax", "totalvat"),
        "shipping": _either(order, "shippingnet", "shippingtotalexvat"),
        "discount": None if by_line else _either(order, "discountnet", "discounttotalexvat"),
    }


def _either(order: Raw, newer: str, older: str) -> Decimal | None:
    """An amount by its newer or its older name, of which the other may be 0."""
    return exact(order.get(newer)) or exact(order.get(older))


def _order_line(one: Raw) -> Line:
    return _line(one) | {"unit_price": _net(one), "discount": exact(one.get("discountnet")) or None}


def _net(one: Raw) -> Decimal | None:
    """The net price of a piece; an account that keeps none gives 0, and then the price as it was entered."""
    return exact(one.get("pricenet")) or exact(one.get("price"))


def _named(order: Raw) -> str | None:
    """Whom it goes to: the company, else the person. `ClientId` is the account that the warehouse serves."""
    person = " ".join(str(order[name]) for name in ("firstname", "lastname") if order.get(name))
    return order.get("companyname") or person or None


def _address(order: Raw) -> Raw | None:
    """Where it goes to. An address that was blotted out for privacy was there all the same."""
    found = {name: order[name] for name in ADDRESS if order.get(name)}
    if country := (order.get("country") or {}).get("code"):
        found["country"] = country
    return found or ({"removed": True} if order.get("piiremoved") else None)


def _fulfilment(order: Raw, raw: Raw, words: Words) -> Line:
    """A part that was despatched, each part of an order being an order of its own; withdrawn where that was undone."""
    shipped_at = _instant(order.get("despatchdate"), words)
    if shipped_at is None:
        at = _instant(order["lastupdated"], words)
        return _head("fulfilment", _despatch_id(order), at, order, words) | {"deleted": True, "if_known": True}
    return _head("fulfilment", _despatch_id(order), shipped_at, order, words) | {
        "refs": _refs(order),
        "status": "dispatched",
        "shipped_at": shipped_at,
        "tracking": order.get("trackingnumber"),
        "lines": [_line(one) for one in order.get("orderitems") or []],
        "raw": raw,
    }


def _despatch_id(order: Raw) -> str:
    return f"{order['id']}/despatch"


def _return(item: Raw, raw: Raw, words: Words) -> Line:
    ended = any(item.get(name) for name in ("confirmed", "refunded", "exchanged"))
    changed_at = _instant(item["lastupdated"], words)
    return _head("return", item["id"], changed_at, item, words) | {
        "number": item.get("reference") or text(item["id"]),
        "refs": _refs_of_return(item),
        "status": "closed" if ended else "requested",
        "resolution": "exchange" if item.get("exchanged") else ("refund" if item.get("refunded") else None),
        "requested_at": _day(item.get("searched_on"), words) or changed_at,
        # Mintsoft says that it is confirmed and not when
        "inspected_at": changed_at if item.get("confirmed") else None,
        "stands": ["inspected_at"],
        "lines": [_return_line(one, bool(item.get("confirmed")), words) for one in item.get("returnitems") or []],
        "raw": raw,
    }


def _return_line(one: Raw, confirmed: bool, words: Words) -> Line:
    quantity, back = exact(one.get("quantity")), bool(one.get("returnedtostock"))
    disposition = "sellable" if back else (_disposition(one, words) if confirmed else None)
    came = NOUGHT if disposition == "missing" else quantity
    decided = came if confirmed or back else None
    return _line(one) | {
        "received_quantity": decided,
        "accepted_quantity": decided,
        "reason_code": one.get("returnreasonname") or text(one.get("returnreasonid")),
        "disposition": disposition,
    }


def _disposition(one: Raw, words: Words) -> str | None:
    """What is done with goods, once it is decided; words that nobody knows as they came."""
    entered = words.get("dispositions")
    return meaning(one.get("stockaction") or one.get("action"), DISPOSITION, entered)


def _movement(item: Raw, one: Raw, words: Words) -> Line:
    """What is back in stock, whether the return is confirmed or not; what is not, or no longer, is withdrawn."""
    away = (exact(one.get("quantity")) or NOUGHT) - (exact(one.get("lefttoputaway")) or NOUGHT)
    at = _instant(one.get("lastupdated"), words) or _instant(item["lastupdated"], words)
    head = _head("stock_movement", _movement_id(one), at, item, words)
    if not one.get("returnedtostock") or away <= 0:
        return head | {"deleted": True, "if_known": True}
    return head | {
        "sku": _sku(one),
        "condition": "sellable",
        "quantity": away,
        "reason": "return",
        "refs": _refs_of_return(item),
        "stands": ["at"],
        "raw": one,
    }


def _movement_id(one: Raw) -> str:
    return f"return-item-{one['id']}"


def _product(product: Raw, raw: Raw, words: Words) -> Line:
    """A product; one that is discontinued is not sold any longer."""
    at = _instant(product.get("lastupdated"), words) or product["read_at"]
    return _head("product", product["id"], at, product, words) | {
        "sku": product.get("sku"),
        "active": None if product.get("discont") is None else not product["discont"],
        "title": product.get("name"),
        "barcode": product.get("ean") or product.get("upc"),
        "raw": raw,
    }


def _levels(level: Raw, raw: Raw, words: Words) -> Iterator[Line]:
    """One record for each condition that the warehouse counts; raises KeyError where it counts none by any known name.

    Such a level would otherwise be missed without a word.
    """
    counted: dict[str, Decimal | None] = {
        "sellable": _sellable(level, words.get("stock") == "available"),
        "quarantine": exact(level.get("inquarantine")),
        "damaged": exact(level.get("scrapped")),
    }
    if all(quantity is None for quantity in counted.values()):
        raise KeyError("StockLevel")
    for condition, quantity in counted.items():
        if quantity is not None:
            yield _head("stock_level", f"{_level_name(level)}/{condition}", level["read_at"], level, words) | {
                "sku": _sku(level),
                "location": _warehouse(level),
                "condition": condition,
                "quantity": quantity,
                "raw": raw,
            }


def level_name(row: Raw) -> str:
    """`SKU@WAREHOUSE`, which the ids of a row's levels begin with."""
    return _level_name(_lower(row))


def _level_name(level: Raw) -> str:
    return f"{_sku(level)}@{_warehouse(level)}"


def _warehouse(level: Raw) -> str:
    return text(level.get("warehouseid")) or "warehouse"


def _sellable(level: Raw, available: bool) -> Decimal | None:
    """What may be sold, by the names of stock levels, else by those of a product's inventory."""
    total, free = exact(level.get("totalstocklevel")), exact(level.get("level"))
    if total is not None or free is not None:
        first, other = (free, total) if available else (total, free)
        return other if first is None else first
    on_hand = next((said for name in ("onhand", "stocklevel") if (said := exact(level.get(name))) is not None), None)
    taken = exact(level.get("allocated")) or NOUGHT if available else NOUGHT
    return None if on_hand is None else on_hand - taken


def _head(type: str, id: Any, at: Any, item: Raw, words: Words) -> Line:
    realm = text(item.get("clientid")) if words.get("realm") == "client" else None
    return {"type": type, "system": words.system, "id": str(id), "at": at, "realm": realm}


def _line(one: Raw) -> Line:
    return {"id": text(one.get("id")), "sku": _sku(one), "quantity": exact(one.get("quantity"))}


def _refs(order: Raw) -> dict[str, str | None]:
    return {"ecommerce_order": order.get("externalorderreference"), "order_number": order.get("ordernumber")}


def _refs_of_return(item: Raw) -> dict[str, str | None]:
    return {"rma": item.get("reference"), "order_number": item.get("ordernumber")}


def _instant(said: Any, words: Words) -> str | None:
    """`2026-11-15T10:11:00` on the warehouse's clocks, as an instant; the year 1 stands for none."""
    if not said or str(said).startswith("0001-"):
        return None
    at = datetime.fromisoformat(str(said))
    return (at if at.tzinfo else at.replace(tzinfo=_zone(words))).isoformat()


def _day(said: Any, words: Words) -> str | None:
    return datetime.combine(date.fromisoformat(said), time(), _zone(words)).isoformat() if said else None


def _zone(words: Words) -> ZoneInfo:
    return ZoneInfo(words.get("timezone", "Europe/London"))


def _sku(one: Raw) -> str:
    """The sku; of goods without one their name, which nothing matches and which says what they are."""
    return str(one.get("sku") or one.get("name") or one.get("productid") or "unknown").strip()


def _lower(said: Any) -> Any:
    """With the names of all members in lower case; of a dictionary that notes what is read of it, beside its own."""
    if isinstance(said, dict):
        lowered = {name.lower(): _lower(value) for name, value in said.items()}
        return lowered if type(said) is dict else said | lowered
    return [_lower(one) for one in said] if isinstance(said, list) else said
