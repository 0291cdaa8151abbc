"""The order page: one order group as every system tells it, its time line, exceptions and identifiers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from exceptions.ledgers.comparison import Section, sentences
from exceptions.ledgers.document_sections import credit_sections, return_sections
from exceptions.ledgers.order_group import DOCUMENTS, Connected, OrderGroup, connected, order_group
from exceptions.ledgers.order_sections import order_sections
from exceptions.ledgers.timeline import TimeLine, timeline
from exceptions.models import ExceptionCase
from exceptions.ownership import TEAM_NAME


@dataclass(frozen=True)
class Column:
    """One system: its records of the four kinds of document."""

    system: str
    name: str
    authority: bool
    records: list[Any]


@dataclass(frozen=True)
class Identifier:
    """One value of one scheme, and the systems that carry it."""

    scheme: str
    value: str
    systems: list[str]


@dataclass(frozen=True)
class OrderPage:
    """Everything the page shows."""

    group: OrderGroup
    columns: list[Column]
    sections: list[Section]
    line: TimeLine
    identifiers: list[Identifier]
    cases: list[ExceptionCase]
    customer: tuple[str, str] | None
    topology: Connected

    @property
    def title(self) -> str:
        """What the page is about: an order, or what has none."""
        if self.group.of("order"):
            return f"Order {self.group.name}"
        return f"{self.group.name}, without an order"

    @property
    def differences(self) -> list[str]:
        """What the systems disagree on, a sentence each."""
        return sentences(self.sections, [column.name for column in self.columns])


def order_page(record: UUID, *, as_of: datetime) -> OrderPage:
    """The group of a record; raises NoSuchRecord."""
    group, topology = order_group(record, as_of=as_of), connected()
    cases = list(cases_of_group(group.key))
    return OrderPage(
        group,
        columns(group.of(*DOCUMENTS), topology),
        [section for section in sections(group, topology) if section.facts],
        timeline(group.records, cases, topology, as_of=as_of),
        identifiers(group, topology),
        cases,
        _customer(group, topology),
        topology,
    )


def cases_of_group(key: UUID) -> QuerySet[ExceptionCase]:
    """The exceptions of a group, the open ones first."""
    cases = ExceptionCase.objects.filter(group_key=key).select_related("owner").annotate(team_name=TEAM_NAME)
    return cases.order_by("-closed_at", "-severity", "id")


def columns(records: Sequence[Any], topology: Connected, what: str = "order") -> list[Column]:
    """A column for each system that speaks, the authority for `what` first."""
    spoken: dict[str, list[Any]] = defaultdict(list)
    for said in records:
        spoken[said.system].append(said)
    return [
        Column(system, topology.name(system), topology.says(system, what), spoken[system])
        for system in topology.first(spoken, what)
    ]


def sections(group: OrderGroup, topology: Connected) -> list[Section]:
    """Order, lines, shipments, then each return by its RMA and each credit by its number."""
    systems = topology.first({said.system for said in group.of(*DOCUMENTS)}, "order")
    return [
        *order_sections(group, topology, systems),
        *return_sections(group, topology, group.of("return"), systems),
        *credit_sections(group, topology, group.of("credit"), systems),
    ]


def identifiers(group: OrderGroup, topology: Connected) -> list[Identifier]:
    """Every value of every scheme in the group, with who carries it."""
    system_of = {said.record: said.system for said in group.records}
    carried: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record, by_scheme in group.references.items():
        for scheme, value in by_scheme.items():
            carried[scheme, value].append(topology.name(system_of[record]))
    return [Identifier(scheme, value, sorted(set(who))) for (scheme, value), who in sorted(carried.items())]


def _customer(group: OrderGroup, topology: Connected) -> tuple[str, str] | None:
    for system in topology.first({said.system for said in group.records}, "order"):
        for said in group.records:
            if said.system == system and said.customer_key:
                return said.customer_key, said.customer_name or said.customer_id
    return None
