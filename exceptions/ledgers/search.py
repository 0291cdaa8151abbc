"""One search for everything: any identifier of any record, an exception, a SKU, a customer; exact, else by its start.

Identifiers are found as people write them: without regard to case, spaces, separators and a leading `#`. The indexes
stand on that folded form (sql/functions/folded.sql), so a start is a range of the index. What is found exactly
hides what only begins alike.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from exceptions.formats import day_text
from exceptions.models import ExceptionCase
from reconciliation.models import System
from reconciliation.projection import key, norm
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
SHOWN = 20
LEAST = 2  # characters of a start
LAST = "\U0010ffff"  # behind every text that begins alike
NEXT = "\x01"  # directly behind the text itself
NEWEST = UUID(int=2**128 - 1)
FOLD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", " -_/.:#\\")
CASE = re.compile(r"E-?(\d{1,18})", re.IGNORECASE)
KINDS = {
    "exception": "Exceptions",
    "order": "Orders",
    "return": "Returns",
    "sku": "SKUs",
    "customer": "Customers",
    "record": "Other records",
}


@dataclass(frozen=True)
class Hit:
    """Something found: where it is, what it is called, and what tells it apart."""

    kind: str
    address: str
    name: str
    about: str


@dataclass(frozen=True)
class Found:
    """What a search found, by kind of thing; `more` where only the first of a kind are shown."""

    words: str
    hits: dict[str, list[Hit]] = field(default_factory=dict)
    exact: bool = True
    more: bool = False
    latest: list[Hit] = field(default_factory=list)

    @property
    def groups(self) -> list[tuple[str, list[Hit]]]:
        """The kinds that have hits, with their titles."""
        return [(title, self.hits[kind]) for kind, title in KINDS.items() if self.hits.get(kind)]

    @property
    def only(self) -> Hit | None:
        """The one hit, where there is one alone."""
        hits = [hit for found in self.hits.values() for hit in found]
        return hits[0] if len(hits) == 1 else None


def fold(words: str) -> str:
    """An identifier as the indexes hold it; the SQL function folded does the same."""
    return words.translate(FOLD)[:100]


def search(words: str, *, as_of: datetime) -> Found:
    """Everything that goes by these words, else everything that begins with them; the latest orders for no words."""
    words = " ".join(words.replace("\x00", "").split())
    if not fold(words):
        return Found(words, latest=_latest(as_of))
    found = _look(words, NEXT, as_of)
    if not found.hits and len(fold(words)) >= LEAST:
        found = _look(words, LAST, as_of)
    return found


def sku_choices(words: str) -> list[dict[str, str]]:
    """The SKUs that begin with these words, with their titles, at most twenty: `value` and `text` of each."""
    low = fold(words.replace("\x00", ""))
    if not low:
        return []
    found = rows("pages/sku_choices", {"low": low, "high": low + LAST, "rows": SHOWN}, SQL)
    return [{"value": row.sku, "text": " · ".join(filter(None, (row.sku, row.title)))} for row in found]


def _latest(as_of: datetime) -> list[Hit]:
    """The orders that changed last, as the order authority tells them."""
    authority = System.objects.filter(authority__contains=["order"]).values_list("key", flat=True).first()
    asked = {"type": "order", "system": authority, "as_of": as_of, "changed_at": as_of, "version": NEWEST}
    found = rows("pages/records", asked | {"rows": SHOWN}, SQL)
    return [Hit("order", reverse("order", args=[said.record]), said.id, said.status or "withdrawn") for said in found]


def _look(words: str, end: str, as_of: datetime) -> Found:
    reference, own, customer = fold(norm(words)), fold(words), str(key(words))
    asked: dict[str, str | int] = {
        "low": own,
        "high": own + end,
        "low_reference": reference,
        "high_reference": reference + end,
    }
    asked |= {"low_customer": customer, "high_customer": customer + end, "given": words, "rows": SHOWN + 1}
    records = rows("pages/search_records", asked, SQL) if reference and own else []
    hits: dict[str, list[Hit]] = {}
    for hit in (*_cases(words), *_record_hits(records, as_of), *_name_hits(rows("pages/search_names", asked, SQL))):
        known = hits.setdefault(hit.kind, [])
        if hit.address not in [one.address for one in known]:
            known.append(hit)
    more = any(len(found) > SHOWN for found in hits.values())
    shown = {kind: sorted(found[:SHOWN], key=lambda hit: hit.name) for kind, found in hits.items()}
    return Found(words, shown, end == NEXT, more)


def _cases(words: str) -> Iterator[Hit]:
    if match := CASE.fullmatch(words):
        for case in ExceptionCase.objects.filter(id=int(match[1])):
            yield Hit("exception", reverse("exception", args=[case.id]), str(case), case.title)


def _record_hits(records: list[Any], as_of: datetime) -> Iterator[Hit]:
    """Orders by their group, returns by their RMA, and what belongs to neither by itself."""
    returns = [said for said in records if said.type == "return" and said.scheme in ("rma", "id", "number")]
    returned = {said.group_key for said in returns}
    rest = [said for said in records if said.type != "return" or said.scheme not in ("rma", "id", "number")]
    rest = [said for said in rest if not (said.scheme == "rma" and said.group_key in returned)]
    labels = _labels({said.group_key for said in records}, as_of)
    seen = set()
    for said in returns:
        if (place := (said.group_key, norm(said.value))) not in seen:
            seen.add(place)
            about = _about(labels.get(said.group_key))
            yield Hit("return", reverse("return", args=[said.record]), said.value, about)
    for said in rest:
        yield from _rest_hit(said, labels)


def _rest_hit(said: Any, labels: dict[Any, Any]) -> Iterator[Hit]:
    if said.type in ("product", "stock_level"):
        return  # the SKU itself is found by its name
    label = labels.get(said.group_key)
    if label or said.type in ("order", "fulfilment", "return", "credit"):
        by = f"{said.scheme.replace('_', ' ')} {said.value}" if said.scheme != "id" else f"{said.type} {said.id}"
        name = label.sales_order or label.id if label else said.value
        about = " · ".join(filter(None, (_about(label), by if said.value != name else "")))
        yield Hit("order", reverse("order", args=[said.group_key]), name, about)
    else:
        name = f"{said.type.replace('_', ' ')} {said.id}"
        yield Hit("record", reverse("record", args=[said.record]), name, said.system)


def _labels(groups: set[Any], as_of: datetime) -> dict[Any, Any]:
    if not groups:
        return {}
    return {row.group_key: row for row in rows("pages/group_labels", {"groups": list(groups), "as_of": as_of}, SQL)}


def _about(label: Any) -> str:
    if label is None:
        return "no order that any system knows"
    return " · ".join(filter(None, (label.customer_name, f"placed {day_text(label.placed_at)}")))


def _name_hits(names: Iterable[Any]) -> Iterator[Hit]:
    for row in names:
        parameter = "sku" if row.kind == "sku" else "id"
        yield Hit(row.kind, f"{reverse(row.kind)}?{urlencode({parameter: row.name})}", row.name, row.title or "")
