"""How each feed is: when it last succeeded, how far behind it is, and what stands in its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Sum

from connectors.models import Connection, Cursor, Delivery, PullRun, Refusals
from connectors.pull import CADENCE
from connectors.registry import Feed, connector

LATE = 3  # cadences


@dataclass(frozen=True)
class FeedHealth:
    """One feed of one connection, as of a moment. `lag` is how old the newest thing is that it is sure to have read."""

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


@dataclass(frozen=True)
class DeliveryHealth:
    """The deliveries of one connection: how many wait, the last one, and how many were refused in a week, by reason."""

    system: str
    waiting: int
    received_at: datetime | None
    refused: dict[str, int]


def feeds_of(connection: Connection, *, at: datetime, cadence: timedelta = CADENCE) -> list[FeedHealth]:
    """The health of each of the connection's feeds that run by themselves."""
    return feeds_of_all([connection], at=at, cadence=cadence)[connection.id]


def feeds_of_all(
    connections: Sequence[Connection], *, at: datetime, cadence: timedelta = CADENCE
) -> dict[int, list[FeedHealth]]:
    """The health of the feeds of several connections, by the connection's id, in two queries."""
    cursors = {(row.connection_id, row.feed): row for row in Cursor.objects.filter(connection__in=connections)}
    open_now = PullRun.objects.filter(connection__in=connections, finished_at=None, by_hand=False)
    runs = {(row.connection_id, row.feed): row for row in open_now}
    return {
        one.id: [
            _feed(one, feed, cursors.get((one.id, feed.name)), runs.get((one.id, feed.name)), at, cadence)
            for feed in connector(one.kind, one.vendor).feeds
            if not feed.by_hand_only
        ]
        for one in connections
    }


def deliveries_of(connection: Connection, *, at: datetime) -> DeliveryHealth:
    """The connection's deliveries, with a week of refusals."""
    stored = Delivery.objects.filter(connection=connection)
    refused = Refusals.objects.filter(connection=connection, day__gt=(at - timedelta(days=7)).date())
    return DeliveryHealth(
        connection.system,
        stored.filter(handled_at=None).count(),
        stored.aggregate(last=Max("received_at"))["last"],
        dict(refused.values("reason").annotate(times=Sum("count")).values_list("reason", "times").order_by("reason")),
    )


def _feed(
    connection: Connection, feed: Feed, cursor: Cursor | None, run: PullRun | None, at: datetime, cadence: timedelta
) -> FeedHealth:
    every = feed.every or cadence
    done = cursor.succeeded_at if cursor else None
    expected_by = (done or connection.created_at) + every
    told: dict[str, Any] = {
        "succeeded_at": done,
        "lag": at - cursor.watermark if cursor and cursor.watermark else None,
        "expected_by": None if connection.paused_at else expected_by,
        "records": cursor.records if cursor else 0,
        "failures": cursor.failures if cursor else 0,
        "error": cursor.error if cursor else "",
        "pages": run.pages if run else 0,
        "resume_at": run.resume_at if run else None,
    }
    state = _state(connection, cursor, expected_by + every * (LATE - 1), at)
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
