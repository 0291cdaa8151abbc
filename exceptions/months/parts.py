"""What a month's statement is made of: items, the lines that sum them up, and the words for both."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from exceptions.models import ACCEPT_REASONS
from reconciliation.declarations import checks

AGES = (30, 60, 90)  # days, the steps of the liability's ageing
BUCKETS = {
    "accepted_value": "Value of returns accepted in the period",
    "fees": "Fees kept back",
    "opening": "Credited before go-live (opening balance)",
    "credited_before": "Credited before the period",
    "credited": "Credited in the period",
    "credited_after": "Credited after the period",
    "nothing_due": "No credit due (exchange, none, or nothing left after fees)",
    "within_tolerance": "Differences within tolerance",
    "timing": "Timing: credit due later and not late",
    "open": "Open exceptions",
    "accepted": "Variances accepted",
    "dismissed": "Dismissed as no real exception",
    "suppressed": "Kept out of the queue by a rule",
    "not_ripe": "Not judged yet: within its grace, or spoken for by another",
    "no_feed": "Not judged: no credit was ever sent",
    "unexplained": "Unexplained",
}
CREDIT_BUCKETS = {
    "this_period": "Against returns of this period",
    "earlier": "Against returns of earlier periods",
    "later": "Against returns accepted later",
    "not_received": "Against returns not accepted",
    "opening": "Against the opening balance",
    "without_return": "Without a return",
    "other_reason": "For other reasons than a return",
}
ROLL_BUCKETS = {
    "opening": "Liability when the period began",
    "entered": "Opening balance of go-live",
    "accepted": "Returns accepted in the period that are due a credit",
    "credited_before": "Credited before they came",
    "credited": "Credited in the period",
    "met": "Credits of the opening balance met by their returns",
    "within_tolerance": "Left within tolerance",
    "beyond": "Credited beyond what was due",
}
METHODS = {
    ("credit_note", None): "Credit note to the account",
    ("store_credit", None): "Store credit",
    ("refund", True): "Refund to the payer, settled",
    ("refund", False): "Refund to the payer, not settled yet",
}
LABELS: dict[str, dict[str, str]] = {
    "returns": BUCKETS,
    "credits": CREDIT_BUCKETS,
    "liability": {},
    "roll_forward": ROLL_BUCKETS,
}
NAMED = frozenset({"open", "accepted", "dismissed", "suppressed", "not_ripe"})  # a line for each kind or reason
PARTS = ("returns", "credits", "liability", "roll_forward")

Shares = dict[str, Decimal]  # SKU → amount


@dataclass(slots=True)
class Item:
    """One record's part in a line; `shares`: SKU → its amount, which add up to the whole."""

    part: str
    bucket: str
    name: str | None
    record: UUID
    system: str
    reference: str
    customer: str | None
    amount: Decimal
    at: datetime
    case_id: int | None = None
    shares: Shares = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Why it is in its line, in words; empty where nothing is to be said."""
        return name_words(self.name) if self.name else ""


@dataclass(frozen=True)
class Method:
    """How money or credit went back: the kind of document, its number and sum."""

    label: str
    documents: int
    amount: Decimal


@dataclass(frozen=True)
class Line:
    """One line: the sum of its items, how many records, and the names within it."""

    bucket: str
    label: str
    name: str | None
    amount: Decimal
    count: int

    @property
    def words(self) -> str:
        """The name in words; empty where the line has none."""
        return name_words(self.name or "")


@dataclass(frozen=True)
class Headline:
    """A month in three amounts."""

    unexplained: Decimal
    liability: Decimal
    credited: Decimal


def total(items: Iterable[Item]) -> Decimal:
    """The exact sum of the items' amounts."""
    return sum((item.amount for item in items), Decimal(0))


def lines(items: Iterable[Item], part: str) -> list[Line]:
    """The lines of a part, from its items."""
    labels = LABELS[part]
    sums: dict[tuple[str, str | None], list[Item]] = {}
    for item in items:
        if item.part == part:
            name = item.name if part != "returns" or item.bucket in NAMED else None
            sums.setdefault((item.bucket, name), []).append(item)
    order = list(labels) or ages()
    keys = sorted(sums, key=lambda key: (order.index(key[0]) if key[0] in order else len(order), key[1] or ""))
    return [
        Line(bucket, labels.get(bucket, bucket), name, total(found), len({item.record for item in found}))
        for (bucket, name), found in ((key, sums[key]) for key in keys)
    ]


def name_words(name: str) -> str:
    """A kind, a reason, or the kind and reason of a credit document, in words."""
    if name in checks():
        return checks()[name].title
    return ACCEPT_REASONS.get(name, name.replace("_", " "))


def ages() -> list[str]:
    """The steps of the liability's ageing, in words."""
    begins = (0, *(limit + 1 for limit in AGES))
    steps = [f"{since}–{until} days" for since, until in zip(begins, AGES, strict=False)]
    return [*steps, f"over {AGES[-1]} days"]


def age(days: int) -> str:
    """The step that so many days fall into."""
    return ages()[sum(days > limit for limit in AGES)]
