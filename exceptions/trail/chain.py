"""The chain over the trail: entries are sealed in batches, each seal covers the one before, and a break is named.

An entry's line is its canonical JSON (names sorted, no white space, UTF-8), its digest the SHA-256 of that line; a
seal's hash is the SHA-256 of the hash before it and the digests of its entries in the order of their numbers. Nobody
who writes an entry waits for the sealer: what is committed late is sealed later.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from exceptions.models import SealedEntry, TrailEntry, TrailSeal

BEGINNING = "0" * 64  # what the first seal follows
BATCH = 10_000
SEALS_AT_ONCE = 20
SEALER = 5_417_208_611  # the advisory lock of whoever seals
PROTECTED = (
    "id", "case_id", "about", "at", "by_id", "move", "from_state", "to_state", "note", "source", "request_id",
)  # fmt: skip
ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")
DECODER = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True)
class Verdict:
    """What was found. `broken`: a sentence for each break. `tail`: how many entries lack a seal, `first` to `last`.

    `erased`: entries whose words were erased, as an entry of the trail tells (erasure.py); they break nothing.

    `head` is the hash of the last seal: noted elsewhere, it proves later that nothing was cut off the end.
    """

    seals: int
    entries: int
    head: str
    broken: list[str]
    tail: int
    first: int | None
    last: int | None
    erased: int = 0


def seal(*, at: datetime) -> int:
    """Seals every entry that no seal covers; how many. Nothing is done while another process seals."""
    total = 0
    while sealed := _seal_batch(at):
        total += sealed
    return total


def verify(*, head: str | None = None) -> Verdict:
    """Recomputes the chain and compares every sealed entry; `head`: a hash noted earlier that must be in the chain."""
    broken: list[str] = []
    hash, seals, entries, met = BEGINNING, 0, 0, head in (None, BEGINNING)
    erased = _erased()
    upcoming = TrailSeal.objects.order_by("id").iterator(chunk_size=2_000)
    while chunk := list(islice(upcoming, SEALS_AT_ONCE)):
        covered = _covered(chunk)
        for link in chunk:
            broken += _breaks(link, hash, covered[link.pk], erased)
            hash, met = link.hash, met or link.hash == head
            seals, entries = seals + 1, entries + link.entries
    if not met:
        broken.append(f"No seal has the hash {head}: what it covered was cut off or made anew.")
    tail = _unsealed().aggregate(count=Count("id"), first=Min("id"), last=Max("id"))
    return Verdict(seals, entries, hash, broken, tail["count"], tail["first"], tail["last"], len(erased))


def digests_of(entries: Iterable[int]) -> dict[str, str]:
    """The digests of entries as they are now, by their numbers."""
    return {str(row[0]): _digest(row) for row in _said(TrailEntry.objects.filter(id__in=list(entries)))}


def lines(*, since: datetime | None, until: datetime | None) -> Iterator[bytes]:
    """The line of each entry of `[since, until)` in the order of numbers; its SHA-256 is the digest that was sealed."""
    for row in _said(of_period(since=since, until=until)).iterator(chunk_size=2_000):
        yield line(row)


def of_period(*, since: datetime | None, until: datetime | None) -> QuerySet[TrailEntry]:
    """The entries of `[since, until)` in the order of numbers; null: from the beginning, to the end."""
    entries = TrailEntry.objects.order_by("id")
    entries = entries.filter(at__gte=since) if since else entries
    return entries.filter(at__lt=until) if until else entries


def line(row: Sequence[Any]) -> bytes:
    """The canonical JSON of an entry: the values of PROTECTED, then its details as JSON text."""
    return ENCODER.encode(dict(zip(PROTECTED, row, strict=False)) | {"details": DECODER.decode(row[-1])})


def _digest(row: Sequence[Any]) -> str:
    return hashlib.sha256(line(row)).hexdigest()


def _hash(previous: str, digests: Sequence[str]) -> str:
    return hashlib.sha256("".join((previous, *digests)).encode()).hexdigest()


def _said(entries: QuerySet[TrailEntry]) -> QuerySet[TrailEntry, tuple[Any, ...]]:
    """Details as the database writes them: read as numbers they could lose digits."""
    return entries.annotate(said=Cast("details", TextField())).values_list(*PROTECTED, "said")


def _unsealed() -> QuerySet[TrailEntry]:
    return TrailEntry.objects.filter(~Exists(SealedEntry.objects.filter(entry=OuterRef("id")))).order_by("id")


@transaction.atomic
def _seal_batch(at: datetime) -> int:
    if not _alone():
        return 0
    digests = {row[0]: _digest(row) for row in _said(_unsealed())[:BATCH]}
    if not digests:
        return 0
    last = TrailSeal.objects.order_by("-id").first()
    previous = last.hash if last else BEGINNING
    hash = _hash(previous, list(digests.values()))
    made = TrailSeal.objects.create(previous=previous, hash=hash, entries=len(digests), sealed_at=at)
    SealedEntry.objects.bulk_create(
        [SealedEntry(entry=entry, seal=made, digest=digest) for entry, digest in digests.items()], batch_size=2_000
    )
    return len(digests)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [SEALER])
        return bool(cursor.fetchone()[0])


def _covered(chunk: Sequence[TrailSeal]) -> dict[int, list[tuple[int, str, str | None]]]:
    """Seal → its entries in order: number, digest that was sealed, digest now (null: vanished)."""
    covered: dict[int, list[tuple[int, str, str | None]]] = {link.pk: [] for link in chunk}
    sealed = list(
        SealedEntry.objects.filter(seal__in=chunk).order_by("entry").values_list("seal_id", "entry", "digest")
    )
    now = {row[0]: _digest(row) for row in _said(TrailEntry.objects.filter(id__in=[entry for _, entry, _ in sealed]))}
    for number, entry, digest in sealed:
        covered[number].append((entry, digest, now.get(entry)))
    return covered


def _erased() -> dict[int, str]:
    """Entries whose words were erased, with their digest since the last time."""
    told = TrailEntry.objects.filter(move="erase", case=None).order_by("id").values_list("details__entries", flat=True)
    return {int(entry): digest for known in told for entry, digest in (known or {}).items()}


def _breaks(
    link: TrailSeal, hash: str, covered: Sequence[tuple[int, str, str | None]], erased: Mapping[int, str]
) -> Iterator[str]:
    if link.previous != hash:
        yield f"Seal {link.pk} does not follow the seal before it: one between them is gone, or one of the two changed."
    if link.entries != len(covered):
        yield f"Seal {link.pk} covered {link.entries} entries; {len(covered)} are named still."
    if link.hash != _hash(link.previous, [digest for _, digest, _ in covered]):
        yield f"Seal {link.pk} no longer fits the digests of its entries."
    for entry, digest, now in covered:
        if now is None:
            yield f"Entry {entry} has vanished."
        elif now not in (digest, erased.get(entry)):
            yield f"Entry {entry} was changed."
