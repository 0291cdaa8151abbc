"""Records of a warehouse's files → lines of the contract."""

from collections.abc import Iterator
from typing import Any

from connectors.cells import CellRefused, flag, moment, needed, number, text
from connectors.closed_words import meaning
from connectors.paging import Raw
from connectors.registry import Words
from connectors.shapes import DISPOSITIONS
from connectors.sightings import Line
from connectors.spelling import folded, pairs

BUCKETS = "on_hand=sellable,available=sellable,allocated=reserved,returns=in_return"
DISPOSITION: dict[str, str | None] = {folded(one): one for one in DISPOSITIONS}
# what a movement speaks of → the scheme of its reference
SPOKEN_OF = {"rma": "rma", "return": "rma", "order": "order_number", "sales_order": "sales_order"}


def lines(feed: str, item: Raw, words: Words) -> Iterator[Line]:
    """The lines of an item of `feed`."""
    if "problem" in item:
        raise CellRefused(item["problem"])
    if "gone" in item:
        yield {"type": item["gone"], "system": words.system, "id": item["id"], "at": item["at"], "deleted": True}
    elif feed == "orders":
        yield _order(item, words)
    elif feed == "despatches":
        yield _fulfilment(item, words)
    elif feed == "returns":
        yield from _return(item, words)
    elif feed == "movements":
        yield from _movements(item, words)
    else:
        yield from _levels(item, words)


def level_ids(row: Raw) -> list[str]:
    """The ids of the levels that a row of a snapshot speaks of."""
    return [f"{text(row, 'warehouse_code')}/{text(row, 'sku')}/{condition}" for condition in ("sellable", "quarantine")]


def _head(type: str, id: str, item: Raw, words: Words) -> Line:
    """Dated by the file's name: the moment at which the warehouse said so. A shared one names the brand as `realm`."""
    realm = text(item["rows"][0], "realm")
    return {"type": type, "system": words.system, "id": id, "at": item["at"], "realm": realm, "raw": item}


def _order(item: Raw, words: Words) -> Line:
    """The order as the warehouse has it, in its own statuses; of prices it knows nothing."""
    rows, first = item["rows"], item["rows"][0]
    head = _head("order", item["id"], item, words)
    if flag(first, "deleted"):
        return head | {"deleted": True}
    where = {name: text(first, f"ship_to_{name}") for name in ("name", "town", "postcode", "country")}
    return head | {
        "number": text(first, "order_number") or item["id"],
        "refs": _refs(first, words) | {"purchase_order": text(first, "purchase_order")},
        "customer": {"id": text(first, "customer_id"), "name": text(first, "customer_name")},
        "status": text(first, "status"),
        "payment": {"hold": text(first, "hold")},
        "placed_at": moment(first, "received_at") or item["at"],
        "ship_to": where if any(where.values()) else None,
        "lines": [_line(row, "quantity") | {"fulfilled_quantity": number(row, "qty_shipped")} for row in rows],
    }


def _refs(row: Raw, words: Words) -> dict[str, str | None]:
    return {
        words.get("order_number", "order_number"): text(row, "order_number"),
        words.get("external_order_id", "ecommerce_order"): text(row, "external_order_id"),
    }


def _fulfilment(item: Raw, words: Words) -> Line:
    rows, first = item["rows"], item["rows"][0]
    tracking = {(text(row, "carrier"), text(row, "tracking_number")) for row in rows}
    return _head("fulfilment", item["id"], item, words) | {
        "refs": _refs(first, words),
        "status": "dispatched" if any(needed(row, "qty_shipped") for row in rows) else "pending",
        "shipped_at": moment(first, "despatched_at"),
        "tracking": [{"carrier": carrier, "number": told} for carrier, told in sorted(tracking, key=str) if told],
        "lines": [_line(row, "qty_shipped") for row in rows],
    }


def _line(row: Raw, quantity: str) -> Line:
    return {
        "id": text(row, "line_ref"),
        "sku": text(row, "sku"),
        "quantity": needed(row, quantity),
        "uom": text(row, "uom"),
        "pack_size": number(row, "units_per_uom"),
    }


