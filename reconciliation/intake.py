"""Lines in → versions, ledgers, references: set-based, idempotent, in whichever order they come.

A batch of lines is staged with COPY and stored in one transaction; a line counts once its batch is committed. Of a long
feed, processes beside this one may read the batches ahead (readers.py).
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.db import DataError, connection, transaction
from psycopg import sql

from connectors.lines import Accepted, Known, RawLine, Refusal, parse_line
from reconciliation.batches import Batch, arriving, by_content, cut
from reconciliation.incoming import SHOWN_REFUSALS, STAGED, Before, Incoming, read, staged
from reconciliation.models import Flow, System
from reconciliation.readers import Task, reading
from reconciliation.statements import statement
from reconciliation.stored_batches import not_stored, remember

BEFORE = ("intake/heard", "intake/stored")
SHORT = 2  # batches of a feed that is not worth starting processes for
Parsed = Sequence[Accepted | Refusal]


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
    readers: int = 0,
) -> Receipt:
    """Stores `lines` that came from `source` (a file's name, "api") and reports after each committed batch.

    What is no short feed is read by so many `readers`, processes beside this one; what is stored already, by nobody.
    """
    task, whole = Task(known_topology(), source, _database(), *map(statement, BEFORE)), Receipt()

    def count(receipt: Receipt) -> None:
        whole.add(receipt)
        progress(whole)

    feed = arriving(cut(lines, by_content), clock)
    batches = not_stored(feed, task.known, lambda spared: count(Receipt(unchanged=spared)))
    with closing(_read(batches, task, readers)) as found:
        for batch, incoming in found:
            count(_store(incoming, partial(_parsed, batch.lines, task.known), source, batch))
    return whole


def take_in_parsed(
    parsed: Iterable[Accepted | Refusal],
    *,
    source: str,
    clock: Callable[[], datetime],
    progress: Callable[[Receipt], None] = lambda receipt: None,
) -> Receipt:
    """Stores lines that were validated already; otherwise as `take_in`."""
    whole = Receipt()
    for batch, arrived_at in arriving(cut(parsed), clock):
        whole.add(_store_parsed(batch, source, arrived_at))
        progress(whole)
    return whole


@contextmanager
def on_disk_at_the_end() -> Iterator[None]:
    """Commits within the block do not wait for the disk; at its end, all that they committed is on it.

    For who tells only at the end what was accepted. Where the server dies before, the last batches may be lost; sending
    all lines again makes up for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit to off")
    try:
        yield
    finally:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("reset synchronous_commit")
            cursor.execute("set local synchronous_commit to on")
            # a commit that waits for the disk waits for those before it too, but one without a record waits for nothing
            cursor.execute("select pg_logical_emit_message(true, 'reconciliation', 'on disk')")


def known_topology() -> Known:
    """The systems and flows that a line may name."""
    flows = dict(Flow.objects.values_list("key", "source_id"))
    return Known(systems=frozenset(System.objects.values_list("key", flat=True)), flows=flows)


def _read(batches: Iterator[Batch], task: Task, readers: int) -> Generator[tuple[Batch, Incoming], None, None]:
    if not readers:
        yield from (_read_here(batch, task) for batch in batches)
        return
    first = list(islice(batches, SHORT + 1))
    with reading(readers if len(first) > SHORT else 0, task) as read_beside:
        # while the readers start
        yield from (_read_here(batch, task) for batch in first[:SHORT])
        yield from read_beside(chain(first[SHORT:], batches))


def _read_here(batch: Batch, task: Task) -> tuple[Batch, Incoming]:
    before = Before(heard=partial(_found, task.heard), stored=partial(_found, task.stored))
    return batch, read(batch.lines, task.known, before, task.source, batch.arrived_at)


def _found(statement: str, keys: Sequence[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"keys": list(keys)})
        return {key for (key,) in cursor.fetchall()}


def _database() -> dict[str, Any]:
    """Where another process finds this database."""
    ours = ("context", "cursor_factory")
    return {name: value for name, value in connection.get_connection_params().items() if name not in ours}


def _parsed(batch: Sequence[RawLine], known: Known) -> Parsed:
    return [parse_line(line, known) for line in batch]


def _store_parsed(parsed: Parsed, source: str, arrived_at: datetime) -> Receipt:
    return _store(staged(parsed, len(parsed), source, arrived_at), lambda: parsed, source, Batch((), arrived_at))


def _store(incoming: Incoming, parsed: Callable[[], Parsed], source: str, batch: Batch) -> Receipt:
    """Stores a batch; what the database itself refuses is searched by halving what was `parsed`, and refused alone."""
    try:
        return _store_at_once(incoming, batch)
    except DataError as error:
        return _store_halves(parsed(), source, batch.arrived_at, str(error))


def _store_halves(parsed: Parsed, source: str, arrived_at: datetime, reason: str) -> Receipt:
    if len(parsed) == 1:
        return _store_at_once(staged([_refused(parsed[0], reason)], 1, source, arrived_at), Batch((), arrived_at))
    half = len(parsed) // 2
    receipt = _store_parsed(parsed[:half], source, arrived_at)
    receipt.add(_store_parsed(parsed[half:], source, arrived_at + timedelta(microseconds=half)))
    return receipt


def _refused(line: Accepted | Refusal, reason: str) -> Refusal:
    if isinstance(line, Refusal):
        raise ValueError(f"the refusal of line {line.number} cannot be stored: {reason}")
    raw, record = line.raw.encode(), line.record
    why = f"The database refuses this line: {reason.splitlines()[0]}"
    named = (record.type, record.system, record.id, record.at)
    return Refusal(line.number, "not_storable", None, why, sha256(raw).digest(), raw, *named)


@transaction.atomic
def _store_at_once(incoming: Incoming, batch: Batch) -> Receipt:
    new = superseded = 0
    if incoming.rows:
        new, superseded = _store_rows(incoming)
    remember(batch, incoming.refused)
    rejected = len(incoming.refused)
    return Receipt(new - superseded, incoming.lines - rejected - new, superseded, rejected, list(incoming.refusals))


def _store_rows(incoming: Incoming) -> tuple[int, int]:
    """How many versions were new, and how many of these were older than what was known of their record."""
    with connection.cursor() as cursor:
        cursor.execute(statement("intake/incoming"))
        for table, text in incoming.rows.items():
            _copy(cursor, f"incoming_{table}", STAGED[table], text)
        cursor.execute(statement("intake/touch"))
        _copy_contents(cursor, incoming.contents)
        cursor.execute(statement("intake/versions"))
        new = cursor.rowcount
        cursor.execute(statement("intake/superseded"))
        (superseded,) = cursor.fetchone()
        for step in ("entries", "chains", "contents", "first_sent", "arrivals"):
            cursor.execute(statement(f"intake/{step}"))
    return new, superseded


def _copy_contents(cursor: Any, contents: Mapping[str, bytes]) -> None:
    """Copies what is said of new records into its tables, or stages it where another intake was faster."""
    cursor.execute(statement("intake/overtaken"))
    prefix = "incoming_" if cursor.rowcount else ""
    for table, text in contents.items():
        _copy(cursor, f"{prefix}{table}", STAGED[table], text)


def _copy(cursor: Any, table: str, columns: str, text: bytes) -> None:
    named = sql.SQL(", ").join(map(sql.Identifier, columns.split()))
    with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), named)) as copy:
        copy.write(text)
