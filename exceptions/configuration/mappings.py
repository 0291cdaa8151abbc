"""The words of each system and what they stand for: searched, mapped, and what no mapping knows now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count

from exceptions.configuration.changes import record_topology
from exceptions.listing import ListPage, list_page, searched
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


def mapped_words(table: str, *, search: str = "", system: str = "", after: str = "") -> ListPage:
    """The mapped words that hold what is searched, by system and word, from behind a cursor on."""
    rows = searched(WORDS[table]._default_manager.order_by("system_id", "raw_key", "id"), search, ("raw", "canonical"))
    if system:
        rows = rows.filter(system=system)
    return list_page(rows, search=search, after=after, size=PAGE)


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
