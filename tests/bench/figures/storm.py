"""One leg of the integration dies: thousands of findings of one kind in one run."""

import time
from contextlib import suppress
from datetime import timedelta

import psutil
from django.db import connection

from exceptions.intake import take_in_findings
from exceptions.models import ExceptionCase, Message
from exceptions.notify import tell_news
from exceptions.reconciling import reconcile
from reconciliation.runner import run_checks
from tests.bench.office import clicked, company, most_of, running, signed_in
from tests.bench.report import Figure
from tests.bench.world import World

DATABASE = "bench_storm"
MOST = 100_000
KIND = "order_missing_downstream"
FILED_SECONDS, PAGE_MILLISECONDS = 10, 150


def measure(stage):
    stage.fresh(DATABASE)
    people, world = company(), World(min(stage.orders, MOST), stage.moment)
    calm = world.orders // 100
    stage.ingest(stage.file(f"calm-{world.orders}", lambda: lines(world, range(calm), ("store", "warehouse", "erp"))))
    reconcile(as_of=stage.moment - timedelta(hours=1), now=stage.moment)
    stage.ingest(
        stage.file(f"storm-{world.orders}", lambda: lines(world, range(calm, world.orders), ("store", "warehouse")))
    )
    report = run_checks(as_of=stage.moment, now=stage.moment)
    began, busy = time.monotonic(), processor_seconds()
    take_in_findings(run=report.run.id, as_of=stage.moment, at=stage.moment)
    filed, busy = time.monotonic() - began, processor_seconds() - busy
    found = f"{ExceptionCase.objects.filter(kind=KIND).count():,} findings"
    yield Figure("storm: filed", filed, "s", found, goal=FILED_SECONDS)
    yield Figure("storm: filed, processor time", busy, "s", found)
    began = time.monotonic()
    tell_news(at=stage.moment + timedelta(seconds=15))
    yield Figure("storm: told", time.monotonic() - began, "s", found)
    yield Figure("storm: messages", Message.objects.count(), "", found, goal=1)
    yield from queue_pages(stage, people, found)
    stage.remove(DATABASE)


def processor_seconds():
    """What this process and its backend have used, which waits for no busy core; nothing of a backend elsewhere."""
    times = [psutil.Process().cpu_times()]
    with connection.cursor() as cursor, suppress(psutil.Error):
        cursor.execute("select pg_backend_pid()")
        times.append(psutil.Process(cursor.fetchone()[0]).cpu_times())
    return sum(each.user + each.system for each in times)


def queue_pages(stage, people, found):
    stage.analyze()
    with running(stage, "web") as address:
        desks = [(signed_in(people["tom"]), [("queue", "/queue"), ("floor", "/ready")])] * 5
        clicked(address, desks, pause_seconds=0.5, rounds=4)
        times = clicked(address, desks, pause_seconds=0.5, rounds=40)
    floor = most_of(times["floor"])
    yield Figure(
        "storm: queue page, 95 %",
        most_of(times["queue"]),
        "ms",
        found,
        goal=PAGE_MILLISECONDS,
        floor=floor,
        of_value=True,
    )


def lines(world, numbers, systems):
    """Whole orders, but told by these systems alone; the catalogue with the first."""
    if 0 in numbers:
        yield from world.goods()
    for number in numbers:
        for line in world.group(number):
            if line["type"] not in ("order", "outcome") or line["system"] in systems:
                yield line
