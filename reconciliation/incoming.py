"""A batch of lines as the rows that intake stages, in the text that COPY reads; knows no database.

Pure, so that a process of its own may do it (readers.py).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from connectors.lines import Accepted, Known, Opened, RawLine, Refusal, open_line, read_opened
from connectors.records import Withdrawal
from reconciliation.keys import derived_key, record_key
from reconciliation.projection import COLUMNS, Row, projected

SHOWN_REFUSALS = 100
OPENED_AT_ONCE = 500  # lines that are held as values while the database is asked which came before
STAGED = COLUMNS | {
    "version": "version record type system id realm at content hash arrived_at raw ordinal flow",
    "rejected_line": "sha256 type system record_id at code field reason source line_number raw arrived_at",
}
SHORT = 100  # characters that are looked through faster than they are replaced
Stored = Callable[[Sequence[UUID]], set[UUID]]


@dataclass(frozen=True)
class Incoming:
    """`rows`: COPY's text by staging table. `lines` counts all that were read.

    `refused`: the numbers of the lines that were refused; `refusals`: the first hundred of them.
    """

    rows: Mapping[str, bytes]
    lines: int
    refused: Sequence[int] = ()
    refusals: Sequence[Refusal] = field(default_factory=list)


def read(lines: Sequence[RawLine], known: Known, stored: Stored) -> Iterator[Accepted | Refusal]:
    """What the lines state, but those that `stored` knows to have come before: they change nothing."""
    for begin in range(0, len(lines), OPENED_AT_ONCE):
        opened = [open_line(line, known) for line in lines[begin : begin + OPENED_AT_ONCE]]
        keys = [_version_of(line) for line in opened]
        before = stored([key for key in keys if key is not None])
        for line, key in zip(opened, keys, strict=True):
            if key not in before:
                yield line if isinstance(line, Refusal) else read_opened(line)


def _version_of(line: Opened | Refusal) -> UUID | None:
    if isinstance(line, Refusal) or line.version_hash is None or (named := line.named) is None:
        return None
    return derived_key(record_key(*named), line.version_hash)


def staged(parsed: Iterable[Accepted | Refusal], lines: int, source: str, arrived_at: datetime) -> Incoming:
    """The rows of what `lines` lines stated; instants of arrival grow by a microsecond from one to the next."""
    texts: dict[str, list[str]] = defaultdict(list)
    refused: list[int] = []
    refusals: list[Refusal] = []
    for ordinal, line in enumerate(parsed):
        for table, row in _rows(line, ordinal, source, arrived_at + timedelta(microseconds=ordinal)):
            texts[table].append(copy_text(row))
        if isinstance(line, Refusal):
            refused.append(line.number)
            refusals += [line] if len(refused) <= SHOWN_REFUSALS else []
    return Incoming({table: "".join(rows).encode() for table, rows in texts.items()}, lines, refused, refusals)


def _rows(line: Accepted | Refusal, ordinal: int, source: str, moment: datetime) -> Iterator[tuple[str, Row]]:
    if isinstance(line, Refusal):
        yield "rejected_line", _rejected_row(line, source, moment)
        return
    record = line.record
    key = record_key(record.type, record.system, record.id)
    version = derived_key(key, line.version_hash)
    content = None if line.content_hash is None else derived_key(key, line.content_hash)
    named = (version, key, record.type, record.system, record.id, record.realm, record.at)
    said = (content, line.version_hash, moment, line.raw, ordinal, getattr(record, "flow", None))
    yield "version", named + said
    if content is not None and not isinstance(record, Withdrawal):
        yield from projected(content, key, record)


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
