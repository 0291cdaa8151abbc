"""What a change would do to the queue, as a page shows it: what closes, what changes and what opens, with its money."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.utils.http import urlencode

from exceptions.formats import money_text, number_text
from exceptions.models import ExceptionCase

SHOWN = 20
NAMED = 500  # exceptions that an address can name
Money = tuple[Decimal | None, str | None]


@dataclass(frozen=True)
class Foretold:
    """One exception that the change moves; `case` null: it would be new."""

    case: ExceptionCase | None
    kind: str
    title: str
    before: Money
    after: Money

    @property
    def shown(self) -> str:
        """Its money: what is at risk now, what would be, or both."""
        told = [money_text(amount, currency) for amount, currency in (self.before, self.after) if amount is not None]
        return " → ".join(told)


@dataclass(frozen=True)
class Part:
    """What moves one way, under a heading; the first of it are listed."""

    title: str
    found: list[Foretold]

    @property
    def first(self) -> list[Foretold]:
        """Those that are listed."""
        return self.found[:SHOWN]

    @property
    def more(self) -> int:
        """How many are not listed."""
        return len(self.found) - len(self.first)

    @property
    def address(self) -> str:
        """The queue's parameters that name all of them; empty where some are not there yet, or they are too many."""
        numbers = [str(one.case.pk) for one in self.found if one.case]
        known = len(numbers) == len(self.found) and len(numbers) <= NAMED
        return urlencode({"state": "any", "q": f"id:{','.join(numbers)}"}) if known else ""


@dataclass(frozen=True)
class Foreseen:
    """What the next run would do because of the change, as far as it was examined: `examined` of `touched` groups."""

    closes: list[Foretold]
    changes: list[Foretold]
    opens: list[Foretold]
    examined: int
    touched: int
    is_of_runs: bool = True

    @property
    def amounts(self) -> dict[str, Decimal]:
        """The money at risk that closes, by currency."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for amount, currency in (one.before for one in self.closes):
            if amount is not None and currency is not None:
                sums[currency] += amount
        return dict(sorted(sums.items()))

    @property
    def sentence(self) -> str:
        """What happens to how many."""
        closes, changes, opens = (len(found) for found in (self.closes, self.changes, self.opens))
        money = " and ".join(money_text(total, currency) for currency, total in self.amounts.items())
        ways = ("exception closes", "exceptions close")
        if not self.is_of_runs:
            ways = ("exception leaves the queue", "exceptions leave the queue")
        told = [
            _counted(closes, *ways) + (f", {money} at risk" if money else ""),
            _counted(changes, "changes in amount", "change in amount"),
            _counted(opens, "new one opens", "new ones open"),
        ]
        return f"With it, {'; '.join(filter(None, told)) or 'nothing closes, changes or opens'}."

    @property
    def parts(self) -> list[Part]:
        """All of it, under three headings."""
        return [Part("Closes", self.closes), Part("Changes", self.changes), Part("Opens", self.opens)]

    @property
    def is_whole(self) -> bool:
        """Whether everything that the change touches was examined."""
        return self.examined >= self.touched


def _counted(count: int, one: str, more: str) -> str:
    return f"{number_text(Decimal(count))} {one if count == 1 else more}" if count else ""
