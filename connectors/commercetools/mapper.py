"""commercetools' items → lines of the contract."""

from collections.abc import Iterator
from typing import Any

from connectors.commercetools.money import own_field
from connectors.commercetools.orders import fulfilment_lines, order_line
from connectors.commercetools.returns import credit_lines, movement_lines, return_lines
from connectors.paging import Raw
from connectors.registry import Words
from connectors.sightings import Line


def lines(feed: str, item: Raw, words: Words) -> Iterator[Line]:
    """The lines of an item of `feed`."""
    if "gone" in item:
        yield {"type": item["gone"], "system": words.system, "id": item["id"], "at": item["at"], "deleted": True}
    elif feed == "products":
        yield from _products(item, words)
    elif feed == "stock":
        yield _level(item, words)
    else:
        yield from _order(item, words)


def _order(order: Raw, words: Words) -> Iterator[Line]:
    line = order_line(order, words)
    yield line
    hanging = [*fulfilment_lines(order, words), *return_lines(order, words)]
    hanging += [*credit_lines(order, words), *movement_lines(order, words)]
    yield from hanging
    there = {(one["type"], one["id"]) for one in hanging}
    for type, ids in (order.get("held") or {}).items():
        for id in ids:
            if (type, id) not in there:
                yield {"type": type, "system": words.system, "id": id, "at": line["at"], "deleted": True}


def _products(product: Raw, words: Words) -> Iterator[Line]:
    """The variants; one without a sku is in no other system either."""
    for variant in (product["masterVariant"], *product["variants"]):
        if not (variant.get("sku") or "").strip():
            continue
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
