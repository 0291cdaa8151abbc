"""Which batches of lines are stored already: these change nothing, so none of their lines is read again.

A batch is remembered in the transaction that stores it, by the SHA-256 of its lines. No version is ever removed, so
what is remembered stays true; what a line may name is part of the digest, so another topology has all read again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime

from connectors.lines import Known, RawLine
from reconciliation import batches
from reconciliation.batches import Batch
from reconciliation.models import StoredBatch

SHORTEST = 8  # a batch shorter than this part of a full one is read sooner than remembered


def not_stored(
    feed: Iterable[tuple[Sequence[RawLine], datetime]], known: Known, count: Callable[[int], None]
) -> Iterator[Batch]:
    """The batches less the lines that are stored; `count` is told how many these are. Refused lines are read again."""
    for lines, arrived_at in feed:
        if len(lines) * SHORTEST < batches.LINES:
            yield Batch(lines, arrived_at)
            continue
        digest = batches.digest(lines, known)
        refused = _refused(digest)
        if refused is None:
            yield Batch(lines, arrived_at, digest)
            continue
        count(len(lines) - len(refused))
        if refused:
            yield Batch([lines[place] for place in refused], arrived_at)


def _refused(digest: bytes) -> list[int] | None:
    """Where the refused lines of that batch stand; None where the batch is not known."""
    return StoredBatch.objects.filter(digest=digest).values_list("refused", flat=True).order_by().first()


def remember(batch: Batch, refused: Collection[int]) -> None:
    """Notes that `batch` is stored but for the lines of the numbers `refused`; nothing where it has no digest."""
    if batch.digest is None:
        return
    numbers = set(refused)
    places = [place for place, line in enumerate(batch.lines) if line.number in numbers]
    StoredBatch.objects.bulk_create([StoredBatch(digest=batch.digest, refused=places)], ignore_conflicts=True)
