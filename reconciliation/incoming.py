"""A batch of lines as the rows that intake stages, in the text that COPY reads; knows no database.

Pure, so that a process of its own may do it (readers.py).
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from connectors.lines import Accepted, Known, Opened, RawLine, Refusal, open_line, read_opened
from reconciliation.keys import derived_key, record_key
from reconciliation.projection import COLUMNS, Row, projected

SHOWN_REFUSALS = 100
OPENED_AT_ONCE = 500  # lines that are held as values while the database is asked which came before
STAGED = COLUMNS | {
    "version": "version record type system id realm at content hash arrived_at raw ordinal flow first",
    "rejected_line": "sha256 type system record_id at code field reason source line_number raw arrived_at",
}
SHORT = 100  # characters that are looked through faster than they are replaced


class Before(NamedTuple):
    """What came before: which of some records anything was said about, and which of some versions are stored."""

    heard: Callable[[Sequence[UUID]], set[UUID]]
    stored: Callable[[Sequence[UUID]], set[UUID]]


@dataclass(frozen=True)
class Incoming:
    """`rows`: COPY's text by staging table. `lines` counts all that were read.

    `contents`: COPY's text by content table, of records that nothing was said about before: it need not be compared.
    `refused`: the numbers of the lines that were refused; `refusals`: the first hundred of them.
    """

    rows: Mapping[str, bytes]
    contents: Mapping[str, bytes]
    lines: int
    refused: Sequence[int] = ()
    refusals: Sequence[Refusal] = field(default_factory=list)


def read(lines: Sequence[RawLine], known: Known, before: Before, source: str, arrived_at: datetime) -> Incoming:
    """The rows of what the lines state that was not stated before; instants as in `staged`."""
    unheard: set[UUID] = set()
    return staged(_news(lines, known, before, unheard), len(lines), source, arrived_at, unheard)


def _news(lines: Sequence[RawLine], known: Known, before: Before, unheard: set[UUID]) -> Iterator[Accepted | Refusal]:
    """What the lines state, but the versions that are stored; notes the records that nothing was said about before."""
    for begin in range(0, len(lines), OPENED_AT_ONCE):
        opened = [open_line(line, known) for line in lines[begin : begin + OPENED_AT_ONCE]]
        records = [_record_of(line) for line in opened]
        asked = {record for record in records if record is not None}
        heard = before.heard(list(asked))
        unheard |= asked - heard
        versions = [_version_of(line, record) for line, record in zip(opened, records, strict=True)]
        doubtful = [version for version, record in zip(versions, records, strict=True) if version and record in heard]
        stored = before.stored(doubtful) if doubtful else set()
        for line, version in zip(opened, versions, strict=True):
            if version not in stored:
                yield line if isinstance(line, Refusal) else read_opened(line)


def _record_of(line: Opened | Refusal) -> UUID | None:
    named = None if isinstance(line, Refusal) else line.named
    return None if named is None else record_key(*named)


def _version_of(line: Opened | Refusal, record: UUID | None) -> UUID | None:
    if isinstance(line, Refusal) or line.version_hash is None or record is None:
        return None
    return derived_key(record, line.version_hash)


def staged(
    parsed: Iterable[Accepted | Refusal],
    lines: int,
    source: str,
    arrived_at: datetime,
    unheard: Container[UUID] = frozenset(),
) -> Incoming:
    """The rows of what `lines` lines stated; instants of arrival grow by a microsecond from one to the next."""
    rows: dict[str, list[str]] = defaultdict(list)
    contents: dict[str, list[str]] = defaultdict(list)
    refused: list[int] = []
    refusals: list[Refusal] = []
    seen: set[UUID] = set()
    for ordinal, line in enumerate(parsed):
        moment = arrived_at + timedelta(microseconds=ordinal)
        if isinstance(line, Refusal):
            rows["rejected_line"].append(copy_text(_rejected_row(line, source, moment)))
            refused.append(line.number)
            refusals += [line] if len(refused) <= SHOWN_REFUSALS else []
            continue
        key = record_key(line.record.type, line.record.system, line.record.id)
        first = key in unheard and key not in seen
        seen.add(key)
        content = None if line.content_hash is None else derived_key(key, line.content_hash)
        rows["version"].append(copy_text(_version_row(line, key, content, ordinal, moment, first)))
        if content is not None:
            for table, row in projected(content.hex, key.hex, line.record):
                (contents if first else rows)[table].append(copy_text(row))
    return Incoming(_joined(rows), _joined(contents), lines, refused, refusals)


def _joined(texts: Mapping[str, list[str]]) -> dict[str, bytes]:
    return {table: "".join(rows).encode() for table, rows in texts.items()}


def _version_row(line: Accepted, key: UUID, content: UUID | None, ordinal: int, moment: datetime, first: bool) -> Row:
    record = line.record
    named = (derived_key(key, line.version_hash), key, record.type, record.system, record.id, record.realm, record.at)
    said = (content, line.version_hash, moment, line.raw, ordinal, getattr(record, "flow", None))
    return (*named, *said, first)


def _rejected_row(line: Refusal, source: str, moment: datetime) -> Row:
    named = (line.sha256, line.type, line.system, line.id, line.at)
    return (*named, line.code, line.field, line.reason, source, line.number, line.raw, moment)


def copy_text(row: Row) -> str:
    """The row in the text format of COPY."""
    return "\t".join(["\\N" if value is None else _TEXT[type(value)](value) for value in row]) + "\n"


def _escaped(text: str) -> str:
    if len(text) < SHORT and text.isprintable() and "\\" not in text:
        return text
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


_TEXT: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    bool: lambda value: "t" if value else "f",
    int: str,
    Decimal: str,
    UUID: lambda value: value.hex,
    datetime: datetime.isoformat,
    bytes: lambda value: "\\\\x" + value.hex(),
}
