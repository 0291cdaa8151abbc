"""A feed cut into batches; pure, like the readers that take them (readers.py).

A batch of raw lines ends where its own lines say, not after so many of them: a line more at the top of a file then
moves one or two ends, and all batches behind them are the ones that came before (stored_batches.py).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple, TypeVar

import msgspec

from connectors.lines import Accepted, Known, RawLine, Refusal

LINES = 4_000
BYTES = 4 << 20
Item = TypeVar("Item", RawLine, Accepted | Refusal)


class Batch(NamedTuple):
    """Lines, and when the first of them came. `digest` is that of a batch to be remembered."""

    lines: Sequence[RawLine]
    arrived_at: datetime
    digest: bytes | None = None


def cut(items: Iterable[Item], end: Callable[[Sequence[Item]], int] = len) -> Iterator[list[Item]]:
    """As many items at a time as memory should hold, fewer where they are long; `end` says how many of these."""
    held: list[Item] = []
    size = 0
    for item in items:
        held.append(item)
        size += len(item.raw)
        if len(held) >= LINES or size >= BYTES:
            taken = end(held)
            yield held[:taken]
            held = held[taken:]
            size = sum(len(item.raw) for item in held)
    if held:
        yield held


def by_content(lines: Sequence[RawLine]) -> int:
    """Ends a batch behind that line of its second half whose hash is the least."""
    return 1 + min(range(len(lines) // 2, len(lines)), key=lambda place: lines[place].sha256)


def arriving(batches: Iterable[list[Item]], clock: Callable[[], datetime]) -> Iterator[tuple[list[Item], datetime]]:
    """Each batch with its instant; these grow from line to line, so that "came later" is known within a batch too."""
    latest = clock()
    for batch in batches:
        latest = max(clock(), latest)
        yield batch, latest
        latest += timedelta(microseconds=len(batch))


def digest(lines: Sequence[RawLine], known: Known) -> bytes:
    """SHA-256 of what a batch states: its lines, and what a line may name, without which it would be refused."""
    named = msgspec.json.encode([sorted(known.systems), sorted(known.flows.items())])
    return sha256(sha256(named).digest() + b"".join(line.sha256 for line in lines)).digest()
