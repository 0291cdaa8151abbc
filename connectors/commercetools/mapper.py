"""commercetools' items → lines of the contract."""

from collections.abc import Iterator
from functools import partial
from operator import itemgetter
from typing import Any

from connectors.commercetools.money import own_field
from connectors.commercetools.orders import fulfilment_lines, head, order_line
from connectors.commercetools.returns import credit_lines, movement_lines, return_lines
from connectors.paging import Raw
from connectors.parts import Told, Unread, each
from connectors.registry import Words
from connectors.sightings import Line

HANGING = (
    ("fulfilment", fulfilment_lines),
    ("return", return_lines),
    ("credit", credit_lines),
    ("stock_movement", movement_lines),
)


def lines(feed: str, item: Raw, words: Words) -> Iterator[Told]:
    """The lines of an item of `feed`."""
    if "gone" in item:
        yield {"type": item["gone"], "system": words.system, "id": item["id"], "at": item["at"], "deleted": True}
    elif feed == "products":
        yield from _products(item, words)
    elif feed == "stock":
        yield _level(item, words)
    else:
        yield from _order(item, words)


def _order(order: Raw, words: Words) -> Iterator[Told]:
    """The order and what hangs on it, each read by itself; what hung on it and does not any more is withdrawn."""
    yield from each("order", [order], lambda one: [order_line(one, words)], id=itemgetter("id"))
    held: dict[str, list[str]] = order.get("held") or {}
    for type, tell in HANGING:
        there: set[str | None] = set()
        for one in each(type, [order], partial(tell, words=words)):
            there.add(one.id if isinstance(one, Unread) else one["id"])
            yield one
        if None not in there:  # else what cannot be named may be any of them
            gone = [id for id in held.get(type, ()) if id not in there]
            yield from ({**head(type, id, order, words), "deleted": True} for id in gone)


def _products(product: Raw, words: Words) -> Iterator[Told]:
    """The variants."""
    variants = (product["masterVariant"], *product["variants"])
    return each("product", variants, partial(_product, product, words), id=lambda one: f"{product['id']}/{one['id']}")


def _product(product: Raw, words: Words, variant: Raw) -> Iterator[Line]:
    """A variant; one without a sku is in no other system either."""
    if not (variant.get("sku") or "").strip():
        return
    yield {
        "type": "product",
        "system": words.system,
        "id": f"{product['id']}/{variant['id']}",
        "at": product["lastModifiedAt"],
        "sku": variant["sku"],
        "active": product.get("published", True),
        "uom": own_field(words, "uom", variant),
        "pack_size": own_field(words, "pack_size", variant),
        "base_sku": own_field(words, "base_sku", variant),
        "title": _localised(product.get("name"), words),
        "barcode": own_field(words, "barcode", variant),
        "raw": {name: said for name, said in product.items() if name not in ("masterVariant", "variants")}
        | {"variant": variant},
    }


def _localised(said: Any, words: Words) -> str | None:
    """The text in the tenant's language, else in any."""
    if not said:
        return None
    text: str = said.get(words.get("locale", "en")) or next(iter(said.values()))
    return text


def _level(entry: Raw, words: Words) -> Line:
    """One entry for each sku and channel; the one without a channel is an entry of its own and no sum."""
    channel = entry.get("supplyChannel") or {}
    name = "availableQuantity" if words.get("stock") == "available" else "quantityOnStock"
    return {
        "type": "stock_level",
        "system": words.system,
        "id": entry["id"],
        "at": entry["lastModifiedAt"],
        "sku": entry["sku"],
        "location": (channel.get("obj") or {}).get("key") or channel.get("id") or "default",
        "condition": "sellable",
        "quantity": entry[name],
        "raw": entry,
    }