def _return(item: Raw, words: Words) -> Iterator[Line]:
    rows, first = item["rows"], item["rows"][0]
    received = [said for row in rows if (said := moment(row, "received_at"))]
    inspected = [said for row in rows if (said := moment(row, "inspected_at"))]
    whole = len(inspected) == len(rows)
    refs = {"rma": text(first, "rma"), words.get("order_number", "order_number"): text(first, "order_number")}
    yield _head("return", item["id"], item, words) | {
        "number": text(first, "rma") or item["id"],
        "refs": refs,
        "status": "inspected" if whole else ("received" if received else "authorised"),
        "requested_at": min(received, default=item["at"]),
        "received_at": min(received, default=None),
        "inspected_at": max(inspected) if whole else None,
        "lines": [_return_line(row, words) for row in rows],
    }
    for row in rows:
        # where the warehouse also sends a movement for each restock, this one would be its double
        if words.get("restocks", "returns") == "returns" and number(row, "restock_qty"):
            yield _head(
                "stock_movement", f"restock-{item['id']}/{text(row, 'line_ref') or row['row']}", item, words
            ) | {
                "at": moment(row, "inspected_at") or item["at"],
                "sku": text(row, "sku"),
                "location": text(row, "restock_location") or text(row, "warehouse_code"),
                "condition": "sellable",
                "quantity": needed(row, "restock_qty"),
                "uom": text(row, "uom"),
                "pack_size": number(row, "units_per_uom"),
                "reason": "return",
                "refs": refs,
            }


def _return_line(row: Raw, words: Words) -> Line:
    """What was inspected was accepted as far as it came; a disposition that nobody knows as it came."""
    received = number(row, "qty_received")
    return _line(row, "qty_expected") | {
        "received_quantity": received,
        "accepted_quantity": received if moment(row, "inspected_at") else None,
        "reason_code": text(row, "reason_code"),
        "disposition": meaning(text(row, "disposition"), DISPOSITION, words.get("dispositions")),
    }


def _movements(item: Raw, words: Words) -> Iterator[Line]:
    """One movement for each bucket: out of the one, into the other."""
    row = item["rows"][0]
    if len(item["rows"]) > 1:
        raise CellRefused(f"Row {item['rows'][1]['row']}: the movement {item['id']} stands in the file twice.")
    moved, source, target = needed(row, "qty_delta"), text(row, "bucket_from"), text(row, "bucket_to")
    both = [("from", source, -abs(moved)), ("to", target, abs(moved))]
    parts = both if source and target else [("", source or target or "sellable", moved)]
    scheme = SPOKEN_OF.get((text(row, "ref_type") or "").lower(), text(row, "ref_type"))
    for end, bucket, quantity in parts:
        yield _head("stock_movement", f"{item['id']}/{end}" if end else item["id"], item, words) | {
            "at": moment(row, "occurred_at") or item["at"],
            "sku": text(row, "sku"),
            "location": text(row, "warehouse_code"),
            "condition": _condition(bucket, words),
            "quantity": quantity,
            "uom": text(row, "uom"),
            "reason": text(row, "reason_code"),
            "refs": {scheme: text(row, "ref_id")} if scheme else {},
        }


def _condition(bucket: Any, words: Words) -> str:
    """The contract's word for a bucket; one that is not known is refused, and so shown, by intake."""
    said = pairs(words.get("buckets", BUCKETS))
    return next((to for name, to in said.items() if name.lower() == str(bucket).lower()), str(bucket).lower())


def _levels(item: Raw, words: Words) -> Iterator[Line]:
    """What may be sold, and what is locked away; what is allocated still stands in the shelf."""
    row = item["rows"][-1]
    sellable = "available" if words.get("stock") == "available" else "on_hand"
    for id, column in zip(level_ids(row), (sellable, "quarantine"), strict=True):
        if (quantity := number(row, column)) is not None:
            yield _head("stock_level", id, item, words) | {
                "at": moment(row, "as_of") or item["at"],
                "sku": text(row, "sku"),
                "location": text(row, "warehouse_code"),
                "condition": id.rsplit("/", 1)[1],
                "quantity": quantity,
            }
