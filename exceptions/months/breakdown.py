"""A month's statement by customer and by SKU: the same amounts, another way round."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from exceptions.months.parts import BUCKETS, Item
from exceptions.months.statement import Statement

WAYS = {"customer": "By customer", "sku": "By SKU"}
UNNAMED = {"customer": "no customer named", "sku": "no SKU named"}
BESIDE = {"credits": "Credited in all", "opening": "Liability before", "liability": "Liability at the end"}

Split = Callable[[Item], Iterator[tuple[str, Decimal]]]


@dataclass(frozen=True)
class Column:
    """One column: the part and bucket (null: all) whose amounts it sums."""

    part: str
    bucket: str | None
    label: str


@dataclass(frozen=True)
class Row:
    """One customer or SKU, and its amount in each column; `key` is empty where the records name none."""

    key: str
    label: str
    columns: list[Column]
    amounts: list[Decimal]

    @property
    def cells(self) -> Iterator[tuple[Column, Decimal]]:
        """Each column with the row's amount in it."""
        return zip(self.columns, self.amounts, strict=True)


@dataclass(frozen=True)
class Breakdown:
    """The columns, a row for each customer or SKU, and the sums, which are the statement's own figures."""

    way: str
    title: str
    columns: list[Column]
    rows: list[Row]
    totals: list[Decimal]


def by_customer(item: Item) -> Iterator[tuple[str, Decimal]]:
    """The customer of an item, who has all of it."""
    yield item.customer or "", item.amount


def by_sku(item: Item) -> Iterator[tuple[str, Decimal]]:
    """The SKUs of an item and their shares."""
    yield from item.shares.items()


SPLITS: dict[str, Split] = {"customer": by_customer, "sku": by_sku}


def breakdown(statement: Statement, way: str) -> Breakdown:
    """The statement by customer or by SKU, those with the most accepted first."""
    columns, split = _columns(statement), SPLITS[way]
    sums: dict[str, list[Decimal]] = {}
    for place, column in enumerate(columns):
        for item in statement.of(column.part, column.bucket):
            for key, amount in split(item):
                sums.setdefault(key, [Decimal(0)] * len(columns))[place] += amount
    order = sorted(sums, key=lambda key: (-sums[key][0], key))
    rows = [Row(key, key or UNNAMED[way], columns, sums[key]) for key in order]
    totals = [sum((row.amounts[place] for row in rows), Decimal(0)) for place in range(len(columns))]
    return Breakdown(way, WAYS[way], columns, rows, totals)


def narrowed(items: Iterable[Item], way: str, key: str) -> list[tuple[Item, Decimal]]:
    """The items in which a customer or SKU has a part, each with that part."""
    return [(item, amount) for item in items for known, amount in SPLITS[way](item) if known == key]


def _columns(statement: Statement) -> list[Column]:
    met = {item.bucket for item in statement.of("returns")} | {"accepted_value"}
    found = [Column("returns", bucket, label) for bucket, label in BUCKETS.items() if bucket in met]
    return [
        *found,
        Column("credits", None, BESIDE["credits"]),
        Column("roll_forward", "opening", BESIDE["opening"]),
        Column("liability", None, BESIDE["liability"]),
    ]
