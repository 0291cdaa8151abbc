"""What mapper and webhook tests share: payloads, records that the contract accepts, deliveries as they come in."""

import json
from decimal import Decimal
from pathlib import Path

from connectors.closed_words import told_apart
from connectors.lines import Accepted, Known, Refusal, parse_object
from connectors.mapping import mapped
from connectors.models import Connection
from connectors.registry import connector
from connectors.webhooks import Incoming

PAYLOADS = Path(__file__).parent.parent / "payloads"


def payload(vendor, name):
    """tests/payloads/<vendor>/<name>.json, with exact decimals."""
    return json.loads((PAYLOADS / vendor / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal)


def records(made, feed, item, *, settings=None, flows=()):
    """The records of an item, each accepted by the contract."""
    told = [taken(line, known(made, flows)) for line in said(made, feed, item, settings=settings)]
    for one in told:
        assert isinstance(one, Accepted), one
    return [one.record for one in told]


def said(made, feed, item, *, settings=None):
    """The lines of an item, as the mapper and what is around it give them."""
    connection = Connection(
        system=made.vendor or made.kind, kind=made.kind, vendor=made.vendor, settings=settings or {}
    )
    return [one for line in mapped(made, feed, item, connection) if (one := _as_taken(line)) is not None]


def plainly(made, feed, item, *, settings=None):
    """The lines of an item, each with what it says and the names of what it keeps raw."""
    lines = said(made, feed, item, settings=settings)
    assert all(line["system"] == (made.vendor or made.kind) for line in lines)
    return [
        {name: value for name, value in line.items() if name not in ("raw", "system")}
        | ({"raw": sorted(line["raw"])} if "raw" in line else {})
        for line in lines
    ]


def all_null(item, **but):
    """The item with null for all that it may say, but some."""
    return dict.fromkeys(item) | but


def _as_taken(line):
    """A line without what it says to those who take it in; None where that is not to tell of it."""
    if isinstance(line, Refusal):
        return line
    return None if line.get("if_known") else {name: value for name, value in line.items() if name != "stands"}


def kept_and_refused(made, feed, item, *, settings=None):
    """The records of an item, and the refusals of what of it is not told."""
    found = said(made, feed, item, settings=settings)
    told = [parse_object(1, line, known(made)) for line in told_apart(one for one in found if isinstance(one, dict))]
    told += [one for one in found if isinstance(one, Refusal)]
    kept = [one.record for one in told if isinstance(one, Accepted)]
    return kept, [one for one in told if isinstance(one, Refusal)]


def taken(line, known):
    """What intake makes of a line, or of what the mapper could not read."""
    return line if isinstance(line, Refusal) else parse_object(1, line, known)


def told_and_refused(made, feed, item, *, settings=None):
    """(type, id) of what is told of an item, and (type, id, field) of what is refused of it."""
    found = said(made, feed, item, settings=settings)
    lines = [(one["type"], one["id"]) for one in found if not isinstance(one, Refusal)]
    return lines, [(one.type, one.id, one.field) for one in found if isinstance(one, Refusal)]


def known(made, flows=()):
    return Known(systems=frozenset({made.vendor or made.kind}), flows=dict.fromkeys(flows, ""))


def made(kind, vendor=""):
    return connector(kind, vendor)


def incoming(headers, body):
    return Incoming({name.lower(): value for name, value in headers.items()}, body)
