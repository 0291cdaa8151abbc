"""The home of operations: flows, systems that are read, orders on their way, stock, and inflow against resolved."""

from dataclasses import dataclass, replace
from datetime import datetime

from connectors.health import SystemHealth
from exceptions.homes import insight
from exceptions.homes.charts import Bars, Days
from exceptions.homes.checklist_numbers import checks_to_make
from exceptions.homes.figures import drift_bars, flow_chart
from exceptions.homes.numbers import Asked, Number, numbers
from exceptions.homes.snapshots import ready_snapshot
from exceptions.ledgers.arrivals import Arrival, arrivals
from exceptions.ledgers.feeds import Feed, flows_told, systems_read
from exceptions.rights import Person

WEEKS = 14  # days
ORDERS = (
    Asked("Stuck in the warehouse", {"kind": "order_stuck"}, alarming=True),
    Asked("Missing downstream", {"kind": "order_missing_downstream"}, alarming=True),
    Asked("On account, not released", {"kind": "unfulfilled_on_account"}, alarming=True),
    Asked("Said to be sent, not there", {"kind": "false_success"}, alarming=True),
    Asked("Backordered, refused", {"kind": "backorder_rejected"}, alarming=True),
)
STOCK = (
    Asked("Premature restocks", {"kind": "premature_restock"}, alarming=True),
    Asked("Stock drift", {"kind": "stock_drift"}),
    Asked("Stale stock", {"kind": "stale_stock"}),
    Asked("Oversold", {"kind": "oversell"}, alarming=True),
)
RETRIES = (
    Asked("Syncs that failed", {"kind": "sync_failure"}, alarming=True),
    Asked("Retried, and failed again", {"q": "fix:failed"}, "fixes that newer data disproved", alarming=True),
)


@dataclass(frozen=True)
class OpsHome:
    """Everything the page shows."""

    as_of: datetime
    feeds: list[Feed]
    silent: int
    systems: list[SystemHealth]
    unread: int
    arrivals: list[Arrival]
    late: int
    orders: list[Number]
    stock: list[Number]
    retries: list[Number]
    drift: Bars
    flow: Days
    checks: list[Number]


def ops_home(person: Person, *, at: datetime) -> OpsHome:
    """The page; the same for everybody."""
    taken = ready_snapshot("operations", shared, at=at)
    feeds, systems, sent, counts, drift, flow, checked = taken.figures
    orders, stock = counts[: len(ORDERS)], counts[len(ORDERS) : len(ORDERS) + len(STOCK)]
    silent = sum(feed.state == "silent" for feed in feeds)
    unread = sum(system.state in ("failing", "late") for system in systems)
    retries = counts[len(ORDERS) + len(STOCK) :]
    late = sum(one.state == "late" for one in sent)
    read = (feeds, silent, systems, unread, sent, late)
    return OpsHome(taken.as_of, *read, orders, stock, retries, drift, flow, checked)


Shared = tuple[list[Feed], list[SystemHealth], list[Arrival], list[Number], Bars, Days, list[Number]]


def shared(at: datetime) -> Shared:
    """What is shown: none of these numbers depends on who asks."""
    scope = insight.last_days(WEEKS, at=at)
    return (
        [replace(feed, row=None) for feed in flows_told(as_of=at)],
        systems_read(at=at),
        [one for one in arrivals(at=at) if one.expected_by],
        numbers([*ORDERS, *STOCK, *RETRIES], None, at=at),
        drift_bars(insight.drifting(scope)),
        flow_chart(insight.days(scope, insight.movements(scope), insight.backlog(scope))),
        checks_to_make(at=at),
    )
