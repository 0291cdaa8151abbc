"""The feeds: of each flow, when it last succeeded, when it should report next, and whether it has fallen silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.health import WORST, SystemHealth, health_of
from connectors.models import Connection
from exceptions.homes.snapshots import snapshot
from exceptions.ledgers.arrivals import Arrival, arrivals
from exceptions.ledgers.order_group import connected
from exceptions.ledgers.runs import last_run
from reconciliation.models import Flow, Run
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
STATES = {
    "silent": "silent",
    "failing": "failing",
    "late": "late",
    "on_time": "on time",
    "idle": "nothing to send",
    "unheard": "no outcome yet",
}


@dataclass(frozen=True)
class Feed:
    """One flow: `lag` and `expected_by` are null where nothing waits for it.

    `told` and `failed` count its outcomes of the last 24 hours.
    """

    flow: Flow
    source: str
    target: str
    state: str
    success_at: datetime | None
    expected_by: datetime | None
    lag: timedelta | None
    row: Any
    told: int = 0
    failed: int = 0

    @property
    def words(self) -> str:
        """The state as it is shown."""
        return STATES[self.state]


@dataclass(frozen=True)
class FeedsPage:
    """The flows and what is sent to us, in both the ones in trouble first, and the last run over them."""

    feeds: list[Feed]
    arrivals: list[Arrival]
    last_run: Run | None

    @property
    def silent(self) -> int:
        """How many flows are silent."""
        return sum(feed.state == "silent" for feed in self.feeds)

    @property
    def came(self) -> list[Arrival]:
        """What has come, or was agreed to."""
        return [one for one in self.arrivals if one.state != "unheard"]

    @property
    def never_came(self) -> list[Arrival]:
        """What a flow names, is not read, and never came."""
        return [one for one in self.arrivals if one.state == "unheard"]

    @property
    def late(self) -> int:
        """How much that is sent did not come as expected."""
        return sum(one.state == "late" for one in self.arrivals)


def feeds_page(*, as_of: datetime) -> FeedsPage:
    """Every flow of the topology, and everything that is sent to us, as of a moment."""
    return FeedsPage(flows_told(as_of=as_of), arrivals(at=as_of), last_run())


def flows_told(*, as_of: datetime) -> list[Feed]:
    """Every flow of the topology as of a moment, the ones in trouble first."""
    topology = connected()
    known = {row.flow: row for row in rows("pages/feeds", {"as_of": as_of}, SQL)}
    feeds = []
    for flow in topology.flows:
        row = known[flow.key]
        lag = as_of - row.since if row.since else None
        expected_by = row.since + flow.cadence if row.since else None
        ends = topology.name(flow.source_id), topology.name(flow.target_id)
        day = row.told, row.failed
        feeds.append(Feed(flow, *ends, _state(flow, row, lag), row.success_at, expected_by, lag, row, *day))
    worst = list(STATES)
    feeds.sort(key=lambda feed: (worst.index(feed.state), -(feed.lag or timedelta()), feed.flow.position))
    return feeds


def feeds_in_trouble(*, at: datetime) -> list[str]:
    """The feeds that are silent, failing or late, by the names of their ends; taken once a minute for all who ask."""
    return snapshot("feeds:trouble", _in_trouble, at=at).figures


def _in_trouble(at: datetime) -> list[str]:
    found = [feed for feed in flows_told(as_of=at) if feed.state in ("silent", "failing", "late")]
    return [f"{feed.source} → {feed.target} ({feed.flow.record}) is {feed.words}" for feed in found]


def systems_read(*, at: datetime) -> list[SystemHealth]:
    """Every connected system: how its feeds and deliveries are, the ones in trouble first."""
    connections = list(Connection.objects.all())
    cadences: dict[str, timedelta] = {}
    if not connections:
        return []
    for source, target, cadence in Flow.objects.values_list("source_id", "target_id", "cadence"):
        for system in (source, target):
            cadences[system] = min(cadence, cadences.get(system, cadence))
    found = health_of(connections, at=at, cadences=cadences)
    return sorted(found, key=lambda one: (WORST.index(one.state), one.connection.system))


def _state(flow: Flow, row: Any, lag: timedelta | None) -> str:
    if row.silent is not None:
        return "silent"
    if row.outcome_at is None:
        return "unheard"
    if row.result == "failed":
        return "failing"
    if lag is None:
        return "idle"
    return "late" if lag > flow.cadence + flow.grace else "on_time"
