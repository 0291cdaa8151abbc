"""What the brand sells and to whom."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

THINGS = ("Mug", "Bowl", "Throw", "Candle", "Tray", "Vase", "Apron", "Lamp", "Basket", "Jug", "Tea towel", "Cushion")
WOODS = ("Pine", "Oak", "Ash", "Birch", "Cedar", "Elm", "Larch", "Rowan", "Slate", "Linen")
TOWNS = ("Whitby", "Deal", "Rye", "Oban", "Bude", "Cromer", "Fowey", "Hythe", "Largs", "Ryde", "Selsey", "Looe")
TRADES = ("Gifts", "Home", "Living", "Stores", "Interiors")


@dataclass(frozen=True)
class Item:
    """A product; `pack` pieces of the base SKU make one. `price` is of one of it."""

    sku: str
    title: str
    base: str
    pack: int
    price: Decimal


@dataclass(frozen=True)
class Buyer:
    """A trade customer."""

    id: str
    name: str
    currency: str


def items() -> list[Item]:
    """120 pieces, each third of them also in cases."""
    found = []
    for number, (wood, thing) in enumerate((w, t) for w in WOODS for t in THINGS):
        sku = f"HP-{number + 100}"
        price = Decimal(150 + number * 37 % 4200) / 100
        found.append(Item(sku, f"{wood} {thing.lower()}", sku, 1, price))
        if number % 3 == 0:
            pack = (6, 12, 24)[number // 3 % 3]
            found.append(Item(f"{sku}-CS{pack}", f"{wood} {thing.lower()}, case of {pack}", sku, pack, price * pack))
    return found


def buyers(dice: Random) -> list[Buyer]:
    """60 shops, every fourth buys in euros."""
    names = [f"{town} {trade}" for town in TOWNS for trade in TRADES]
    dice.shuffle(names)
    return [Buyer(f"C-{n + 1000}", name, "EUR" if n % 4 == 3 else "GBP") for n, name in enumerate(names)]
