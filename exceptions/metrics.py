"""What the product says of itself to Prometheus: feeds, runs, exceptions, deliveries, and what waits to be done.

Every value is read from the database, or from Redis, at the moment it is asked for: each web process gives the same
answer, and nothing has to be summed over processes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import redis
from django.conf import settings
from django.db.models import Count, Max, QuerySet, Sum
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from connectors.models import Cursor, Delivery, Refusals
from exceptions.ledgers.feeds import feeds_page
from exceptions.models import ExceptionCase, Message, SealedEntry, TrailEntry
from reconciliation.models import CanaryRun, ChangedSubject, RejectedLine, Run, Touched

PATIENCE_SECONDS = 2
TASK_QUEUE = "reconciliation:celery"  # the key that Celery's prefix and default queue make


def exposition(*, at: datetime) -> bytes:
    """All measures in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(Measures(at))
    return generate_latest(registry)


@dataclass(frozen=True)
class Measures(Collector):
    """The measures as of a moment."""

    at: datetime

    def collect(self) -> Iterator[Metric]:
        """Every measure, one group after the other."""
        yield from self._feeds()
        yield from self._runs()
        yield from self._exceptions()
        yield from self._deliveries()
        yield from self._waiting()

    def _feeds(self) -> Iterator[Metric]:
        lag = _gauge("feed_lag_seconds", "How long the oldest record waits that travels on a flow", "flow")
        silent = _gauge("feed_silent", "1 where a flow is silent", "flow")
        page = feeds_page(as_of=self.at)
        for feed in page.feeds:
            lag.add_metric([feed.flow.key], feed.lag.total_seconds() if feed.lag else 0)
            silent.add_metric([feed.flow.key], feed.state == "silent")
        read = _gauge("pull_age_seconds", "Time since a feed was last read to its end", "system", "feed")
        failures = _gauge("pull_failures", "Attempts at a feed that failed one after the other", "system", "feed")
        for cursor in Cursor.objects.select_related("connection").order_by("connection", "feed"):
            name = [cursor.connection.system, cursor.feed]
            failures.add_metric(name, cursor.failures)
            if cursor.succeeded_at:
                read.add_metric(name, (self.at - cursor.succeeded_at).total_seconds())
        late = _gauge("arrival_late", "1 where what a system sends did not come as expected", "system", "type")
        for arrival in page.arrivals:
            late.add_metric([arrival.system, arrival.type], arrival.state == "late")
        yield from (lag, silent, read, failures, late)

    def _runs(self) -> Iterator[Metric]:
        seconds = _gauge("run_seconds", "How long the last run of the checks took", "scope")
        age = _gauge("run_age_seconds", "Time since the last run of the checks ended", "scope")
        for scope, full in (("full", True), ("changed", False)):
            run = Run.objects.filter(advanced=True, full=full, finished_at__isnull=False).order_by("-id").first()
            if run is not None and run.finished_at is not None:
                seconds.add_metric([scope], (run.finished_at - run.started_at).total_seconds())
                age.add_metric([scope], (self.at - run.finished_at).total_seconds())
        yield from (seconds, age)
        if canaries := CanaryRun.objects.first():
            yield _gauge("canaries_missed", "Known disagreements that were missed last", value=len(canaries.missed))
            yield _gauge("canaries_beyond", "What they found where nothing is", value=len(canaries.beyond))
            yield _gauge("canaries_age_seconds", "Since when", value=(self.at - canaries.at).total_seconds())

    def _exceptions(self) -> Iterator[Metric]:
        cases = _gauge("exceptions", "Exceptions by kind and state", "kind", "state")
        for kind, state, count in _counted(ExceptionCase.objects.all(), "kind", "state"):
            cases.add_metric([kind, state], count)
        yield cases

    def _deliveries(self) -> Iterator[Metric]:
        refused = CounterMetricFamily(
            "reconciliation_deliveries_refused", "Deliveries that were refused, by reason", labels=["system", "reason"]
        )
        sums = Refusals.objects.values_list("connection__system", "reason").annotate(Sum("count")).order_by()
        for system, reason, count in sums:
            refused.add_metric([system, reason], count)
        yield refused
        waiting = _gauge("deliveries_waiting", "Deliveries that are stored and not handled yet", "system")
        for system, count in _counted(Delivery.objects.filter(handled_at=None), "connection__system"):
            waiting.add_metric([system], count)
        yield waiting

    def _waiting(self) -> Iterator[Metric]:
        depth = _gauge("tasks_waiting", "Tasks in the queue that no worker has taken")
        if (tasks := _tasks_waiting()) is not None:
            depth.add_metric([], tasks)
        yield depth
        last = SealedEntry.objects.aggregate(last=Max("entry"))["last"] or 0
        waiting: dict[str, tuple[str, QuerySet[Any]]] = {
            "records": ("Records with news that no run has examined", Touched.objects.all()),
            "subjects": ("Findings that changed and whose cases were not told", ChangedSubject.objects.all()),
            "messages": ("Messages to be sent", Message.objects.filter(sent_at=None, given_up_at=None)),
            "entries": ("Entries of the trail after the last sealed one", TrailEntry.objects.filter(id__gt=last)),
        }
        for name, (words, rows) in waiting.items():
            yield _gauge(f"{name}_waiting", words, value=rows.count())
        yield _gauge("lines_rejected", "Lines that were refused and are kept", value=RejectedLine.objects.count())


def _gauge(name: str, words: str, *labels: str, value: float | None = None) -> GaugeMetricFamily:
    if value is not None:
        return GaugeMetricFamily(f"reconciliation_{name}", words, value=value)
    return GaugeMetricFamily(f"reconciliation_{name}", words, labels=labels)


def _counted(rows: QuerySet[Any], *by: str) -> Iterator[tuple[Any, ...]]:
    yield from rows.values_list(*by).annotate(Count("id")).order_by(*by)


def _tasks_waiting() -> int | None:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=PATIENCE_SECONDS) as client:
            return int(client.llen(TASK_QUEUE))
    except redis.RedisError:
        return None
