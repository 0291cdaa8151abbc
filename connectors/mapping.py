"""From a vendor's item to lines of the contract, whatever the item looks like."""

import json
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Any

import structlog

from connectors.http import LONGEST_NUMBER
from connectors.lines import LONGEST
from connectors.models import Connection
from connectors.paging import Raw
from connectors.registry import Connector, Words
from connectors.sightings import Line

log = structlog.get_logger()


def mapped(connector: Connector, feed: str, item: Raw, connection: Connection) -> Iterator[Line]:
    """The lines of an item. One that the mapper cannot read becomes a line that intake refuses and shows."""
    words = Words(connection.system, connection.settings)
    try:
        lines = [_kept_short(_plain(line)) for line in connector.lines(feed, item, words)]
    except Exception as error:  # a vendor's surprise in one item must not hold up the others
        log.warning("item not readable", system=connection.system, feed=feed, problem=type(error).__name__)
        lines = [_unreadable(connector, feed, item, connection, error)]
    return iter(lines)


def _unreadable(connector: Connector, feed: str, item: Any, connection: Connection, error: Exception) -> Line:
    """A line that intake refuses, with the item where that can be written down at all."""
    type = next((f.gives[0] for f in connector.feeds if f.name == feed and f.gives), "order")
    why = f"{error.__class__.__name__}: {error}"[:300]
    id = item.get("id") if isinstance(item, dict) else None
    line = {"type": type, "system": connection.system, "not_readable": why}
    try:
        return _kept_short(_plain(line | {"id": id, "raw": item}))
    except (RecursionError, TypeError, ValueError):
        digest = sha256(repr(error).encode("utf-8", "replace")).hexdigest()
        return line | {"raw": {"left_out": f"The item cannot be written down ({digest[:12]})."}}


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
