"""What is sent to us instead of being read: by push, by file, by script. When it last came, and when more is expected.

A pull says by itself whether it succeeds. Of what is sent, only its coming is known, and so its silence is judged by
what was agreed, else by what came before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Sum

from connectors.models import Connection
from connectors.registry import connector
from exceptions.homes.snapshots import snapshot
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
STATES = {
    "late": "late",
    "due": "due",
    "on_time": "on time",
    "heard": "nothing agreed",
    "unheard": "nothing came yet",
    "paused": "paused",
}
BASES = {
    "agreed": "as agreed",
    "learned": "the longest gap of its last four weeks",
    "usual": "the usual, until it has come for two weeks",
}


@dataclass(frozen=True)
class Arrival:
    """Records of a type that a system sends. `heard_at` is a quarter of an hour; `every` is by the `basis`.

    `expected_by` is null where nothing tells when more is to come; from `late_from` on its silence is told.
    """

    system: str
    name: str
    type: str
    state: str
    heard_at: datetime | None
    expected_by: datetime | None = None
    late_from: datetime | None = None
    every: timedelta | None = None
    basis: str = ""
    hours_of: str | None = None

    @property
    def words(self) -> str:
        """The state as it is shown."""
        return STATES[self.state]

    @property
    def reason(self) -> str:
        """What the expectation rests on."""
        return BASES.get(self.basis, "")


def arrivals(*, at: datetime) -> list[Arrival]:
    """Everything that is sent, what is late first."""
    connected = _connections()
    found = [
        _arrival(row, connected.get(row.system), at)
        for row in rows("pages/arrivals", {"as_of": at}, SQL)
        if not _is_read(row, connected.get(row.system))
    ]
    order = list(STATES)
    return sorted(found, key=lambda one: (order.index(one.state), one.system, one.type))


def late_arrivals(*, at: datetime) -> list[Arrival]:
    """What did not come as expected; taken once a minute for all who ask."""
    return snapshot("feeds:arrivals", _late, at=at).figures


def _late(at: datetime) -> list[Arrival]:
    return [one for one in arrivals(at=at) if one.state == "late"]


def _connections() -> Mapping[str, Any]:
    counted = Connection.objects.annotate(read=Sum("cursors__records"))
    return {one.system: one for one in counted}


def _is_read(row: Any, connection: Any) -> bool:
    """Whether records of this type are read from the system, whose feeds then tell of its silence."""
    if connection is None:
        return False
    made = connector(connection.kind, connection.vendor)
    reads = not made.is_sent and row.type in made.gives(connection.settings)
    return reads and bool(connection.read or row.heard_at is None)


def _arrival(row: Any, connection: Any, at: datetime) -> Arrival:
    paused = connection is not None and connection.paused_at is not None
    told = Arrival(row.system, row.name, row.type, "paused" if paused else _state(row, at), row.heard_at)
    if paused or row.basis is None:
        return told
    agreed = {"every": row.every, "basis": row.basis, "hours_of": row.hours_of}
    return replace(told, expected_by=row.expected_by, late_from=row.late_from, **agreed)


def _state(row: Any, at: datetime) -> str:
    if row.expected_by is None:
        return "unheard" if row.heard_at is None else "heard"
    if row.late_from <= at:
        return "late"
    return "due" if row.expected_by <= at else "on_time"
