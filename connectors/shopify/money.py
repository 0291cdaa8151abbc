"""Amounts and words as Shopify writes them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from connectors.amounts import NOUGHT


def amount(bag: Any) -> Decimal | None:
    """The shop's amount of a MoneyBag (or a MoneyV2); None where there is none. Shopify writes decimals as text."""
    money = (bag or {}).get("shopMoney", bag)
    said = (money or {}).get("amount")
    return None if said is None else Decimal(str(said))


def total(bags: Iterable[Any]) -> Decimal:
    """The sum of the amounts that are there."""
    return sum((amount(bag) or NOUGHT for bag in bags), NOUGHT)


def currency(bag: Any) -> str | None:
    """The shop's currency of a MoneyBag (or a MoneyV2); None where there is none."""
    money = (bag or {}).get("shopMoney", bag) or {}
    return str(money["currencyCode"]) if money.get("currencyCode") else None


def plain_id(gid: str) -> str:
    """`123` of `gid://shopify/Order/123?…`."""
    return gid.rsplit("/", 1)[-1].split("?")[0]


def named(item: dict[str, Any]) -> str:
    """What we call an item: its plain id."""
    return plain_id(item["id"])


def counted(item: dict[str, Any]) -> bool:
    """Whether an inventory item is counted, under a SKU that other systems know."""
    return bool(item["tracked"] and (item["sku"] or "").strip())


def attributes(item: dict[str, Any]) -> dict[str, str]:
    """Custom attributes by key."""
    return {one["key"]: one.get("value") or "" for one in item.get("customAttributes") or []}


def sku_of(line: dict[str, Any] | None) -> str:
    """The sku; of a line without one its name, which nothing matches and which says what it is."""
    line = line or {}
    return (line.get("sku") or "").strip() or (line.get("name") or "").strip() or "unknown"


def latest(*instants: Any) -> str:
    """The latest of the instants that are there; all are written alike, in UTC."""
    return max(str(one) for one in instants if one)
