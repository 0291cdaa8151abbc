"""Lines in → versions, ledgers, references: set-based, idempotent, in whichever order they come.

A batch of lines is staged with COPY and stored in one transaction; a line counts once its batch is committed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from django.db import DataError, connection, transaction
from psycopg import sql

from connectors.lines import Accepted, Known, RawLine, Refusal, parse_line
from connectors.records import Withdrawal
from reconciliation.keys import derived_key, record_key
from reconciliation.models import Flow, System
from reconciliation.projection import COLUMNS, Row, projected
from reconciliation.statements import statement

BATCH = 5_000
SHOWN_REFUSALS = 100
STAGED = COLUMNS | {
    "version": "version record type system id realm at content hash arrived_at raw ordinal flow",
    "rejected_line": "sha256 type system record_id at code field reason source line_number raw arrived_at",
}


@dataclass
class Receipt:
    """What became of the lines: each is counted once, when it is stored."""

    accepted: int = 0
    unchanged: int = 0
    superseded: int = 0
    rejected: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return self.accepted + self.unchanged + self.superseded + self.rejected

    def add(self, other: "Receipt") -> None:
        """Counts what `other` counted too; keeps the first hundred refusals."""
        self.accepted += other.accepted
        self.unchanged += other.unchanged
        self.superseded += other.superseded
        self.rejected += other.rejected
        self.refusals += other.refusals[: SHOWN_REFUSALS - len(self.refusals)]


def take_in(
    lines: Iterable[RawLine],
    *,
    source: str,
    clock: Callable[[], datetime],
    progress: Callable[[Receipt], None] = lambda receipt: None,
) -> Receipt:
    """Stores `lines` that came from `source` (a file's name, "api") and reports after each committed batch."""
    known = known_topology()
    parsed = (parse_line(line, known) for line in lines)
    return take_in_parsed(parsed, source=source, clock=clock, progress=progress)


def take_in_parsed(
    parsed: Iterable[Accepted | Refusal],
    *,
    source: str,
    clock: Callable[[], datetime],
    progress: Callable[[Receipt], None] = lambda receipt: None,
) -> Receipt:
    """Stores lines that were validated already; otherwise as `take_in`."""
    whole = Receipt()
    latest = clock()
    for batch in _batches(parsed):
        # instants of arrival grow from line to line, so that "came later" is known within a batch too
        latest = max(clock(), latest)
        whole.add(_store(batch, source, latest))
        latest += timedelta(microseconds=len(batch))
        progress(whole)
    return whole


def known_topology() -> Known:
    """The systems and flows that a line may name."""
    flows = dict(Flow.objects.values_list("key", "source_id"))
    return Known(systems=frozenset(System.objects.values_list("key", flat=True)), flows=flows)


def _batches(parsed: Iterable[Accepted | Refusal]) -> Iterator[list[Accepted | Refusal]]:
    rest = iter(parsed)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _store(batch: Sequence[Accepted | Refusal], source: str, arrived_at: datetime) -> Receipt:
    """Stores a batch; what the database itself refuses is searched by halving, and refused alone."""
    try:
        return _store_at_once(batch, source, arrived_at)
    except DataError as error:
        if len(batch) == 1:
            return _store_at_once([_refused(batch[0], str(error))], source, arrived_at)
        half = len(batch) // 2
        receipt = _store(batch[:half], source, arrived_at)
        receipt.add(_store(batch[half:], source, arrived_at + timedelta(microseconds=half)))
        return receipt


def _refused(line: Accepted | Refusal, reason: str) -> Refusal:
    if isinstance(line, Refusal):
        raise ValueError(f"the refusal of line {line.number} cannot be stored: {reason}")
    raw, record = line.raw.encode(), line.record
    why = f"The database refuses this line: {reason.splitlines()[0]}"
    named = (record.type, record.system, record.id, record.at)
    return Refusal(line.number, "not_storable", None, why, sha256(raw).digest(), raw, *named)


@transaction.atomic
def _store_at_once(batch: Sequence[Accepted | Refusal], source: str, arrived_at: datetime) -> Receipt:
    refusals = [line for line in batch if isinstance(line, Refusal)]
    rows = _staged_rows(batch, source, arrived_at)
    with connection.cursor() as cursor:
        cursor.execute(statement("intake/incoming"))
        for table, staged in rows.items():
            _copy(cursor, table, staged)
        for step in ("touch", "versions"):
            cursor.execute(statement(f"intake/{step}"))
        new = cursor.rowcount
        cursor.execute(statement("intake/superseded"))
        (superseded,) = cursor.fetchone()
        for step in ("entries", "chains", "contents", "first_sent"):
            cursor.execute(statement(f"intake/{step}"))
    unchanged = len(batch) - len(refusals) - new
    return Receipt(new - superseded, unchanged, superseded, len(refusals), refusals[:SHOWN_REFUSALS])


def _staged_rows(batch: Sequence[Accepted | Refusal], source: str, arrived_at: datetime) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for ordinal, line in enumerate(batch):
        moment = arrived_at + timedelta(microseconds=ordinal)
        if isinstance(line, Refusal):
            rows["rejected_line"].append(_rejected_row(line, source, moment))
            continue
        record = line.record
        key = record_key(record.type, record.system, record.id)
        version = derived_key(key, line.version_hash)
        content = None if line.content_hash is None else derived_key(key, line.content_hash)
        named = (version, key, record.type, record.system, record.id, record.realm, record.at)
        rows["version"].append(
            (*named, content, line.version_hash, moment, line.raw, ordinal, getattr(record, "flow", None))
        )
        if content is not None and not isinstance(record, Withdrawal):
            for table, row in projected(content, key, record):
                rows[table].append(row)
    return rows


def _rejected_row(line: Refusal, source: str, moment: datetime) -> Row:
    named = (line.sha256, line.type, line.system, line.id, line.at)
    return (*named, line.code, line.field, line.reason, source, line.number, line.raw, moment)


def _copy(cursor: Any, table: str, rows: Iterable[Row]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, STAGED[table].split()))
    copying = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(f"incoming_{table}"), columns)
    with cursor.copy(copying) as copy:
        for row in rows:
            copy.write_row(row)
