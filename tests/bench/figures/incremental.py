"""What is found of a thousand orders that changed, and filed, among ten times more orders and among fewer."""

import time
from datetime import timedelta
from statistics import median

from exceptions.reconciling import reconcile
from reconciliation.models import Run
from tests.bench.report import Figure
from tests.bench.world import Group

CHANGED, TIMES = 1_000, 5
SECONDS, RATIO = 2, 1.5


def measure(stage):
    few = run_over_changes(stage, stage.orders // 10)
    many = run_over_changes(stage, stage.orders)
    over = f"{CHANGED:,} of {stage.orders:,} orders"
    yield Figure("run over what changed", many, "s", over, goal=SECONDS)
    yield Figure("run over what changed: growth", many, "s", f"{over} and of a tenth", goal=RATIO, floor=few)


def run_over_changes(stage, orders):
    """Seconds until everything is found and filed, the median of several rounds; at first the connection is cold."""
    name = f"bench_changes_{orders}"
    world = stage.copy(name, orders)
    seconds = [once(stage, world, name, number) for number in range(TIMES + 1)]
    stage.remove(name)
    return median(seconds[1:])


def once(stage, world, name, number):
    """Every so many-th order of the warehouse is told anew with another quantity."""
    numbers = [(number + n * world.orders // CHANGED) % world.orders for n in range(CHANGED)]
    told_at = Run.objects.latest("as_of").as_of + timedelta(minutes=1)
    file = f"{name}-{number}-{told_at:%H%M%S}"
    stage.ingest(stage.file(file, lambda: changes(world, numbers, told_at)))
    as_of = told_at + timedelta(minutes=1)
    began = time.monotonic()
    report = reconcile(as_of=as_of, now=as_of).report
    seconds = time.monotonic() - began
    if report.full or report.run.groups < CHANGED:
        raise RuntimeError(f"the run examined {report.run.groups} groups, all: {report.full}")
    return seconds


def changes(world, numbers, told_at):
    for number in numbers:
        group = Group(world, number)
        yield Group(world, number, quantity=1, later=told_at - group.changed_at).order("warehouse")
