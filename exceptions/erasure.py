"""Erasing what is known of a person, on their request: wherever it stands in words, and provably nothing else.

The words are replaced by `[erased]`. Identifiers, amounts and months stay, for books must. A version of a record keeps
its key, which is made from the line as it came: whoever still has that line can prove that it is the one. An entry of
the trail keeps its place and its seal, which covers the words as they were; the entry that tells of the erasure carries
the digest of each entry as it is now, so that the trail still tells an erasure from a forgery (trail/chain.py).

Raw bytes are searched too: refused lines, and deliveries that are kept for a month. What people attached to cases is
not searched, for it may be a picture; the answer says how many files there are.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from connectors.models import Delivery
from exceptions.models import Attachment, TrailEntry
from exceptions.trail.chain import digests_of
from reconciliation.models import RejectedLine
from reconciliation.statements import statement

SQL = Path(__file__).parent / "sql"
SHORTEST = 4
ERASED = "[erased]"
RAW = ((RejectedLine, "raw"), (Delivery, "body"))


class ErasureRefused(ValueError):
    """Words that cannot be erased without harm; the text says why."""


@dataclass
class Erasure:
    """Where the words stood: rows by place, and how many attached files a person should look through."""

    places: dict[str, int] = field(default_factory=dict)
    entries: list[int] = field(default_factory=list)
    files: int = 0


def erase(words: Sequence[str], *, reason: str, by: Any, at: datetime, trial: bool) -> Erasure:
    """Erases each of the words everywhere, whatever their case; a trial only counts. Raises ErasureRefused."""
    wanted = [word.strip() for word in words]
    if short := [word for word in wanted if len(word) < SHORTEST]:
        raise ErasureRefused(f"{short[0]!r} is too short: it would be found in words that are not meant.")
    if not wanted or not reason.strip():
        raise ErasureRefused("Say which words, and on whose request.")
    with transaction.atomic():
        done = Erasure(files=Attachment.objects.count())
        entries = _in_words(wanted, done, trial)
        _in_bytes(wanted, done, trial)
        if not trial:
            _tell(done, entries, reason, by, at)
    done.entries = sorted(entries)
    return done


def _in_words(wanted: Sequence[str], done: Erasure, trial: bool) -> set[int]:
    entries: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(statement("erasure/erase", SQL), {"pattern": _pattern(wanted), "trial": trial})
        for place, found, of_trail in cursor.fetchall():
            done.places[place] = found
            entries.update(of_trail or ())
    return entries


def _in_bytes(wanted: Sequence[str], done: Erasure, trial: bool) -> None:
    pattern = re.compile("|".join(map(re.escape, _spellings(wanted))).encode(), re.IGNORECASE)
    for model, name in RAW:
        rows = list(_holding(model, name, pattern))
        if rows and not trial:
            model._default_manager.bulk_update(rows, [name], batch_size=500)
        if rows:
            done.places[f"{model._meta.db_table}.{name}"] = len(rows)


def _holding(model: type[Model], name: str, pattern: re.Pattern[bytes]) -> Iterable[Any]:
    for row in model._default_manager.iterator(chunk_size=500):
        said = bytes(getattr(row, name))
        if pattern.search(said):
            setattr(row, name, pattern.sub(ERASED.encode(), said))
            yield row


def _tell(done: Erasure, entries: Iterable[int], reason: str, by: Any, at: datetime) -> None:
    """The entry names neither the words nor the person."""
    said = {"rows": sum(done.places.values()), "reason": reason}
    TrailEntry.objects.create(
        at=at,
        by=by,
        move="erase",
        about="what was known of a person",
        source="command",
        details={"after": said, "entries": digests_of(entries)},
    )


def _pattern(wanted: Sequence[str]) -> str:
    """PostgreSQL's regular expression for any of the spellings."""
    return "|".join(re.sub(r"([^\w\s@])", r"\\\1", spelling) for spelling in _spellings(wanted))


def _spellings(wanted: Sequence[str]) -> list[str]:
    """Each of the words as it is, and as JSON may write it; the longest first."""
    spelled = {*wanted, *(json.dumps(word, ensure_ascii=plain)[1:-1] for word in wanted for plain in (True, False))}
    return sorted(spelled, key=lambda form: (-len(form), form))
