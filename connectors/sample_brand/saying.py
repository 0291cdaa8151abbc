"""Whether one line says all that another says: what a vendor has words for, and what its words leave out."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.sample_brand.story import Line

# a number is shown, not compared; a purchase order joins no records; an address has another form in each system
LEFT_OUT = frozenset({"number", "purchase_order", "ship_to"})
# what a system's record cannot say: the shop knows its own number alone, and of goods that go back to the warehouse
# neither when they came nor what became of them; the warehouse no money, and a movement only the number of its return
INSPECTED = ("received_at", "inspected_at", "received_quantity", "accepted_quantity", "disposition")
BESIDES = {
    ("shopify", "order"): frozenset({"sales_order"}),
    ("shopify", "return"): frozenset({"sales_order", "resolution", "refund_amount", *INSPECTED}),
    ("warehouse", "order"): frozenset({"payment", "currency", "total", "tax", "unit_price"}),
    ("warehouse", "stock_movement"): frozenset({"sales_order", "ecommerce_order"}),
}


def says(made: Line, told: Line) -> bool:
    """Whether `made` says everything of `told` that counts, in whatever form."""
    return _says(made, told, LEFT_OUT | BESIDES.get((told["system"], told["type"]), frozenset()))


def _says(made: Any, told: Any, without: frozenset[str]) -> bool:
    if isinstance(told, Mapping):
        return isinstance(made, Mapping) and all(
            _says(made.get(name), said, without) for name, said in told.items() if name not in without
        )
    if isinstance(told, list | tuple):
        rows = made or []
        return len(rows) == len(told) and all(_says(a, b, without) for a, b in zip(rows, told, strict=True))
    return bool(_plain(made) == _plain(told))


def _plain(value: Any) -> Any:
    """A number or an instant, however written; an absent one as none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        pass
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
