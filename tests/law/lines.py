"""What a raw line says, or why it is refused: the contract's "Records in", told line by line."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from functools import cached_property

LONGEST = 1 << 20
DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
REQUIRED = {
    "order": ("status", "placed_at"),
    "fulfilment": ("status",),
    "return": ("status", "requested_at"),
    "credit": ("kind", "currency", "amount", "status"),
    "stock_level": ("sku", "location", "condition", "quantity"),
    "stock_movement": ("sku", "condition", "quantity"),
    "product": ("sku",),
    "outcome": ("flow", "record", "result"),
}
DISPOSITIONS = {"sellable", "damaged", "quarantine", "disposed", "wrong_item", "missing", "unexpected"}
CONDITIONS = {"sellable", "quarantine", "damaged", "reserved", "in_return"}
REASONS = {"return", "goodwill", "price_adjustment", "cancellation"}
CLOSED = {
    ("credit", "kind"): {"credit_note", "refund", "store_credit"},
    ("credit", "reason"): REASONS,
    ("credit.lines", "reason"): REASONS,
    ("return", "resolution"): {"refund", "credit", "exchange", "none"},
    ("return.lines", "disposition"): DISPOSITIONS,
    ("stock_level", "condition"): CONDITIONS,
    ("stock_movement", "condition"): CONDITIONS,
    ("outcome", "result"): {"success", "failed", "skipped"},
}
# shape of each field: t text, n decimal, m moment, b true or false, r references, c customer, p payment, x anything,
# o the record an outcome speaks of, e an error, l lines
FIELDS = {
    "order": {
        **dict.fromkeys(("number", "channel", "status", "currency"), "t"),
        **dict.fromkeys(("total", "tax", "shipping", "discount"), "n"),
        "refs": "r",
        "customer": "c",
        "payment": "p",
        "placed_at": "m",
        "ship_to": "x",
        "lines": "l",
    },
    "fulfilment": {"refs": "r", "status": "t", "shipped_at": "m", "lines": "l"},
    "return": {
        **dict.fromkeys(("number", "status", "rejection_reason", "resolution", "currency"), "t"),
        **dict.fromkeys(("requested_at", "received_at", "inspected_at"), "m"),
        "refs": "r",
        "customer": "c",
        "refund_amount": "n",
        "fees": "n",
        "lines": "l",
    },
    "credit": {
        **dict.fromkeys(("number", "kind", "currency", "status", "reason"), "t"),
        **dict.fromkeys(("amount", "tax", "shipping"), "n"),
        "refs": "r",
        "customer": "c",
        "issued_at": "m",
        "settled": "b",
        "lines": "l",
    },
    "stock_level": {
        **dict.fromkeys(("sku", "location", "condition", "uom"), "t"),
        "quantity": "n",
        "pack_size": "k",
    },
    "stock_movement": {
        **dict.fromkeys(("sku", "location", "condition", "uom", "reason"), "t"),
        "quantity": "n",
        "pack_size": "k",
        "refs": "r",
    },
    "product": {
        **dict.fromkeys(("sku", "uom", "base_sku", "title", "barcode"), "t"),
        "active": "b",
        "pack_size": "k",
    },
    "outcome": {"flow": "t", "record": "o", "result": "t", "error": "e", "attempt": "n", "target_id": "t"},
}
for _shapes in FIELDS.values():
    _shapes["realm"] = "t"
LINE = {
    **dict.fromkeys(("id", "sku", "uom"), "t"),
    "quantity": "q",
    "pack_size": "k",
}
LINES = {
    "order": LINE | {"unit_price": "n", "discount": "n", "fulfilled_quantity": "q"},
    "fulfilment": LINE,
    "return": LINE
    | {"received_quantity": "q", "accepted_quantity": "q", "unit_refund": "n", "reason_code": "t", "disposition": "t"},
    "credit": LINE | {"unit_price": "n", "reason": "t"},
}


# what a stock level without an id is known by
LEVEL = {"sku", "location", "condition"}


class Number(str):
    """A JSON number as it was written."""


class LineRefused(Exception):
    """A line that the contract refuses."""


@dataclass(frozen=True)
class Said:
    """One good line: `value` as it came, and what it says, field by field."""

    type: str
    system: str
    id: str
    at: datetime
    deleted: bool
    fields: dict = field(hash=False)
    value: dict = field(hash=False)
    arrival: int

    @cached_property
    def rank(self):
        """What decides between two versions of one moment."""
        return hashlib.sha256(canonical(self.value).encode()).hexdigest()


@dataclass(frozen=True)
class Refused:
    """One refused line, as far as it can be read."""

    digest: str
    type: str | None
    system: str | None
    id: str | None
    at: datetime | None
    arrival: int


def read(lines, topology):
    """All lines in order of arrival: a list of `Said` and `Refused`."""
    found = []
    for arrival, raw in enumerate(lines):
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
        if raw.strip(b" \t\r\n"):
            found.append(_one(raw, topology, arrival))
    return found


def _one(raw, topology, arrival):
    try:
        return _said(_parsed(raw), topology, arrival)
    except LineRefused:
        return _refused(raw, arrival)


def _refused(raw, arrival):
    """A refused line, read as far as it can be: repeated keys, NaN and broken characters hide nothing else."""
    try:
        value = json.loads(raw[: LONGEST + 1].decode("utf-8", "replace"), parse_int=Number, parse_float=Number)
    except (ValueError, RecursionError):
        value = None

    def part(name):
        try:
            return _shaped("m" if name == "at" else "t", value.get(name))
        except LineRefused:
            return None

    value = value if isinstance(value, dict) else {}
    digest = hashlib.sha256(raw).hexdigest()[:12]
    kind, id = part("type"), part("id")
    if kind == "stock_level" and id is None and all(map(part, ("sku", "location", "condition"))):
        id = _level_id({name: part(name) for name in ("sku", "location", "condition")})
    return Refused(digest, kind, part("system"), id, part("at"), arrival)


def _parsed(raw):
    if len(raw) > LONGEST:
        raise LineRefused

    def once(pairs):
        if len(dict(pairs)) < len(pairs):
            raise LineRefused
        return dict(pairs)

    def never(constant):
        raise LineRefused

    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=once, parse_int=Number, parse_float=Number, parse_constant=never
        )
        if b"\\u" in raw:
            canonical(value).encode()  # a lone surrogate cannot be written as UTF-8
    except (ValueError, RecursionError) as error:
        raise LineRefused from error
    if b"\0" in raw or re.search(rb"(?<!\\)(\\\\)*\\u0000", raw) or not isinstance(value, dict):
        raise LineRefused
    return value


def canonical(value):
    """JSON in its canonical form: keys by code point, no spaces, necessary escapes only, numbers as written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _said(value, topology, arrival):
    head = {name: _shaped("t", value.get(name)) for name in ("type", "system", "id")}
    at = _shaped("m", value.get("at"))
    kind = head["type"]
    deleted = _shaped("b", value.get("deleted")) or False
    if head["system"] not in topology.systems or kind not in REQUIRED or at is None:
        raise LineRefused
    unread = FIELDS[kind].keys() - {"realm"} if deleted else set()
    unread -= LEVEL if kind == "stock_level" and head["id"] is None else set()
    said = {name: None if name in unread else value.get(name) for name in FIELDS[kind]}
    fields = {name: _shaped(shape, said[name], kind) for name, shape in FIELDS[kind].items()}
    if kind == "stock_level" and head["id"] is None and all(fields[n] for n in LEVEL):
        head["id"] = _level_id(fields)
    if head["id"] is None:
        raise LineRefused
    if not deleted:
        _complete(kind, fields, topology)
    return Said(**head, at=at, deleted=deleted, fields=fields, value=value, arrival=arrival)


