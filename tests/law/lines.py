"""What a raw line says, or why it is refused: the contract's "Records in", told line by line."""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from functools import cached_property

from tests.law.shapes import CLOSED, FIELDS, LINES, REQUIRED, SPOKEN_OF

LONGEST = 1 << 20
DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
# NUL, and halves of surrogate pairs
NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
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
            said = _shaped("m" if name == "at" else "t", value.get(name))
        except LineRefused:
            return None
        return None if isinstance(said, str) and NO_CHARACTER.search(said) else said

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
    return _plain(value, kind)


def _plain(value, kind):
    if isinstance(value, Number) or not isinstance(value, str):
        raise LineRefused
    return unicodedata.normalize("NFC", value).strip()


def _word(value, kind):
    return _plain(value, kind).lower()


def _currency(value, kind):
    if not re.fullmatch("[A-Z]{3}", said := _plain(value, kind).upper()):
        raise LineRefused
    return said


def _decimal(value, kind):
    if not isinstance(value, str) or not DECIMAL.fullmatch(value):
        raise LineRefused
    written, _, power = value.lower().lstrip("+-").partition("e")
    whole, _, fraction = written.partition(".")
    before, after = len(whole.lstrip("0")), len(fraction) - int(power or 0)
    before = before and before + int(power or 0)
    if max(len(whole) + len(fraction), max(before, 0) + max(after, 0)) > 38:
        raise LineRefused  # also where it is more than that when it is written out
    return Fraction(value)


def _whole(value, kind):
    if (number := _decimal(value, kind)).denominator != 1 or not 0 <= number < 2**31:
        raise LineRefused
    return number


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


def _parts(**shapes):
    return lambda value, kind: {name: _shaped(shape, _table(value).get(name)) for name, shape in shapes.items()}


def _spoken_of(value, kind):
    said = {"type": _shaped("w", _table(value).get("type")), "id": _shaped("t", value.get("id"))}
    if None in said.values() or said["type"] not in SPOKEN_OF:
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
    "s": _plain,
    "w": _word,
    "u": _currency,
    "n": _decimal,
    "i": _whole,
    "q": _quantity,
    "k": _pack,
    "m": _moment,
    "b": _truth,
    "r": _references,
    "c": _parts(id="t", name="s", email="s"),
    "p": _parts(method="s", terms="s", status="s", hold="s"),
    "o": _spoken_of,
    "e": _parts(code="t", message="s", field="s"),
    "l": _lines,
    "x": lambda value, kind: value or None,
}
