"""What became of the records that a flow carried in the last day: the outcomes behind the numbers of its feed."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciliation.models import Flow
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
SHOWN = 100
RESULTS = ("success", "failed", "skipped")


class NoSuchFlow(LookupError):
    """The topology has no flow of this name."""


@dataclass(frozen=True)
class OutcomesPage:
    """Outcomes of one flow, rows of `sql/pages/outcomes.sql`, of a result or of any; `count` is of all of them."""

    flow: Flow
    result: str | None
    outcomes: list[Any]
    count: int


def outcomes_page(flow: str, *, result: str, as_of: datetime, start: int = 0, shown: int = SHOWN) -> OutcomesPage:
    """So many outcomes of 24 hours from `start` on; raises NoSuchFlow; what is no result asks for all."""
    known = Flow.objects.select_related("source", "target").filter(key=flow).first() if "\0" not in flow else None
    if known is None:
        raise NoSuchFlow(flow)
    chosen = result if result in RESULTS else None
    asked = {"flow": known.key, "result": chosen, "as_of": as_of, "start": start, "rows": shown}
    found = rows("pages/outcomes", asked, SQL)
    return OutcomesPage(known, chosen, found, found[0].of if found else 0)