def _level_id(fields):
    return f"{fields['sku']}@{fields['location']}/{fields['condition']}"


def _complete(kind, fields, topology):
    """Refuses what lacks a required field, names an unknown flow or says a word outside a closed list."""
    if any(fields[name] is None for name in REQUIRED[kind]):
        raise LineRefused
    if kind == "outcome" and fields["flow"] not in topology.flows:
        raise LineRefused
    for (place, name), words in CLOSED.items():
        rows = [fields] if place == kind else fields["lines"] or () if place == f"{kind}.lines" else ()
        if any(row[name] is not None and row[name] not in words for row in rows):
            raise LineRefused


def _shaped(shape, value, kind=None):
    """A value in its shape, None where it is absent; LineRefused for another shape."""
    if value is None or (isinstance(value, str) and not isinstance(value, Number) and not value.strip()):
        return None
    return SHAPES[shape](value, kind)


def _text(value, kind):
    if isinstance(value, Number) and re.fullmatch(r"-?\d+", value):
        return str(value)
    if isinstance(value, Number) or not isinstance(value, str):
        raise LineRefused
    return value.strip()


def _decimal(value, kind):
    if not isinstance(value, str) or not DECIMAL.fullmatch(value):
        raise LineRefused
    if len(re.sub(r"[eE].*|\D", "", value)) > 38:
        raise LineRefused
    return Fraction(value)


def _quantity(value, kind):
    if (number := _decimal(value, kind)) < 0:
        raise LineRefused
    return number


def _pack(value, kind):
    if (number := _decimal(value, kind)) <= 0:
        raise LineRefused
    return number


def _moment(value, kind):
    match = MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise LineRefused
    day, clock, parts, zone = match.groups()
    fraction = (parts or "")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{day}T{clock}.{fraction}{zone.upper().replace('Z', '+00:00')}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise LineRefused from error


def _truth(value, kind):
    if not isinstance(value, bool):
        raise LineRefused
    return value


def _table(value):
    if not isinstance(value, dict):
        raise LineRefused
    return value


def _references(value, kind):
    return {scheme: text for scheme, raw in _table(value).items() if (text := _shaped("t", raw)) is not None}


def _parts(*names):
    return lambda value, kind: {name: _shaped("t", _table(value).get(name)) for name in names}


def _spoken_of(value, kind):
    said = {"type": _shaped("t", _table(value).get("type")), "id": _shaped("t", value.get("id"))}
    if None in said.values():
        raise LineRefused
    return said | {"refs": _shaped("r", value.get("refs"))}


def _lines(value, kind):
    if not isinstance(value, list):
        raise LineRefused
    rows = []
    for position, row in enumerate(value, 1):
        line = {name: _shaped(shape, _table(row).get(name)) for name, shape in LINES[kind].items()}
        if line["sku"] is None or line["quantity"] is None:
            raise LineRefused
        rows.append(line | {"id": line["id"] or str(position)})
    if len({row["id"] for row in rows}) < len(rows):
        raise LineRefused
    return rows


SHAPES = {
    "t": _text,
    "n": _decimal,
    "q": _quantity,
    "k": _pack,
    "m": _moment,
    "b": _truth,
    "r": _references,
    "c": _parts("id", "name", "email"),
    "p": _parts("method", "terms", "status", "hold"),
    "o": _spoken_of,
    "e": _parts("code", "message", "field"),
    "l": _lines,
    "x": lambda value, kind: value or None,
}
