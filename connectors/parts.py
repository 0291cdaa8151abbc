"""The parts of a vendor's item, each read by itself: one that cannot be read takes nothing else with it.

A mapper tells one record after another; `each` is what it tells them through. Where it failed is found afterwards, by
having it read the item once more with a `Trail`, as mappers are pure.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from connectors.sightings import Line


class Unread(NamedTuple):
    """A record that an item tells of and that cannot be read; `id` as its line would have it, where that is known."""

    type: str
    id: str | None
    error: Exception


Told = Line | Unread


def each(
    type: str,
    parts: Iterable[Any],
    read: Callable[[Any], Iterable[Told]],
    *,
    id: Callable[[Any], object] | None = None,
) -> Iterator[Told]:
    """The lines that `read` tells of each of `parts`; what fails is told as Unread, and the next part is read.

    `id`: what the record of a part is called, where it is exactly one.
    """
    for part in parts:
        named = None if id is None else _named(id, part)  # first, so that a trail ends where reading failed
        try:
            yield from read(part)
        except Exception as error:  # a vendor's surprise in one record must not hold up the others
            yield Unread(type, named, error)


def _named(id: Callable[[Any], object], part: Any) -> str | None:
    with suppress(Exception):
        named = id(part)
        return None if named is None else str(named)
    return None


class Trail:
    """An item as it was, and the path of what was last looked at in it; places in lists count from 1."""

    def __init__(self, item: Any) -> None:
        self.at = ""
        self.item = self.followed(item, "")

    def followed(self, value: Any, path: str) -> Any:
        """A value whose members note on the trail that they are looked at."""
        if isinstance(value, dict):
            held = {name: self.followed(one, f"{path}.{name}" if path else str(name)) for name, one in value.items()}
            return _Object(held, self, path)
        if isinstance(value, list):
            return _List([self.followed(one, f"{path}[{n}]") for n, one in enumerate(value, 1)], self, path)
        return value


class _Object(dict[str, Any]):
    def __init__(self, held: dict[str, Any], trail: Trail, path: str) -> None:
        super().__init__(held)
        self._trail, self._path = trail, path

    def __getitem__(self, name: str) -> Any:
        self._look(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._look(name)
        return super().get(name, default)

    def __or__(self, other: Any) -> Any:
        return _Object(dict(self) | other, self._trail, self._path)

    def _look(self, name: str) -> None:
        self._trail.at = f"{self._path}.{name}" if self._path else str(name)


class _List(list[Any]):
    def __init__(self, held: list[Any], trail: Trail, path: str) -> None:
        super().__init__(held)
        self._trail, self._path = trail, path

    def __iter__(self) -> Iterator[Any]:
        for place, one in enumerate(super().__iter__(), 1):
            self._trail.at = f"{self._path}[{place}]"
            yield one
