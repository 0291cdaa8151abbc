"""The orders that a record may belong to, the likeliest first: as its check suggests them, else as found now."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exceptions.models import ExceptionCase
from reconciliation.statements import rows

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Candidate:
    """One order, as an address of records names it, and why it may be the one."""

    order: str
    why: str


def candidates(case: ExceptionCase) -> list[Candidate]:
    """At most five orders, ranked by purchase order, customer, SKU and date."""
    suggested = [Candidate(one["order"], one.get("why", "")) for one in case.suggestions if "order" in one]
    if suggested or case.record is None:
        return suggested
    asked = {"record": case.record, "customer": case.customer, "sku": case.sku, "before": case.first_seen}
    return [Candidate(row.name, _why(row, case)) for row in rows("pages/order_candidates", asked, SQL)]


def _why(row: Any, case: ExceptionCase) -> str:
    holds = f"holds {case.sku}" if row.same_customer else f"holds {case.sku}, of customer {row.customer or 'unknown'}"
    told = (("same purchase order", row.same_po), ("same customer", row.same_customer), (holds, row.holds))
    return ", ".join(words for words, fits in told if fits)
