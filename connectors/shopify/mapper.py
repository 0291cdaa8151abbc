"""Shopify's items → lines of the contract."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.shopify.credits import credit_lines
from connectors.shopify.money import counted, plain_id
from connectors.shopify.orders import EACH, draft_line, fulfilment_lines, order_line
from connectors.shopify.returns import movement_lines, return_lines
from connectors.sightings import Line

# our condition → the quantities there that make it up; on hand, what is promised to orders still stands in the shelf
ON_HAND = {
    "sellable": ("available", "committed"),
    "reserved": ("reserved", "safety_stock"),
    "damaged": ("damaged",),
    "quarantine": ("quality_control",),
}
ON_SALE = {"ACTIVE": True, "UNLISTED": True, "DRAFT": False, "ARCHIVED": False}
HANGING = (
    ("fulfilment", fulfilment_lines),
    ("return", return_lines),
    ("credit", credit_lines),
    ("stock_movement", movement_lines),
)
AVAILABLE = ON_HAND | {"sellable": ("available",)}


def lines(feed: str, item: Raw, words: Words) -> Iterator[Told]:
    """The lines of an item of `feed`."""
    if "gone" in item:
        head = {"type": item["gone"], "system": words.system, "id": item["id"], "at": item["at"]}
        yield head | {"deleted": True}
    elif feed in ("orders", "open_returns", "backfill"):
        yield from _order(item, words)
    elif feed in ("drafts", "open_drafts"):
        if (line := draft_line(item, words)) is not None:
            yield line
    elif feed == "products":
        yield from _product(item, words)
    else:
        yield from _level(item, words)


def _order(order: Raw, words: Words) -> Iterator[Told]:
    """The order and what hangs on it, each read by itself."""
    if order["test"]:
        return
    yield from each("order", [order], lambda one: [order_line(one, words)], id=lambda one: one["legacyResourceId"])
    for type, tell in HANGING:
        yield from each(type, [order], partial(tell, words=words))


def _product(variant: Raw, words: Words) -> Iterator[Line]:
    """A variant; one without a sku is in no other system either."""
    if not (variant["sku"] or "").strip():
        return
    pack = _pack_size(variant) if words.get("pack_sizes") == "as_catalogue" else None
    yield {
        "type": "product",
        "system": words.system,
        "id": str(variant["legacyResourceId"]),
        "at": variant["updatedAt"],
        "sku": variant["sku"],
        "active": ON_SALE.get(variant["product"]["status"]),
        **(EACH if pack is None else {"uom": "pack", "pack_size": str(pack)}),
        "title": variant["displayName"],
        "barcode": variant["barcode"],
        "raw": variant,
    }


def _pack_size(variant: Raw) -> Any:
    """SparkLayer's pack size: of the base group in its settings, which go before the single metafield."""
    try:
        settings = json.loads((variant["settings"] or {}).get("value") or "[]")
        found = [one.get("pack_size") for one in settings if one.get("customer_group") == "base"]
    except (ValueError, TypeError, AttributeError):
        found = []
    return next((one for one in found if one), None) or (variant["packSize"] or {}).get("value")


def _level(level: Raw, words: Words) -> Iterator[Line]:
    """A level: one record for each condition; one that was switched off, or is no longer counted, is withdrawn."""
    said = {one["name"]: one["quantity"] for one in level["quantities"]}
    moments = [level["updatedAt"], *(one["updatedAt"] for one in level["quantities"] if one["updatedAt"])]
    for condition, names in (AVAILABLE if words.get("stock") == "available" else ON_HAND).items():
        head = {
            "type": "stock_level",
            "system": words.system,
            "id": f"{plain_id(level['id'])}-{plain_id(level['item']['id'])}/{condition}",
            "at": max(moments),
        }
        if not counted(level["item"]):
            yield head | {"deleted": True, "if_known": True}
            continue
        if not level["isActive"]:
            yield head | {"deleted": True}
            continue
        yield head | {
            "sku": level["item"]["sku"],
            "location": level["location"]["name"],
            "condition": condition,
            "quantity": sum(said.get(name, 0) for name in names),
            **EACH,
            "raw": level,
        }
