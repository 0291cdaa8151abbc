"""Lists that can grow: searched, and read page by page by key, without a gap or a repeat."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict

PAGE = 50
MOST_WORDS = 20  # of a search
FEW = 10  # rows above which a list can be searched
LETTERS_OF_A_NUMBER = 19  # of eight bytes; fewer always fit


@dataclass(frozen=True)
class ListPage:
    """One page: its rows, how many there are in all, what was searched, and the cursor of the next page."""

    rows: list[Any]
    count: int
    search: str
    following: str | None

    @property
    def can_be_searched(self) -> bool:
        """Whether a search is of use, or is what left so few."""
        return bool(self.search) or self.count > FEW


def list_page(rows: QuerySet[Any], *, search: str = "", after: str = "", size: int = PAGE) -> ListPage:
    """The rows behind a cursor, in the queryset's own order; a cursor that is none of ours begins anew.

    The order names columns of the rows or of what they refer to, each with `-` for descending, and ends with one that
    no two rows share.
    """
    places = [str(place) for place in rows.query.order_by]
    cursor = _cursor(after, len(places))
    found = list(_behind(rows, places, cursor)[: size + 1])
    last = found[size - 1] if len(found) > size else None
    following = None if last is None else _said([_value(last, place.lstrip("-")) for place in places])
    count = rows.count() if cursor or last else len(found)
    return ListPage(found[:size], count, search.strip(), following)


@dataclass(frozen=True)
class Stretch:
    """A part of a list whose order is known as a whole: the place of its first row, and how many rows there are."""

    start: int
    count: int
    asked: QueryDict
    size: int = 100

    @property
    def first(self) -> int:
        """The number of the first row, counted from one."""
        return min(self.start + 1, self.count)

    @property
    def last(self) -> int:
        """The number of the last row."""
        return min(self.start + self.size, self.count)

    @property
    def before(self) -> str | None:
        """The query of the part before."""
        return self._query(max(self.start - self.size, 0)) if self.start else None

    @property
    def following(self) -> str | None:
        """The query of the part after."""
        return self._query(self.start + self.size) if self.last < self.count else None

    def _query(self, start: int) -> str:
        query = self.asked.copy()
        query["from"] = str(start)
        return query.urlencode()


def row_number(text: str) -> int | None:
    """The number of a row that a text names, as an address does; null where it names none that there could be."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LETTERS_OF_A_NUMBER else None


def start_of(asked: QueryDict) -> int:
    """From which row on a list is asked for; what is no number asks for its beginning."""
    said = asked.get("from", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0


def searched(rows: QuerySet[Any], search: str, names: Collection[str]) -> QuerySet[Any]:
    """The rows of which each word of a search, of the first twenty, is part of one of these columns."""
    for word in search.replace("\0", "").split()[:MOST_WORDS]:
        fits = Q()
        for name in names:
            fits |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(fits)
    return rows


def _behind(rows: QuerySet[Any], places: list[str], cursor: list[Any] | None) -> QuerySet[Any]:
    if cursor is None:
        return rows
    beyond, same = Q(pk__in=[]), Q()
    try:
        for place, value in zip(places, cursor, strict=True):
            beyond |= same & _further(place, value)
            name = place.lstrip("-")
            same &= Q(**({f"{name}__isnull": True} if value is None else {name: value}))
        return rows.filter(beyond)
    except (ValueError, TypeError, ValidationError):
        return rows


def _further(place: str, value: Any) -> Q:
    """Behind a value in the order of one column, in which null is greater than all, as PostgreSQL has it."""
    name = place.lstrip("-")
    if place.startswith("-"):
        return Q(**({f"{name}__isnull": False} if value is None else {f"{name}__lt": value}))
    return Q(pk__in=[]) if value is None else Q(**{f"{name}__gt": value}) | Q(**{f"{name}__isnull": True})


def _value(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part, None)
    if isinstance(row, datetime):
        return row.isoformat()
    return str(row) if isinstance(row, Decimal) else row


def _said(values: list[Any]) -> str:
    return urlsafe_b64encode(json.dumps(values).encode()).decode()


def _cursor(text: str, length: int) -> list[Any] | None:
    """The values that a cursor names; null for what is none of ours."""
    try:
        values = json.loads(urlsafe_b64decode(text.encode("ascii")))
    except (ValueError, TypeError, RecursionError):
        return None
    plain = isinstance(values, list) and all(one is None or isinstance(one, (str, int)) for one in values)
    fits = plain and len(values) == length
    return values if fits and not any("\0" in one for one in values if isinstance(one, str)) else None
