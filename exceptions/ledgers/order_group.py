"""An order group as it is read for the pages: what its records say now, their lines, identifiers and history."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from reconciliation.models import Flow, Reference, System
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
DOCUMENTS = ("order", "fulfilment", "return", "credit")
NAMING = ("sales_order", "order_number", "ecommerce_order", "purchase_order", "rma", "credit_number")


class NoSuchRecord(LookupError):
    """No system has ever spoken of a record with this key."""


@dataclass(frozen=True)
class OrderGroup:
    """The records of one group as of a moment. `records` and `lines` are rows of `sql/pages/group_*.sql`."""

    key: UUID
    as_of: datetime
    records: list[Any]
    lines: dict[UUID, list[Any]]
    references: dict[UUID, dict[str, str]]

    def of(self, *types: str) -> list[Any]:
        """The undeleted records of these types."""
        return [said for said in self.records if said.type in types and said.content is not None]

    @cached_property
    def has_news(self) -> bool:
        """Whether a record has changed since the last run examined the group."""
        return any(said.has_news for said in self.records)

    def named(self, scheme: str, records: Iterable[UUID] | None = None) -> list[str]:
        """The values that records of the group (or these) carry in a scheme, each once, as they were first met."""
        keys = self.references if records is None else records
        values = (self.references.get(record, {}).get(scheme) for record in keys)
        return list(dict.fromkeys(value for value in values if value))

    @property
    def name(self) -> str:
        """What people call the group: a sales order where there is one, else the next best number."""
        for scheme in NAMING:
            if values := self.named(scheme):
                return values[0]
        return str(self.records[0].id) if self.records else str(self.key)


def order_group(record: UUID, *, as_of: datetime) -> OrderGroup:
    """The group that a record belongs to since the last run; raises NoSuchRecord."""
    records = rows("pages/group_records", {"record": record, "as_of": as_of}, SQL)
    if not records:
        raise NoSuchRecord(str(record))
    contents = [said.content for said in records if said.content is not None and said.type in DOCUMENTS]
    keys = [said.record for said in records]
    asked = {"contents": contents, "records": keys, "as_of": as_of}
    lines = defaultdict(list)
    for line in rows("pages/group_lines", asked, SQL):
        lines[line.record].append(line)
    return OrderGroup(records[0].group_key, as_of, records, dict(lines), _references(records))


def _references(records: list[Any]) -> dict[UUID, dict[str, str]]:
    found: dict[UUID, dict[str, str]] = {}
    contents = [said.content for said in records if said.content is not None]
    carried = Reference.objects.filter(content__in=contents).order_by("scheme", "value")
    for record, scheme, value in carried.values_list("record", "scheme", "value"):
        found.setdefault(record, {})[scheme] = value
    return found


@dataclass(frozen=True)
class Connected:
    """The systems by key, and the flows between them, as the topology has them now."""

    systems: dict[str, System]
    flows: list[Flow]

    def name(self, system: str) -> str:
        """What people call a system."""
        known = self.systems.get(system)
        return str(known) if known else system

    def says(self, system: str, what: str) -> bool:
        """Whether a system is the authority for `what`."""
        known = self.systems.get(system)
        return known is not None and what in known.authority

    def first(self, systems: Iterable[str], what: str) -> list[str]:
        """These systems in the order of the topology, the authorities for `what` before the others."""
        order = {key: position for position, key in enumerate(self.systems)}
        return sorted(set(systems), key=lambda key: (not self.says(key, what), order.get(key, len(order)), key))


def connected() -> Connected:
    """The topology as the pages need it, in two queries."""
    return Connected({system.key: system for system in System.objects.all()}, list(Flow.objects.all()))
