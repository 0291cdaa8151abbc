"""ShipBob's items → lines of the contract."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from connectors.closed_words import meaning
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.sightings import Line
from connectors.spelling import distinct, text

ORDER_STATUS = {
    "Processing": "released",
    "Exception": "open",
    "ImportReview": "open",
    "PartiallyFulfilled": "part_fulfilled",
    "Fulfilled": "fulfilled",
    "Cancelled": "cancelled",
}
SHIPMENT_STATUS = {"Completed": "dispatched", "Cancelled": "cancelled"} | dict.fromkeys(
    ("None", "Processing", "Exception", "OnHold", "CleanSweeped", "LabeledCreated", "ImportReview"), "pending"
)
RETURN_STATUS = {
    "AwaitingArrival": "authorised",
    "Arrived": "received",
    "Processing": "inspected",
    "Completed": "closed",
    "Cancelled": "cancelled",
}
# "Default" is what the merchant has set for the goods: what became of them it does not say
DISPOSITION: dict[str, str | None] = {
    "restock": "sellable",
    "quarantine": "quarantine",
    "dispose": "disposed",
    "default": None,
}
PROCESSED = ("Processing", "Completed")
UOM = {"EA": "each"}
NAMED = itemgetter("id")


def lines(feed: str, item: Raw, words: Words) -> Iterator[Told]:
    """The lines of an item of `feed`."""
    if feed == "orders":
        yield from each("order", [item], lambda one: [_order(one, words)], id=NAMED)
        yield from each(
            "fulfilment", item.get("shipments") or [], lambda one: [_fulfilment(item, one, words)], id=NAMED
        )
    elif feed in ("returns", "open_returns"):
        yield from each("return", [item], lambda one: [_return(one, words)], id=NAMED)
        yield from each("stock_movement", [item], lambda one: _movements(one, words))
    elif feed == "stock":
        yield from each(
            "stock_level",
            item.get("locations") or [],
            lambda one: [_level(item, one, words)],
            id=lambda one: _level_id(item, one),
        )
    else:
        yield from each("product", item.get("variants") or [], lambda one: _product(item, one, words), id=NAMED)


def _order(order: Raw, words: Words) -> Line:
    recipient = order.get("recipient") or {}
    moments = [order["created_date"], *(one.get("last_update_at") for one in order.get("shipments") or [])]
    return _head("order", order["id"], _latest(moments), order, words) | {
        "number": order.get("order_number"),
        "channel": order.get("type"),
        "refs": _refs(order),
        "customer": {"name": recipient.get("name"), "email": recipient.get("email")},
        "status": _known(ORDER_STATUS, order["status"]),
        "currency": words.get("currency") or None,
        "total": (order.get("financials") or {}).get("total_price"),
        "placed_at": order.get("purchase_date") or order["created_date"],
        "ship_to": recipient.get("address"),
        "lines": _named([_order_line(line) for line in order.get("products") or []]),
        "raw": order,
    }


def _order_line(line: Raw) -> Line:
    uom = line.get("quantity_unit_of_measure_code")
    return {
        "id": text(line.get("id")),
        "sku": _sku(line),
        "quantity": line["quantity"],
        "uom": UOM.get(uom or "", uom),
        "pack_size": 1 if uom == "EA" else None,
        "unit_price": line.get("unit_price"),
    }


def _fulfilment(order: Raw, shipment: Raw, words: Words) -> Line:
    moments = [shipment["created_date"], shipment.get("last_update_at"), shipment.get("actual_fulfillment_date")]
    return _head("fulfilment", shipment["id"], _latest(moments), order, words) | {
        "refs": _refs(order),
        "status": _known(SHIPMENT_STATUS, shipment["status"]),
        "shipped_at": shipment.get("actual_fulfillment_date") or (shipment.get("tracking") or {}).get("shipping_date"),
        "tracking": (shipment.get("tracking") or {}).get("tracking_number"),
        "lines": _named(
            [
                {"id": text(one.get("id")), "sku": _sku(one), "quantity": _shipped(one)}
                for one in shipment.get("products") or []
            ]
        ),
        "raw": shipment,
    }


def _shipped(product: Raw) -> int:
    """Units of a product in a shipment: its lots added up; of a bundle the component that there is fewest of."""
    by_item: dict[Any, int] = defaultdict(int)
    for one in product.get("inventory_items") or []:
        by_item[one.get("id")] += one["quantity"]
    return min(by_item.values(), default=0)


def _return(item: Raw, words: Words) -> Line:
    return _head("return", item["id"], _changed_at(item), item, words) | {
        "number": item.get("reference_id"),
        "refs": _refs_of_return(item),
        "status": _known(RETURN_STATUS, item["status"]),
        "requested_at": item["insert_date"],
        "received_at": item.get("arrived_date"),
        "inspected_at": _inspected_at(item),
        "lines": _named([line for goods in item.get("inventory") or [] for line in _return_lines(item, goods, words)]),
        "raw": item,
    }


def _changed_at(item: Raw) -> str:
    names = ("arrived_date", "processing_date", "completed_date", "cancelled_date", "awaiting_arrival_date")
    dated = [item["insert_date"], *(item.get(name) for name in names)]
    return _latest([*dated, *(one["timestamp"] for one in _history(item))])


def _return_lines(item: Raw, goods: Raw, words: Words) -> Iterator[Line]:
    """A line for each fate of the goods: `id` where there is one, `id/Action` where there are several."""
    fates = _fates(item, goods)
    for action, quantity in fates:
        fate = _disposition(action, words)
        came = None if action is None else (0 if fate == "missing" else quantity)
        yield {
            "id": text(goods["id"]) if len(fates) == 1 else f"{goods['id']}/{action or 'Rest'}",
            "sku": _sku(goods),
            "quantity": quantity,
            "received_quantity": came,
            "accepted_quantity": came,
            "disposition": fate,
        }


def _disposition(action: str | None, words: Words) -> str | None:
    """What became of goods by the action taken; an action that nobody knows as it came."""
    return "missing" if action == "" else meaning(action, DISPOSITION, words.get("dispositions"))


def _fates(item: Raw, goods: Raw) -> list[tuple[str | None, int]]:
    """Units by what was done with them; the rest is "" (missing) once the return is complete, None before."""
    done: dict[str | None, int] = defaultdict(int)
    for taken in goods.get("action_taken") or []:
        done[str(taken.get("action") or "Default")] += taken["quantity_processed"]
    rest = goods["quantity"] - sum(done.values())
    complete = _plain(item["status"]) == "Completed"
    fates = [(action, quantity) for action, quantity in sorted(done.items(), key=str) if quantity]
    return [*fates, ("" if complete else None, rest)] if rest > 0 or not fates else fates


def _movements(item: Raw, words: Words) -> Iterator[Line]:
    """What went onto the shelves, or into quarantine; where other goods went, no stock was counted.

    One for each item and action: an item of two lots stands in two rows. One whose action was put right is withdrawn.
    """
    moved: dict[tuple[Any, str], list[tuple[Raw, int]]] = defaultdict(list)
    for goods in item.get("inventory") or []:
        for action, quantity in _fates(item, goods):
            if action and _disposition(action, words) in ("sellable", "quarantine"):
                moved[goods["id"], action].append((goods, quantity))
    for id in dict.fromkeys(goods["id"] for goods in item.get("inventory") or []):
        for action in ("Restock", "Quarantine"):
            if (id, action) not in moved:
                gone = {"deleted": True, "if_known": True}
                yield (
                    _head("stock_movement", f"return-{item['id']}-{id}-{action}", _changed_at(item), item, words) | gone
                )
    for (id, action), rows in moved.items():
        yield _head("stock_movement", f"return-{item['id']}-{id}-{action}", _moved_at(item), item, words) | {
            "sku": _sku(rows[0][0]),
            "location": (item.get("fulfillment_center") or {}).get("name"),
            "condition": _disposition(action, words),
            "quantity": sum(quantity for _, quantity in rows),
            "reason": "return",
            "refs": _refs_of_return(item),
            "raw": rows[0][0] if len(rows) == 1 else [goods for goods, _ in rows],
        }


def _level(item: Raw, place: Raw, words: Words) -> Line:
    """The sellable level at a location; on hand, what is promised to orders still stands in the shelf."""
    promised = 0 if words.get("stock") == "available" else place["committed_quantity"]
    return _head("stock_level", _level_id(item, place), item["read_at"], {}, words) | {
        "sku": _sku(item),
        "location": place.get("name") or text(place["location_id"]),
        "condition": "sellable",
        "quantity": place["fulfillable_quantity"] + promised,
        "raw": place,
    }


def _level_id(item: Raw, place: Raw) -> str:
    return f"{item['inventory_id']}@{place['location_id']}/sellable"


def _product(item: Raw, variant: Raw, words: Words) -> Iterator[Line]:
    """A variant is a product; one without a sku is in no other system, and nothing sent or counted is named by it."""
    if (variant.get("sku") or "").strip():
        at = variant.get("updated_on") or item.get("updated_on") or variant["created_on"]
        yield _head("product", variant["id"], at, {}, words) | {
            "sku": variant["sku"],
            "active": variant["status"] == "Active" if variant.get("status") else None,
            "title": variant.get("name"),
            "barcode": _barcode(variant),
            "raw": variant,
        }


def _barcode(variant: Raw) -> str | None:
    known = [variant.get("upc"), variant.get("gtin"), *(one.get("value") for one in variant.get("barcodes") or [])]
    return next((one for one in known if one), None)


def _head(type: str, id: Any, at: str | None, item: Raw, words: Words) -> Line:
    channel = (item.get("channel") or {}).get("name") if words.get("realm") == "channel" else None
    return {"type": type, "system": words.system, "id": str(id), "at": at, "realm": channel}


def _refs(order: Raw) -> dict[str, str | None]:
    retailer = order.get("retailer_program_data") or {}
    return {
        "ecommerce_order": order.get("reference_id"),
        "order_number": order.get("order_number"),
        "purchase_order": retailer.get("purchase_order_number"),
    }


def _refs_of_return(item: Raw) -> dict[str, str | None]:
    return {"rma": item.get("reference_id"), "ecommerce_order": item.get("store_order_id")}


def _inspected_at(item: Raw) -> str | None:
    """When its processing began, by the return or else by its history."""
    began = [str(one["timestamp"]) for one in _history(item) if _plain(one.get("status")) in PROCESSED]
    first = min(began, key=_moment, default=None)
    found: str | None = item.get("processing_date") or first or item.get("completed_date")
    return found


def _moved_at(item: Raw) -> str | None:
    """When goods were put away: at the processing. Before it, no later than the last that is known of the return.

    None where the processing is over and nothing says when: the movement is refused for it and shown, until it does.
    """
    if (inspected_at := _inspected_at(item)) or _plain(item["status"]) in PROCESSED:
        return inspected_at
    return _changed_at(item)


def _history(item: Raw) -> list[Raw]:
    return [one for one in item.get("status_history") or [] if one.get("timestamp")]


def _known(words: dict[str, str], said: Any) -> str:
    """Our word; shown and filtered values differ by spaces. An unknown one as it came."""
    return words.get(_plain(said), str(said))


def _plain(said: Any) -> str:
    return str(said).replace(" ", "")


def _latest(moments: list[Any]) -> str:
    """The last of several moments, which may be told in several time zones."""
    return max((str(moment) for moment in moments if moment), key=_moment)


def _moment(said: str) -> datetime:
    found = datetime.fromisoformat(said)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _named(rows: list[Line]) -> list[Line]:
    """Lines with their ids, where these tell them apart: a product may stand in an order twice."""
    return [row | {"id": id} for row, id in zip(rows, distinct([row["id"] for row in rows]), strict=True)]


def _sku(goods: Raw) -> str:
    """The sku; of goods without one their name, which nothing matches and which says what they are."""
    return str(goods.get("sku") or goods.get("name") or goods.get("reference_id") or "unknown").strip()
