"""Numbers that lead to their rows: each is counted by the very filters that its link asks the queue for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode

from exceptions.formats import money_text
from exceptions.models import OPEN, ExceptionCase
from exceptions.queue.grammar import terms_of
from exceptions.queue.saved_views import VIEWS, counted
from exceptions.rights import Person

SAME = ("kind", "team", "customer", "sku", "flow")


@dataclass(frozen=True)
class Asked:
    """A number to be counted: what the queue is asked for, and how it is shown. `alarming`: it should be nought."""

    label: str
    asked: Mapping[str, str]
    note: str = ""
    alarming: bool = False


@dataclass(frozen=True)
class Number:
    """A number with its rows behind it; `amount` in words where money was asked for."""

    label: str
    count: int
    address: str
    note: str = ""
    amount: str = ""
    alarming: bool = False

    @property
    def text(self) -> str:
        """The count as it is shown."""
        return counted(self.count)

    @property
    def tone(self) -> str:
        """`alarm` where something is there that should not be."""
        return "alarm" if self.alarming and self.count else ""


def queue_of(**asked: str) -> str:
    """The address of the queue of just these cases."""
    return f"{reverse('queue')}?{urlencode(asked)}"


def numbers(
    asked: Iterable[Asked],
    person: Person | None,
    *,
    at: datetime,
    currency: str | None = None,
    among: QuerySet[ExceptionCase] | None = None,
) -> list[Number]:
    """Counts all of them in one query, among the open cases; with their money in `currency`.

    `person` null: none of them is about who asks.
    """
    wanted: Sequence[Asked] = list(asked)
    counting: dict[str, Any] = {
        f"n{i}": Count("id", filter=_condition(one.asked, person, at)) for i, one in enumerate(wanted)
    }
    if currency:
        counting |= {
            f"a{i}": Sum("amount", filter=_condition(one.asked, person, at) & Q(currency=currency))
            for i, one in enumerate(wanted)
        }
    cases = ExceptionCase.objects.filter(state__in=OPEN, closed_at=None) if among is None else among
    found = cases.aggregate(**counting) if wanted else {}
    return [
        Number(
            one.label,
            found[f"n{i}"],
            queue_of(**one.asked),
            one.note,
            _money(found.get(f"a{i}"), currency),
            one.alarming,
        )
        for i, one in enumerate(wanted)
    ]


def _condition(asked: Mapping[str, str], person: Person | None, at: datetime) -> Q:
    found = Q(**{name: asked[name] for name in SAME if name in asked})
    if "view" in asked:
        found &= VIEWS[asked["view"]].condition(person, at)
    for term in terms_of(asked.get("q", ""), person, at=at):
        found &= term.condition
    return found or Q(id__isnull=False)


def _money(amount: Decimal | None, currency: str | None) -> str:
    return money_text(amount, currency) if amount else ""
