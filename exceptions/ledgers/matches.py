"""What each line of a credit without a reference was matched to, and why, in words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from json import JSONDecoder
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Count, JSONField, Q
from django.db.models.expressions import RawSQL

from reconciliation.models import CreditMatch
from reconciliation.statements import statement

SQL = Path(__file__).parents[1] / "sql"

SUPPORTED = ("exact", "partial")
COUNTED = ("price", "quantity", "none")  # of credits from before history
TIERS = {
    "exact": "supported: sold at this price, as many",
    "partial": "supported: sold at this price, more of it",
    "price": "not supported: sold, but at other prices only",
    "quantity": "not supported: no sale was as large",
    "none": "not supported: never sold to this customer before",
    "no customer": "not supported: the credit names no customer",
}
BY_QUANTITY_ALONE = {
    "exact": "supported: sold, as many (the line has no price)",
    "partial": "supported: sold, more of it (the line has no price)",
}
REASONS = {
    "only": "the only sale that fits so well",
    "latest": "the latest before the credit, of those that fit alike",
    "order": "placed at the same moment; the order id that sorts last",
    "line": "lines of one order; the last of them",
}


class Exact(JSONDecoder):
    """Reads numbers with all their digits."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**{**how, "parse_float": Decimal})


@dataclass(frozen=True)
class Sale:
    """A line of an order that a credited line was held against; quantity and price of a base unit."""

    record: UUID
    system: str
    id: str
    position: int
    at: datetime
    quantity: Decimal
    price: Decimal | None


@dataclass(frozen=True)
class Match:
    """A credited line, the sale that won and its runner-up."""

    line: CreditMatch
    sale: Sale | None
    runner_up: Sale | None

    @property
    def supported(self) -> bool:
        """Whether the sale holds what the line takes back, at its price."""
        return self.line.tier in SUPPORTED

    @property
    def words(self) -> str:
        """What the match comes to."""
        words = BY_QUANTITY_ALONE if self.line.price is None else {}
        return words.get(self.line.tier, TIERS[self.line.tier])

    @property
    def history(self) -> str:
        """That it is counted alone, where the credit is from before history; a credit without a customer never is."""
        counted = self.line.before_history and self.line.tier in COUNTED
        return "before history: counted, not raised" if counted else ""

    @property
    def why(self) -> str:
        """Why this sale and not another, and of how many."""
        if self.line.reason is None:
            return ""
        sales = "1 sale line" if self.line.sales == 1 else f"{self.line.sales} sale lines"
        return f"{REASONS[self.line.reason]}; {sales} to the customer before the credit"


@dataclass(frozen=True)
class Tier:
    """How many lines of credits without a reference came to one tier, and how many of them are only counted."""

    words: str
    lines: int
    before_history: int


def tiers() -> list[Tier]:
    """The tiers that any line came to, as of the last run."""
    lines, early = Count("position"), Count("position", filter=Q(before_history=True, tier__in=COUNTED))
    rows = CreditMatch.objects.values("tier").annotate(lines=lines, early=early).order_by()
    found = {row["tier"]: row for row in rows}
    return [Tier(words, found[name]["lines"], found[name]["early"]) for name, words in TIERS.items() if name in found]


def matches_of(credit: UUID) -> list[Match]:
    """The lines of a credit as the last run matched them; none where it has a reference."""
    return [_match(line) for line in CreditMatch.objects.filter(credit_record=credit).order_by("position")]


def matched_lines() -> RawSQL:
    """What cases are annotated with as `matched_lines` for `matches_about`."""
    return RawSQL(statement("pages/matched_lines", SQL), [], output_field=JSONField(null=True, decoder=Exact))


def matches_about(case: Any) -> list[Match]:
    """The lines that a case which carries `matched_lines` is about; none of other kinds."""
    fields = {field.name: field for field in CreditMatch._meta.fields}
    return [
        _match(CreditMatch(**{name: fields[name].to_python(value) for name, value in line.items() if name in fields}))
        for line in case.matched_lines or []
    ]


def _match(line: CreditMatch) -> Match:
    return Match(line, _sale(line, "sale"), _sale(line, "runner_up"))


def _sale(line: CreditMatch, which: str) -> Sale | None:
    said = {name: getattr(line, f"{which}_{name}") for name in Sale.__dataclass_fields__}
    return Sale(**said) if said["record"] else None
