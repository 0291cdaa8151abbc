"""Windows, pages and positions; and how to page without losing rows that move meanwhile.

A position is plain JSON: where the next page begins. It is stored after each page; a killed pull goes on there.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

Raw = dict[str, Any]
Position = dict[str, Any]
MOST_RESTARTS = 20


class LoopingPages(Exception):
    """The vendor leads from a page back to one that was read before, or its rows never come to rest."""


class Window(NamedTuple):
    """`[since, until)` of the vendor's "changed at"; without `since`, from the beginning."""

    since: datetime | None
    until: datetime


class Page(NamedTuple):
    """What was read, and where to go on; `following` is None at the end of the window.

    `later`: nothing is there yet (a bulk export that is being made); come back after so long, at `following`.
    """

    items: Sequence[Raw]
    following: Position | None = None
    later: timedelta | None = None


def by_offset(
    fetch: Callable[[int, int], Sequence[Raw]],
    position: Position | None,
    *,
    size: int,
    key: Callable[[Raw], Any],
) -> Page:
    """A page by `fetch(offset, limit)`, each reading the last row of the page before once more.

    Where that row is no longer where it was, rows have moved, and the window is read again from its beginning.
    """
    at = position or {}
    offset, last, restarts = at.get("offset", 0), at.get("last"), at.get("restarts", 0)
    rows = fetch(max(offset - 1, 0), size)
    if offset:
        if not rows or key(rows[0]) != last:
            return Page([], _again(restarts))
        rows = rows[1:]
    if len(rows) < (size - 1 if offset else size):
        return Page(rows)
    return Page(rows, {"offset": offset + len(rows), "last": key(rows[-1]), "restarts": restarts})


def by_number(
    fetch: Callable[[int], tuple[Sequence[Raw], int]], position: Position | None, *, newest_first: bool = False
) -> Page:
    """A page by `fetch(number)`, which also says how many pages there are.

    A row that changes moves to the new end of the list. Read towards it, those behind slip onto pages already read;
    so a list with the newest last is read from its last page back to its first, and one with the newest first forwards.
    """
    if newest_first:
        number = (position or {}).get("number", 1)
        rows, total = fetch(number)
        return Page(rows, {"number": number + 1} if number < total else None)
    if position is None:
        rows, total = fetch(1)
        return Page(rows) if total <= 1 else Page([], {"number": total})
    rows, _ = fetch(position["number"])
    return Page(rows, {"number": position["number"] - 1} if position["number"] > 1 else None)


def both_ways(fetch: Callable[[int], tuple[Sequence[Raw], bool]], position: Position | None) -> Page:
    """A page by `fetch(number)`, which also says whether there are more, of a list in an order that nobody documents.

    Rows that move slip past one direction of reading, never past both; so a list of several pages is read to its end
    and back again.
    """
    number, back = (position or {}).get("number", 1), (position or {}).get("back", False)
    rows, more = fetch(number)
    if more and not back:
        return Page(rows, {"number": number + 1, "back": False})
    return Page(rows, {"number": number - 1, "back": True} if number > 1 else None)


def _again(restarts: int) -> Position:
    if restarts >= MOST_RESTARTS:
        raise LoopingPages(f"The rows moved in each of {MOST_RESTARTS} readings.")
    return {"offset": 0, "last": None, "restarts": restarts + 1}
