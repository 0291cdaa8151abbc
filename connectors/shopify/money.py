"""Amounts and words as Shopify writes them."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

PRECISE = Context(prec=34, rounding=ROUND_HALF_EVEN)
NOUGHT = Decimal(0)
PLACES = Decimal("1E-10")  # far below any tolerance, where a division does not come out even


def amount(bag: Any) -> Decimal | None:
    """The shop's amount of a MoneyBag (or a MoneyV2); None where there is none. Shopify writes decimals as text."""
    money = (bag or {}).get("shopMoney", bag)
    said = (money or {}).get("amount")
    return None if said is None else Decimal(str(said))


def total(bags: Iterable[Any]) -> Decimal:
    """The sum of the amounts that are there."""
    return sum((amount(bag) or NOUGHT for bag in bags), NOUGHT)


def per(whole: Decimal, count: int) -> Decimal:
    """`whole` by `count`: exact where it comes out even, else to ten places."""
    exact = PRECISE.divide(whole, Decimal(count))
    return exact if exact * count == whole else exact.quantize(PLACES)


def currency(*bags: Any) -> str | None:
    """The first currency that one of the bags names."""
    for bag in bags:
        money = (bag or {}).get("shopMoney", bag) or {}
        if money.get("currencyCode"):
            return str(money["currencyCode"])
    return None


def plain_id(gid: str) -> str:
    """`123` of `gid://shopify/Order/123`."""
    return gid.rsplit("/", 1)[-1].split("?")[0]


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
