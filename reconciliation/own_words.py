"""What people tell us about the systems' words and records, one change at a time: names, codes, pack sizes, links.

The topology's file says the same things all at once (topology.py). Each change counts as a new configuration, so that
the next run examines everything; a link only has the groups of its two records examined.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reconciliation.models import Link, PackSize, Touched
from reconciliation.topology import configuration_changed, remove_words, save_words, stored_words
from reconciliation.topology_rows import LOOKED_UP


@dataclass(frozen=True)
class Word:
    """One word of a system: of which table of the topology's file, `of` what (statuses alone), and as it came."""

    table: str
    system: str
    raw: str
    of: str = ""

    @property
    def key(self) -> str:
        """The word as it is looked up."""
        return LOOKED_UP[self.table](self.raw.strip())


@transaction.atomic
def map_word(word: Word, canonical: str | None) -> str | None:
    """Maps a word, or no longer (null); what it was mapped to before, null for nothing."""
    at = (word.system, word.of, word.key)
    before = stored_words(word.table, {word.system}).get(at)
    if canonical is None:
        remove_words(word.table, [at])
    else:
        save_words(word.table, {at: {"raw": word.raw.strip(), "canonical": canonical}})
    return None if before is None else str(before["canonical"])


@transaction.atomic
def set_pack_size(system: str, sku: str, pack_size: Decimal | None) -> Decimal | None:
    """States how many base units one unit of a system's SKU holds where its lines do not say; null: no longer."""
    rows = PackSize.objects.filter(system_id=system, sku=sku)
    before = rows.values_list("pack_size", flat=True).first()
    rows.delete()
    if pack_size is not None:
        PackSize.objects.create(system_id=system, sku=sku, pack_size=pack_size)
    configuration_changed()
    return before


@transaction.atomic
def link(record: UUID, other: UUID, *, by: str) -> Link:
    """Says that two records belong together."""
    made = Link.objects.create(record=record, other=other, made_by=by)
    _examine(record, other)
    return made


@transaction.atomic
def unlink(link_id: int, *, at: datetime | None = None) -> None:
    """Takes a link back."""
    undone = Link.objects.get(id=link_id)
    undone.undone_at = at or timezone.now()
    undone.save(update_fields=["undone_at"])
    _examine(undone.record, undone.other)


def _examine(*records: UUID) -> None:
    for record in sorted(records):
        _, new = Touched.objects.get_or_create(record=record)
        if not new:
            Touched.objects.filter(record=record).update(mark=F("mark") + 1)
