"""The words of each system and what they stand for: searched, mapped, and what no mapping knows now."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Count, Q

from exceptions.configuration.changes import record_topology
from reconciliation import topology
from reconciliation.models import UnmappedWord
from reconciliation.topology import WORDS, Change, Words
from reconciliation.topology_rows import LOOKED_UP

PAGE = 50
SHOWN = 100


@dataclass(frozen=True)
class Table:
    """One table of words as the pages show it; `kind`: the exceptions that speak of what it lacks."""

    title: str
    word: str
    stands_for: str
    explains: str
    kind: str | None = None


TABLES = {
    "statuses": Table(
        "Statuses",
        "Status",
        "Stands for",
        "What each system calls a status, and which of ours it is. One without a mapping is compared with nothing.",
        "unmapped_status",
    ),
    "reason_codes": Table(
        "Return reasons",
        "Reason",
        "Stands for",
        "What each system calls a reason for returning. A system without any reason here is not asked for one.",
        "unmapped_reason_code",
    ),
    "rejection_reasons": Table(
        "Rejection reasons",
        "Reason",
        "Stands for",
        "Why a portal refused a return: payment_pending, order_not_found, unknown_sku, unknown_customer, outside_terms "
        "are understood; any other word is kept as it came.",
    ),
    "customers": Table(
        "Customers",
        "Customer's id",
        "The order authority's id",
        "Which customer of the order authority a system's own customer id is.",
        "customer_mismatch",
    ),
    "skus": Table(
        "SKUs",
        "SKU",
        "The product authority's SKU",
        "Which SKU of the product authority a system's own SKU is.",
        "sku_mismatch",
    ),
}


@dataclass(frozen=True)
class Unmapped:
    """A word of a system that no mapping knows, and how many records or lines carry it."""

    system: str
    of: str
    raw: str
    records: int


@dataclass(frozen=True)
class MappedPage:
    """One page of mapped words by system and word, how many there are, and the cursor of the next page."""

    words: list[Any]
    count: int
    following: str | None


def mapped_words(table: str, *, search: str = "", system: str = "", after: str = "") -> MappedPage:
    """The mapped words that hold what is searched, from behind a cursor on."""
    rows: models.QuerySet[Any] = WORDS[table]._default_manager.all()
    if words := search.replace("\0", "").strip():
        rows = rows.filter(Q(raw__icontains=words) | Q(canonical__icontains=words))
    if system:
        rows = rows.filter(system=system)
    count = rows.count()
    if cursor := _cursor(after):
        place = ("system_id", "raw_key", "id")
        same = [Q(**dict(zip(place[:n], cursor, strict=False)), **{f"{place[n]}__gt": cursor[n]}) for n in range(3)]
        rows = rows.filter(same[0] | same[1] | same[2])
    found = list(rows.order_by("system", "raw_key", "id")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    said = urlsafe_b64encode(json.dumps([last.system_id, last.raw_key, last.pk]).encode()).decode() if last else None
    return MappedPage(found[:PAGE], count, said)


def _cursor(text: str) -> tuple[str, str, int] | None:
    """What a cursor names; null for what is none of ours."""
    try:
        system, word, id = json.loads(urlsafe_b64decode(text.encode("ascii")))
    except (ValueError, TypeError):
        return None
    fits = isinstance(system, str) and isinstance(word, str) and isinstance(id, int) and 0 < id < 2**63
    return (system, word, id) if fits and "\0" not in system + word else None


def unmapped_words(table: str) -> list[Unmapped]:
    """The words that the last run met and no mapping knows, the most frequent first; at most 100."""
    if table not in ("statuses", "reason_codes"):
        return []
    met = (
        UnmappedWord.objects.filter(of="reason")
        if table == "reason_codes"
        else UnmappedWord.objects.exclude(of="reason")
    )
    known = met.values_list("system", "of", "raw").annotate(records=Count("id")).order_by("-records", "system", "raw")
    mapped = topology.stored_words(table).keys()  # some since the last run
    key = LOOKED_UP[table]
    found = (Unmapped(*row) for row in known.iterator())
    unknown = (word for word in found if (word.system, _of(table, word.of), key(word.raw.strip())) not in mapped)
    return list(islice(unknown, SHOWN))


def _of(table: str, of: str) -> str:
    return of if table == "statuses" else ""


def known_meanings(table: str) -> list[str]:
    """What the words of a table stand for so far, for a person to choose from; at most 100."""
    if table in ("statuses", "customers", "skus"):
        return []
    return list(
        WORDS[table]._default_manager.order_by("canonical").values_list("canonical", flat=True).distinct()[:SHOWN]
    )


@transaction.atomic
def map_words(table: str, words: Words, *, by: User, at: datetime) -> list[Change]:
    """Maps words, with their entries in the trail; what that changed."""
    changes = topology.save_words(table, words)
    record_topology(changes, by=by, at=at, source="page")
    return changes


@transaction.atomic
def unmap_words(table: str, words: Iterable[tuple[str, str, str]], *, by: User, at: datetime) -> list[Change]:
    """Words are no longer mapped, with their entries in the trail; what that changed."""
    changes = topology.remove_words(table, words)
    record_topology(changes, by=by, at=at, source="page")
    return changes


@transaction.atomic
def ignore_references(values: Iterable[str], *, by: User, at: datetime) -> list[Change]:
    """Values count as absent from now on, with an entry in the trail; what that changed."""
    changes = topology.ignore_references(values)
    record_topology(changes, by=by, at=at, source="page")
    return changes
