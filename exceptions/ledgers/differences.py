"""How two versions of a record differ, in words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exceptions.ledgers.payloads import visible
from exceptions.retention import REMOVED

DEEPEST = 12
LONGEST_RAW = 200_000
LONGEST_VALUE = 160
MOST = 100
NAMES = ("id", "sku")  # what tells the entries of a list apart, where all have it


class NotCompared(ValueError):
    """The versions are too long or too deep to be compared for a page, or a payload was removed."""


@dataclass(frozen=True)
class Difference:
    """One place, and what it said before and after; null where it was not said."""

    place: str
    before: str | None
    after: str | None

    @property
    def words(self) -> str:
        """The difference as a sentence."""
        if self.before is None:
            return f"{self.place}: {self.after}, which was not said before"
        if self.after is None:
            return f"{self.place}: no longer said, was {self.before}"
        return f"{self.place}: from {self.before} to {self.after}"


def differences(before: str, after: str) -> list[Difference]:
    """The places where two lines differ, their moment left out, at most 100; raises NotCompared."""
    if before.startswith(REMOVED) or after.startswith(REMOVED):
        raise NotCompared("no longer comparable, for a payload was removed after its time")
    if len(before) + len(after) > LONGEST_RAW:
        raise NotCompared("too long to be compared here")
    try:
        mine, other = (json.loads(raw, parse_int=str, parse_float=str) for raw in (before, after))
        found = _walk({**mine, "at": None}, {**other, "at": None}, (), 0)
        return [difference for difference, _ in zip(found, range(MOST), strict=False)]
    except RecursionError as deep:
        raise NotCompared("nested too deeply to be compared here") from deep


def _walk(before: Any, after: Any, place: tuple[str, ...], depth: int) -> Iterator[Difference]:
    if before == after:
        return
    if depth < DEEPEST and isinstance(before, dict) and isinstance(after, dict):
        pairs = _by_key(before, after)
    elif depth < DEEPEST and isinstance(before, list) and isinstance(after, list):
        pairs = _by_key(_named(before, after), _named(after, before))
    else:
        yield Difference(" › ".join(place), _shown(before), _shown(after))
        return
    for key, mine, other in pairs:
        yield from _walk(mine, other, (*place, visible(key)), depth + 1)


def _by_key(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for key in dict.fromkeys((*before, *after)):
        yield key, before.get(key), after.get(key)


def _named(entries: list[Any], others: list[Any]) -> dict[str, Any]:
    """The entries of a list by id or SKU, where that tells them apart in both lists; else by position, from 1."""
    for name in NAMES:
        if all(_unique(side, name) for side in (entries, others)):
            return {f"{entry[name]}": entry for entry in entries}
    return {f"{position}": entry for position, entry in enumerate(entries, 1)}


def _unique(entries: list[Any], name: str) -> bool:
    names = [entry.get(name) for entry in entries if isinstance(entry, dict)]
    return len(names) == len(entries) == len({str(known) for known in names if known is not None})


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    cut = f"{words[:LONGEST_VALUE]}…" if len(words) > LONGEST_VALUE else words
    return visible(cut) or "nothing"
