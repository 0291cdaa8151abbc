"""The queue folded: how many cases, what money and since when, by kind, customer, SKU, flow, error, team or owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, Sum
from django.http import QueryDict

from exceptions.owner_choice import NOBODY
from exceptions.ownership import team_names
from exceptions.queue.cases import asked_for
from exceptions.queue.grammar import NONE
from exceptions.rights import Person
from reconciliation.declarations import checks

GROUPS = {
    "kind": ("Kind", "kind"),
    "customer": ("Customer", "customer"),
    "sku": ("SKU", "sku"),
    "flow": ("Flow", "flow"),
    "error": ("Error", "error"),
    "team": ("Team", "team"),
    "owner": ("Owner", "owner__username"),
}
SHOWN = 200
NO_VALUE = {"owner": "nobody", "error": "no error is told"}


@dataclass(frozen=True)
class Group:
    """Cases that share a value; `amounts` by currency; `query` is the queue of them alone."""

    label: str
    cases: int
    amounts: list[tuple[Decimal, str]]
    first_due: datetime | None
    query: str


def grouped(asked: Mapping[str, str], by: str, person: Person, *, at: datetime) -> list[Group]:
    """The groups of the queue that `asked` names, the largest first, at most 200; KeyError for an unknown `by`."""
    field = GROUPS[by][1]
    _, _, cases = asked_for(asked, person, at=at)
    rows = cases.order_by().values(value=F(field)).annotate(n=Count("id"), due=Min("due_at")).order_by("-n", "value")
    found = list(rows[:SHOWN])
    values = [row["value"] for row in found]
    held = Q(**{f"{field}__in": [v for v in values if v is not None]})
    held |= Q(**{f"{field}__isnull": True}) if None in values else Q()
    sums = cases.order_by().filter(held).exclude(amount=None)
    amounts: dict[str | None, list[tuple[Decimal, str]]] = {}
    for row in sums.values("currency", value=F(field)).annotate(total=Sum("amount")).order_by("-total"):
        amounts.setdefault(row["value"], []).append((row["total"], str(row["currency"])))
    return [
        Group(label, row["n"], amounts.get(row["value"], []), row["due"], _query(asked, by, row))
        for row, label in zip(found, _labels(by, values), strict=True)
    ]


def _labels(by: str, values: Sequence[str | None]) -> list[str]:
    """What each value is called: kinds by their titles, teams by their names."""
    named: dict[str, str] = {}
    if by == "kind":
        named = {kind: check.title for kind, check in checks().items()}
    elif by == "team":
        named = team_names()
    return [NO_VALUE.get(by, "none") if value is None else named.get(value, value) for value in values]


def _query(asked: Mapping[str, str], by: str, row: Mapping[str, Any]) -> str:
    address = QueryDict(mutable=True)
    address.update({name: value for name, value in asked.items() if name not in ("group", "after") and value})
    if by == "owner" or row["value"] is None:
        word = f"{by}:{row['value'] or (NOBODY if by == 'owner' else NONE)}"
        address["q"] = f"{address.get('q', '')} {word}".strip()
    else:
        address[by] = row["value"]
    return address.urlencode()
