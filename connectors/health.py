"""How each feed is: when it last succeeded, how far behind it is, and what stands in its way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, Sum

from connectors.models import Connection, Cursor, Delivery, PullRun, Refusals
from connectors.pull import CADENCE
from connectors.registry import Feed, connector

LATE = 3  # cadences


@dataclass(frozen=True)
class FeedHealth:
    """One feed of one connection, as of a moment. `lag` is how old the newest thing is that it is sure to have read.

    `late_from`: when three cadences have passed without a success; null while it is paused.
    """

    system: str
    feed: str
    gives: tuple[str, ...]
    state: str
    succeeded_at: datetime | None
    lag: timedelta | None
    expected_by: datetime | None
    records: int
    failures: int
    error: str
    pages: int
    resume_at: datetime | None
    late_from: datetime | None = None


@dataclass(frozen=True)
class DeliveryHealth:
    """The deliveries of one connection: how many wait, the last one, and how many were refused in a week, by reason.

    `repeated`: how often one that is kept came once more.
    """

    system: str
    waiting: int
    received_at: datetime | None
    repeated: int
    refused: dict[str, int]


WORST = ("failing", "late", "waiting", "paused", "fresh", "pushed")


@dataclass(frozen=True)
class SystemHealth:
    """One connected system: its feeds and its deliveries, and of them what is worst."""

    connection: Connection
    feeds: list[FeedHealth]
    deliveries: DeliveryHealth

    @property
    def worst(self) -> FeedHealth | None:
        """The feed that is worst off, of equals the one that is furthest behind; None where nothing is read."""
        rank = [(-WORST.index(feed.state), feed.lag or timedelta(), feed) for feed in self.feeds]
        return max(rank, key=lambda one: one[:2])[2] if rank else None

    @property
    def state(self) -> str:
        """That of the worst feed; of a system that only pushes `pushed`, or `waiting` for its first delivery."""
        if self.connection.paused_at is not None:
            return "paused"
        if self.worst is not None:
            return self.worst.state
        return "pushed" if self.deliveries.received_at else "waiting"

    @property
    def records(self) -> int:
        """How many items all feeds have read."""
        return sum(feed.records for feed in self.feeds)


def health_of(
    connections: Sequence[Connection], *, at: datetime, cadences: Mapping[str, timedelta]
) -> list[SystemHealth]:
    """The health of several connections, in a fixed number of queries; `cadences` by system."""
    feeds, deliveries = feeds_of_all(connections, at=at, cadences=cadences), _deliveries(connections, at)
    return [SystemHealth(one, feeds[one.id], deliveries[one.id]) for one in connections]


def _deliveries(connections: Sequence[Connection], at: datetime) -> dict[int, DeliveryHealth]:
    stored = Delivery.objects.filter(connection__in=connections).order_by().values_list("connection")
    open_now = Count("id", filter=Q(handled_at=None))
    counted = stored.annotate(waiting=open_now, last=Max("received_at"), repeated=Sum("repeats"))
    told = {id: (waiting, last, repeated) for id, waiting, last, repeated in counted}
    refused = defaultdict[int, dict[str, int]](dict)
    lately = Refusals.objects.filter(connection__in=connections, day__gt=(at - timedelta(days=7)).date())
    for id, reason, times in lately.values_list("connection", "reason").annotate(times=Sum("count")).order_by("reason"):
        refused[id][reason] = times
    return {one.id: DeliveryHealth(one.system, *told.get(one.id, (0, None, 0)), refused[one.id]) for one in connections}


def feeds_of(connection: Connection, *, at: datetime, cadence: timedelta = CADENCE) -> list[FeedHealth]:
    """The health of each of the connection's feeds that run by themselves."""
    return feeds_of_all([connection], at=at, cadences={connection.system: cadence})[connection.id]


def feeds_of_all(
    connections: Sequence[Connection], *, at: datetime, cadences: Mapping[str, timedelta] | None = None
) -> dict[int, list[FeedHealth]]:
    """The health of the feeds of several connections, by the connection's id, in two queries; `cadences` by system."""
    cursors = {(row.connection_id, row.feed): row for row in Cursor.objects.filter(connection__in=connections)}
    open_now = PullRun.objects.filter(connection__in=connections, finished_at=None, by_hand=False)
    runs = {(row.connection_id, row.feed): row for row in open_now}

    def told(one: Connection, feed: Feed) -> FeedHealth:
        key, cadence = (one.id, feed.name), (cadences or {}).get(one.system, CADENCE)
        return _feed(one, feed, cursors.get(key), runs.get(key), at, cadence)

    made = {one.id: connector(one.kind, one.vendor) for one in connections}
    return {one.id: [told(one, feed) for feed in made[one.id].feeds if not feed.by_hand_only] for one in connections}


def deliveries_of(connection: Connection, *, at: datetime) -> DeliveryHealth:
    """The connection's deliveries, with a week of refusals."""
    return _deliveries([connection], at)[connection.id]


def _feed(
    connection: Connection, feed: Feed, cursor: Cursor | None, run: PullRun | None, at: datetime, cadence: timedelta
) -> FeedHealth:
    every = feed.every or cadence
    done = cursor.succeeded_at if cursor else None
    expected_by = (done or connection.created_at) + every
    late_from = expected_by + every * (LATE - 1)
    told: dict[str, Any] = {
        "succeeded_at": done,
        "lag": at - cursor.watermark if cursor and cursor.watermark else None,
        "expected_by": None if connection.paused_at else expected_by,
        "records": cursor.records if cursor else 0,
        "failures": cursor.failures if cursor else 0,
        "error": cursor.error if cursor else "",
        "pages": run.pages if run else 0,
        "resume_at": run.resume_at if run else None,
        "late_from": None if connection.paused_at else late_from,
    }
    state = _state(connection, cursor, late_from, at)
    return FeedHealth(connection.system, feed.name, feed.gives, state, **told)


def _state(connection: Connection, cursor: Cursor | None, late_from: datetime, at: datetime) -> str:
    """`paused`, `failing`, `late` (three cadences without success), `waiting` for its first success, or `fresh`."""
    if connection.paused_at is not None:
        return "paused"
    if cursor is not None and cursor.failures:
        return "failing"
    if late_from <= at:
        return "late"
    return "fresh" if cursor is not None and cursor.succeeded_at is not None else "waiting"
