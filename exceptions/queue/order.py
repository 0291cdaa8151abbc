"""In which order the queue stands, and how a page of it begins where the one before ended."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from exceptions.models import SEVERITIES, ExceptionCase
from exceptions.models.case import AT_RISK, DUE, SEVERITY


@dataclass(frozen=True)
class Key:
    """An expression without nulls, its direction, how its value is read of a cursor, and of a case."""

    expression: Combinable
    descending: bool
    read: Callable[[str], Any]
    of: Callable[[ExceptionCase], Any]


@dataclass(frozen=True)
class Order:
    """One way to sort: by its keys, then by number, which `descending` is about."""

    label: str
    keys: tuple[Key, ...]
    descending: bool

    @property
    def turned(self) -> "Order":
        """The same from the other end."""
        keys = tuple(replace(key, descending=not key.descending) for key in self.keys)
        return Order(self.label, keys, not self.descending)


TIME_LEFT = Key(DUE, False, datetime.fromisoformat, lambda case: case.due_at or case.first_seen)
MONEY = Key(AT_RISK, True, Decimal, lambda case: Decimal(-1) if case.amount is None else case.amount)
GRAVITY = Key(SEVERITY, True, int, lambda case: SEVERITIES.index(case.severity))
ORDERS = {
    "due": Order("Time left", (TIME_LEFT, MONEY), False),
    "amount": Order("Money at risk", (MONEY,), True),
    "severity": Order("Severity", (GRAVITY,), True),
    "newest": Order("Newest", (), True),
}


def in_rows(cases: QuerySet[ExceptionCase], order: Order, cursor: str) -> QuerySet[ExceptionCase]:
    """The cases behind a cursor as the database sorts them; a cursor that is none of ours begins anew."""
    keys = enumerate(order.keys)
    cases = cases.annotate(**{f"sort_{place}": key.expression for place, key in keys})
    names = [f"{'-' if key.descending else ''}sort_{place}" for place, key in enumerate(order.keys)]
    return _behind(cases, order, cursor).order_by(*names, f"{'-' if order.descending else ''}id")


def in_order(cases: Iterable[Any], order: Order) -> list[Any]:
    """Cases of several parts, each with its keys, as the database sorts those of one."""
    found = sorted(cases, key=attrgetter("pk"), reverse=order.descending)
    for place, key in reversed(list(enumerate(order.keys))):
        found.sort(key=attrgetter(f"sort_{place}"), reverse=key.descending)
    return found


def cursor_of(case: Any, order: Order) -> str:
    """Where a row of the queue stands."""
    return _said([getattr(case, f"sort_{place}") for place in range(len(order.keys))], case.pk)


def cursor_at(case: ExceptionCase, order: Order) -> str:
    """Where any case would stand."""
    return _said([key.of(case) for key in order.keys], case.pk)


def _said(values: list[Any], id: int) -> str:
    words = (value.isoformat() if isinstance(value, datetime) else str(value) for value in (*values, id))
    return urlsafe_b64encode("|".join(words).encode()).decode()


def _behind(cases: QuerySet[ExceptionCase], order: Order, cursor: str) -> QuerySet[ExceptionCase]:
    try:
        *words, id = urlsafe_b64decode(cursor).decode().split("|")
        values = [key.read(word) for key, word in zip(order.keys, words, strict=True)]
        last = int(id)
    except (ValueError, NotBase64, InvalidOperation):
        return cases
    beyond, same = Q(), Q()
    for place, (key, value) in enumerate(zip(order.keys, values, strict=True)):
        further = "lt" if key.descending else "gt"
        if place == 0:  # where an index is to begin
            cases = cases.filter(**{f"sort_0__{further}e": value})
        beyond |= same & Q(**{f"sort_{place}__{further}": value})
        same &= Q(**{f"sort_{place}": value})
    return cases.filter(beyond | same & Q(**{f"id__{'lt' if order.descending else 'gt'}": last}))
