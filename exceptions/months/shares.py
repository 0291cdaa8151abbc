"""The parts of a record's amount that its SKUs have in it, exact to the last penny.

An amount is shared in proportion to what each SKU is worth in its record and rounded along the running sum, so that
the shares add up to it. The parts of one return, which add up to nought, do so for each of its SKUs as well.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from exceptions.formats import minor_units
from exceptions.months.parts import Item, Shares
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
NO_SKU = ""  # the share of what names no SKU

Weights = dict[tuple[UUID | None, str | None], dict[str, Decimal]]  # by record and reason, and by record alone


def shared(amount: Decimal, weights: Mapping[str, Decimal], places: int) -> Shares:
    """`amount` shared by positive weights, each share with so many decimals, or as many as the amount has."""
    if len(weights) < 2:
        return {next(iter(weights), NO_SKU): amount}
    whole = sum(weights.values(), Decimal(0))
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int)
    step = Decimal(1).scaleb(min(-places, exponent))
    found, running, given = {}, Decimal(0), Decimal(0)
    for sku in sorted(weights):
        running += weights[sku]
        upto = amount if running == whole else (amount * running / whole).quantize(step, ROUND_HALF_UP)
        found[sku], given = upto - given, upto
    return found


def give_shares(items: list[Item], of_return: Mapping[UUID, UUID], currency: str) -> None:
    """Gives the items their shares by SKU; a credit without lines of its own takes those of its return."""
    weights = _weights({item.record for item in items} | set(of_return.values()))
    places = minor_units(currency)
    left: dict[UUID, Shares] = {}  # what the parts of a return have given to each SKU so far
    last = {item.record: place for place, item in enumerate(items) if item.part == "returns"}
    for place, item in enumerate(items):
        of = _of(item, weights) or weights.get((of_return.get(item.record), None), {})
        item.shares = shared(item.amount, of, places)
        if item.part == "returns":
            given = left.setdefault(item.record, {})
            if last[item.record] == place:
                item.shares = _closing(given, item.amount) or item.shares
            for sku, amount in item.shares.items():
                given[sku] = given.get(sku, Decimal(0)) + amount


def _closing(given: Shares, amount: Decimal) -> Shares:
    """What brings every SKU of a return to nought; nothing where its parts do not add up to it."""
    return {sku: -part for sku, part in given.items()} if -sum(given.values(), Decimal(0)) == amount else {}


def _of(item: "Item", weights: Weights) -> dict[str, Decimal]:
    """What weighs in an item: of a credit, its lines of the same reason (the last word of the item's name)."""
    reason = (item.name or "").rpartition(" · ")[2] if item.part == "credits" else None
    return weights.get((item.record, reason)) or weights.get((item.record, None), {})


def _weights(records: set[UUID]) -> Weights:
    found: Weights = {}
    asked: dict[str, Any] = {"records": sorted(records)}
    for row in rows("statement/shares", asked, SQL):
        for reason in {row.reason, None}:
            of = found.setdefault((row.record, reason), {})
            of[row.sku] = of.get(row.sku, Decimal(0)) + row.weight
    return found
