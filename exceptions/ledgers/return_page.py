"""The return page: one return as every system tells it, with the credits, movements and exceptions of its RMA."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from exceptions.ledgers.comparison import Section, sentences
from exceptions.ledgers.document_sections import credit_sections, return_sections
from exceptions.ledgers.order_group import Connected, NoSuchRecord, OrderGroup, connected, order_group
from exceptions.ledgers.order_page import Column, cases_of_group, columns
from exceptions.ledgers.timeline import TimeLine, timeline
from exceptions.models import ExceptionCase
from reconciliation.projection import norm


@dataclass(frozen=True)
class ReturnPage:
    """Everything the page shows; `group` is the order's, `records` are those of the return alone."""

    group: OrderGroup
    name: str
    records: list[Any]
    columns: list[Column]
    sections: list[Section]
    line: TimeLine
    cases: list[ExceptionCase]
    topology: Connected

    @property
    def has_order(self) -> bool:
        """Whether any system has the order that the return belongs to."""
        return bool(self.group.of("order"))

    @property
    def differences(self) -> list[str]:
        """What the systems disagree on, a sentence each."""
        return sentences(self.sections, [column.name for column in self.columns])


def return_page(record: UUID, *, as_of: datetime) -> ReturnPage:
    """The return that a record is; raises NoSuchRecord where the record is unknown or no return."""
    group, topology = order_group(record, as_of=as_of), connected()
    said = next((said for said in group.records if said.record == record and said.type == "return"), None)
    if said is None:
        raise NoSuchRecord(str(record))
    rma = group.references.get(record, {}).get("rma")
    records = [one for one in group.records if one.record == record or (rma and _carries(group, one.record, rma))]
    documents = [one for one in records if one.type in ("return", "credit") and one.content is not None]
    systems = topology.first({one.system for one in documents}, "return")
    shown = [one for one in documents if one.type == "return"]
    credited = [one for one in documents if one.type == "credit"]
    cases = [case for case in cases_of_group(group.key) if _about(case, rma, records)]
    sections = return_sections(group, topology, shown, systems) + credit_sections(group, topology, credited, systems)
    return ReturnPage(
        group,
        rma or str(said.id),
        records,
        columns(documents, topology, "return"),
        sections,
        timeline(records, cases, topology, as_of=as_of),
        cases,
        topology,
    )


def _carries(group: OrderGroup, record: UUID, rma: str) -> bool:
    value = group.references.get(record, {}).get("rma")
    return value is not None and norm(value) == norm(rma)


def _about(case: ExceptionCase, rma: str | None, records: list[Any]) -> bool:
    """Whether an exception of the order is one of this return: it carries the RMA or is found on one of its records."""
    carried = case.refs.get("rma")
    return case.record in {said.record for said in records} or bool(rma and carried and norm(carried) == norm(rma))
