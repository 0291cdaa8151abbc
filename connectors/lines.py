"""Lines of JSON in → typed records, or refusals that name line, field and reason (contract.md)."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Context, Decimal
from functools import cache
from hashlib import sha256
from operator import attrgetter
from types import NoneType
from typing import Any, BinaryIO, NamedTuple, TypeVar

import msgspec

from connectors.canonical import NotANumber, NulCharacter, RepeatedKey, legible, parsed, version_hash
from connectors.fields import Refused, flag, identifier, instant, shown
from connectors.records import Record, Withdrawal
from connectors.shapes import ABSENT_ID, SHAPES, read_record

LONGEST = 1_048_576
KEPT_OF_TOO_LONG = 4_096
_AS_THEY_ARE = {NoneType, bool, int, str, datetime, dict, list}
_Read = TypeVar("_Read")
_EXACT = Context(prec=2_100)  # more digits than any accepted decimal written out


class RawLine(NamedTuple):
    """One line without its end. `sha256` is of the whole line, also where `raw` is only its beginning."""

    number: int
    raw: bytes
    sha256: bytes
    too_long: bool = False


class Known(NamedTuple):
    """What a line may name: system keys, and flow keys with the system that is their source."""

    systems: frozenset[str]
    flows: Mapping[str, str]


class Opened(NamedTuple):
    """A line whose JSON is sound and whose type, system and flow are known; its fields are not read yet."""

    line: RawLine
    text: str
    value: dict[str, Any]
    version_hash: bytes | None  # None where the line has no canonical form, which `read_opened` then says

    @property
    def named(self) -> tuple[str, str, str] | None:
        """Type, system and id; None where these cannot be read or written, which `read_opened` then says."""
        if self.version_hash is None:
            return None
        value = self.value
        type = _required(value, "type")
        try:
            said = None if value.get("id") is None else identifier(value["id"], "id")
            said = said or (ABSENT_ID[type](value) if type in ABSENT_ID else None)
        except Refused:
            return None
        return None if said is None else (type, _required(value, "system"), said)


class Accepted(msgspec.Struct):
    """`content_hash` covers the contract fields alone, in whichever form they came; None for a withdrawal."""

    number: int
    record: Record
    raw: str
    version_hash: bytes
    content_hash: bytes | None


class Refusal(msgspec.Struct):
    """Why a line was refused, and whatever of its identity is readable."""

    number: int
    code: str
    field: str | None
    reason: str
    sha256: bytes
    raw: bytes
    type: str | None = None
    system: str | None = None
    id: str | None = None
    at: datetime | None = None


def read_lines(stream: BinaryIO) -> Iterator[RawLine]:
    """The lines of `stream`, numbered from 1, blank ones left out, in bounded memory whatever their length."""
    number = 0
    while chunk := stream.readline(LONGEST + 2):
        number += 1
        if len(chunk) == LONGEST + 2 and not chunk.endswith(b"\n"):
            yield _too_long(number, chunk, stream)
            continue
        line = chunk.removesuffix(b"\n").removesuffix(b"\r")
        if line.strip():
            yield RawLine(number, line, sha256(line).digest(), len(line) > LONGEST)


def _too_long(number: int, chunk: bytes, stream: BinaryIO) -> RawLine:
    kept, digest, pending = chunk[:KEPT_OF_TOO_LONG], sha256(), chunk
    while pending and not pending.endswith(b"\n"):
        # a CR at the end of a piece may belong to the line's end
        held = b"\r" if pending.endswith(b"\r") else b""
        digest.update(pending.removesuffix(held) if held else pending)
        following = stream.readline(LONGEST)
        pending = held + following if following else b""
        if not following and held:
            break
    digest.update(pending.removesuffix(b"\n").removesuffix(b"\r"))
    return RawLine(number, kept, digest.digest(), True)


def parse_line(line: RawLine, known: Known) -> Accepted | Refusal:
    """The record that `line` states, or why it is refused. Raises nothing, whatever the bytes are."""
    opened = open_line(line, known)
    return opened if isinstance(opened, Refusal) else read_opened(opened)


def open_line(line: RawLine, known: Known) -> Opened | Refusal:
    """The first half of `parse_line`, enough to know whether this very version came before."""
    return _unless_refused(line, lambda: _opened(line, known))


def read_opened(opened: Opened) -> Accepted | Refusal:
    """The second half of `parse_line`: every field is read."""
    return _unless_refused(opened.line, lambda: _accepted(opened))


def _unless_refused(line: RawLine, read: Callable[[], _Read]) -> _Read | Refusal:
    try:
        return read()
    except UnicodeEncodeError:
        refused = Refused("lone_surrogate", None, "The line holds half of a surrogate pair, which is no character.")
    except RecursionError:
        refused = Refused("too_deep", None, "The line is nested too deeply.")
    except Refused as error:
        refused = error
    return _refusal(line, refused)


def _opened(line: RawLine, known: Known) -> Opened:
    text = _decoded(line)
    value = _value(text)
    _check_known(value, known)
    return Opened(line, text, value, _hashed(value))


def _hashed(value: dict[str, Any]) -> bytes | None:
    try:
        return version_hash(value)
    except (UnicodeEncodeError, RecursionError):
        return None


def _accepted(opened: Opened) -> Accepted:
    record, content_hash = _record(opened.value)
    digest = opened.version_hash or version_hash(opened.value)
    return Accepted(opened.line.number, record, opened.text, digest, content_hash)


def parse_object(number: int, value: dict[str, Any], known: Known) -> Accepted | Refusal:
    """As `parse_line`, for an object that a mapper or a CSV mapping made; its numbers are text or integers."""
    raw = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return parse_line(RawLine(number, raw, sha256(raw).digest(), len(raw) > LONGEST), known)


def _decoded(line: RawLine) -> str:
    if line.too_long:
        raise Refused("line_too_long", None, f"The line is longer than {LONGEST:,} bytes.")
    try:
        return line.raw.decode()
    except UnicodeDecodeError as error:
        raise Refused("not_utf8", None, f"The line is not UTF-8 at byte {error.start + 1}.") from None


def _value(text: str) -> dict[str, Any]:
    try:
        value = parsed(text)
    except RepeatedKey as error:
        raise Refused("repeated_key", str(error), f"The key {shown(str(error))} stands twice in one object.") from None
    except NotANumber as error:
        raise Refused("not_json", None, f"{error} is no number in JSON.") from None
    except NulCharacter:
        raise Refused("nul_character", None, "The line holds a NUL character.") from None
    except json.JSONDecodeError as error:
        raise Refused("not_json", None, f"The line is not JSON: {error.msg} at column {error.colno}.") from None
    if not isinstance(value, dict):
        raise Refused("not_an_object", None, "The line is not a JSON object.")
    return value


def _check_known(value: dict[str, Any], known: Known) -> None:
    type, system = _required(value, "type"), _required(value, "system")
    if type not in SHAPES:
        raise Refused("unknown_type", "type", f"type is {shown(type)}, and must be one of: {', '.join(SHAPES)}.")
    if system not in known.systems:
        raise Refused("unknown_system", "system", f"The system {shown(system)} is not configured.")
    flow = value.get("flow") if type == "outcome" and not value.get("deleted") else None
    if isinstance(flow, str) and flow.strip() and flow.strip() not in known.flows:
        raise Refused("unknown_flow", "flow", f"The flow {shown(flow)} is not configured.")


def _required(value: dict[str, Any], name: str) -> str:
    said = None if value.get(name) is None else identifier(value[name], name)
    if said is None:
        raise Refused("missing_field", name, f"{name} is missing.")
    return said


def _record(value: dict[str, Any]) -> tuple[Record, bytes | None]:
    type = _required(value, "type")
    deleted = None if value.get("deleted") is None else flag(value["deleted"], "deleted")
    if deleted:
        return _withdrawal(type, value), None
    record = read_record(type, value)
    return record, sha256(msgspec.json.encode(_content(record))).digest()


def _withdrawal(type: str, value: dict[str, Any]) -> Withdrawal:
    at = None if value.get("at") is None else instant(value["at"], "at")
    if at is None:
        raise Refused("missing_field", "at", "at is missing.")
    id = ABSENT_ID[type](value) if value.get("id") is None and type in ABSENT_ID else None
    realm = None if value.get("realm") is None else identifier(value["realm"], "realm")
    return Withdrawal(type=type, system=_required(value, "system"), id=id or _required(value, "id"), at=at, realm=realm)


def _content(record: Record) -> list[Any]:
    """The contract fields in one fixed order, decimals without regard to how they were written; `at` left out."""
    said = _compared(type(record))(record)
    return [value if type(value) in _AS_THEY_ARE else _plain(value) for value in said]


@cache
def _compared(type: type[Record]) -> Callable[[Record], tuple[Any, ...]]:
    return attrgetter(*sorted(set(type.__struct_fields__) - {"at"}))


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is Decimal:
        return _plain_decimal(value)
    if kind is tuple:
        return [_plain(item) for item in value]
    said = msgspec.structs.astuple(value)
    return [item if type(item) in _AS_THEY_ARE else _plain(item) for item in said]


def _plain_decimal(value: Decimal) -> str:
    said = str(value)
    if not value or "E" in said:
        return format(value.normalize(_EXACT), "f") if value else "0"
    return said.rstrip("0").rstrip(".") if "." in said else said


def _refusal(line: RawLine, refused: Refused) -> Refusal:
    said = legible(line.raw)
    raw = line.raw[:LONGEST]
    names = {name: _readable(identifier, said.get(name), name) for name in ("type", "system", "id")}
    at = _readable(instant, said.get("at"), "at")
    return Refusal(line.number, refused.code, refused.field, refused.reason, line.sha256, raw, at=at, **names)


def _readable(reader: Any, value: Any, name: str) -> Any:
    try:
        read = None if value is None else reader(value, name)
        if isinstance(read, str):
            read.encode()
    except (Refused, UnicodeEncodeError):
        return None
    return None if isinstance(read, str) and "\x00" in read else read
