"""How much faster Celery's workers share a full run when there are more of them; PostgreSQL helps none."""

import os
import signal
import time
from contextlib import contextmanager

from django.db import connection
from django.db.models import F

from exceptions.tasks import reconcile_changes
from reconciliation.models import Configuration, Run
from tests.bench.report import Figure

WORKERS = 4
RATIO = 2.5
ALONE = {"PGOPTIONS": "-c max_parallel_workers_per_gather=0"}
NODE = ("-m", "celery", "--quiet", "--app", "reconciliation.project.celery", "worker", "--loglevel", "error")


def measure(stage):
    stage.examined()
    size = f"{stage.orders:,} orders"
    seconds = {workers: shared_run(stage, workers) for workers in (1, WORKERS)}
    for workers, each in seconds.items():
        yield Figure(f"full run by Celery, {workers} at work", each, "s", size)
    yield Figure(
        f"full run by Celery: 1 → {WORKERS} at work",
        seconds[1] / seconds[WORKERS],
        "× faster",
        f"{size}, {os.cpu_count()} cores",
        goal=RATIO,
        at_least=True,
    )


def shared_run(stage, workers):
    """Seconds of a run that examines everything because the topology is another; by one task and who it calls."""
    with node(stage, workers):
        Configuration.objects.filter(id=1).update(version=F("version") + 1)
        before = Run.objects.latest("id").id
        reconcile_changes.delay()
        while not (done := Run.objects.filter(id__gt=before).exclude(finished_at=None).first()):
            time.sleep(0.2)
    connection.close()
    if not done.full:
        raise RuntimeError("the run examined only what changed")
    return (done.finished_at - done.started_at).total_seconds()


@contextmanager
def node(stage, workers):
    running = stage.start(*NODE, "--concurrency", str(workers), **ALONE)
    try:
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(120)
