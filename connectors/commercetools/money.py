"""Amounts and fields as commercetools writes them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from connectors.amounts import NOUGHT
from connectors.paging import Raw
from connectors.registry import Words
from connectors.spelling import pairs


def amount(money: Any) -> Decimal | None:
    """The value of a money: whole minor units and their number of digits, and never a float."""
    if not money:
        return None
    if money.get("type") == "highPrecision":
        return Decimal(money["preciseAmount"]).scaleb(-int(money["fractionDigits"]))
    return Decimal(money["centAmount"]).scaleb(-int(money["fractionDigits"]))


def total(moneys: Iterable[Any]) -> Decimal:
    """The sum of what is there."""
    return sum((amount(money) or NOUGHT for money in moneys), NOUGHT)


def own_field(words: Words, name: str, *holders: Any) -> Any:
    """What the first of `holders` says in the custom field or attribute that the tenant keeps `name` in."""
    field = pairs(words.get("fields")).get(name)
    for holder in holders if field else ():
        said = _said(holder or {}, field)
        if said is not None:
            return said.get("key") if isinstance(said, dict) else said
    return None


def _said(holder: Raw, field: str | None) -> Any:
    fields = (holder.get("custom") or {}).get("fields") or {}
    attributes = {one["name"]: one.get("value") for one in holder.get("attributes") or []}
    return fields.get(field, attributes.get(field))
