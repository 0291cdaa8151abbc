"""From a vendor's item to lines of the contract, whatever the item looks like.

What can be read of it is kept. Each record that cannot is refused by itself, with the item as it came.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from decimal import Decimal
from hashlib import sha256
from operator import itemgetter
from typing import Any

import structlog

from connectors.canonical import NUMBER, canonical
from connectors.fields import Refused, identifier
from connectors.http import LONGEST_NUMBER, Unreadable, exact_json
from connectors.lines import LONGEST, Refusal
from connectors.models import Connection
from connectors.paging import Raw
from connectors.parts import Told, Trail, Unread, each
from connectors.registry import Connector, Words
from connectors.sightings import Line
from connectors.spelling import NO_TEXT

log = structlog.get_logger()
NOT_READABLE = "item_not_readable"
LONGEST_NAME = 100  # characters


def mapped(connector: Connector, feed: str, item: Raw, connection: Connection) -> Iterator[Line | Refusal]:
    """The lines of an item, and a refusal of each record in it that the mapper cannot read."""
    words = Words(connection.system, connection.settings)
    told = list(_told(connector, feed, item, words))
    lines = [one for one in told if not isinstance(one, Unread)]
    if unread := [one for one in told if isinstance(one, Unread)]:
        good = {(line["type"], str(line.get("id"))) for line in lines}
        paths = _paths(connector, feed, item, words)
        kept = _kept(feed, item)
        for place, one in enumerate(unread):
            path = paths[place] if len(paths) == len(unread) else None
            log.warning(
                "item not readable", system=words.system, feed=feed, field=path, problem=type(one.error).__name__
            )
            # a record that is told all the same would make its own refusal good
            named = one if (one.type, one.id) not in good else one._replace(id=None)
            yield _refusal(f"{connector.title}, {_named(feed, item)}", words.system, named, path, kept)
    yield from lines


def item_of(raw: bytes) -> tuple[str, Raw] | None:
    """Feed and item of a refusal that `mapped` made; None where the item could not be kept whole."""
    try:
        kept = exact_json(raw)
    except Unreadable:
        return None
    return None if set(kept["raw"]) == {"left_out"} else (kept["feed"], kept["raw"])


def _told(connector: Connector, feed: str, item: Raw, words: Words) -> Iterator[Told]:
    """What the mapper tells, its lines as they are written."""
    type = next((f.gives[0] for f in connector.feeds if f.name == feed and f.gives), "order")

    def whole(item: Raw) -> Iterator[Told]:
        for one in connector.lines(feed, item, words):
            yield from [one] if isinstance(one, Unread) else each(one["type"], [one], _written, id=itemgetter("id"))

    return each(type, [item], whole, id=itemgetter("id"))


def _named(feed: str, item: Any) -> str:
    id = item.get("id") if isinstance(item, dict) else None
    return f"an item of {feed}" + (f", {str(id)[:LONGEST_NAME]}" if isinstance(id, str | int) else "")


def _written(line: Line) -> Iterable[Line]:
    return [_kept_short(_plain(line))]


def _paths(connector: Connector, feed: str, item: Raw, words: Words) -> list[str]:
    """Where in the item each record that cannot be read is wrong: what the mapper looked at last."""
    try:
        trail = Trail(item)
        return [trail.at for one in _told(connector, feed, trail.item, words) if isinstance(one, Unread)]
    except Exception:  # what cannot even be followed is refused without a path
        return []


def _refusal(item: str, system: str, unread: Unread, path: str | None, kept: Line) -> Refusal:
    """The refusal of one record; its JSON is nearly a line, so that a person may complete it by hand."""
    error, id = unread.error, _identifier(unread.id)
    lacks = isinstance(error, KeyError) and path is not None and error.args[:1] == (path.rpartition(".")[2],)
    why = "is missing" if lacks else f"cannot be read ({error.__class__.__name__}: {str(error)[:200]})"
    reason = _storable(f"{item}: {path or 'it'} {why}.")
    raw = canonical({"type": unread.type, "system": system, "id": id, "not_readable": reason} | kept)
    field = path and _storable(path)
    digest = sha256(raw).digest()
    return Refusal(0, NOT_READABLE, field, reason, digest, raw[:LONGEST], unread.type, system, id)


def _identifier(said: str | None) -> str | None:
    """An id that a refusal can be found under."""
    with suppress(Refused):
        return None if said is None or NO_TEXT.search(said) else identifier(said, "id")
    return None


def _kept(feed: str, item: Raw) -> Line:
    """Feed and item as they are kept with a refusal: exact, and whole unless nobody could write it down."""
    try:
        return {"feed": feed, "raw": _as_it_came(item)}
    except RecursionError:
        return {"feed": feed, "raw": {"left_out": "The item is nested too deeply to be written down."}}


def _as_it_came(value: Any) -> Any:
    """A value as `canonical` writes it: numbers behind a mark, text without what no database keeps."""
    match value:
        case dict():
            return {_storable(str(name)): _as_it_came(one) for name, one in value.items()}
        case list() | tuple():
            return [_as_it_came(one) for one in value]
        case Decimal() if value.is_finite():
            return f"{NUMBER}{value}"
        case None | bool() | int():
            return value
    return _storable(str(value))


def _storable(text: str) -> str:
    return NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def _plain(value: Any) -> Any:
    """Without decimals, which are written as text, and without what is absent."""
    if isinstance(value, Decimal):
        # written out, a number of a few letters can be longer than any memory: that is left to be refused
        return format(value, "f") if abs(value.adjusted()) <= LONGEST_NUMBER else str(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if item is not None}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _kept_short(line: Line) -> Line:
    """Leaves out the raw item where the line would be refused for its length."""
    if "raw" in line and len(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace")) > LONGEST:
        return line | {"raw": {"left_out": "The item is longer than a line may be."}}
    return line
