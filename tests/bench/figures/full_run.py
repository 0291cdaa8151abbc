"""A run of all checks over everything, by as many connections as there are cores, beside one join of order lines."""

import os
import time
from pathlib import Path

from django.db import connection

from reconciliation.models import Run
from reconciliation.runner import run_checks
from reconciliation.slices import Sharing
from tests.bench.report import Figure

FLOOR = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
TIMES = 3  # each is measured so often, in turns with its floor; the least counts
LONG = 60  # seconds after which once is enough
RATIO, GROWTH = 12, 12


def measure(stage):
    few, many = stage.orders // 10, stage.orders
    seconds = {}
    for orders, goal in ((few, None), (many, RATIO)):
        stage.examined(orders)
        seconds[orders], floor = least_of_both()
        yield Figure("full run", seconds[orders], "s", f"{orders:,} orders", goal=goal, floor=floor)
    over = f"{few:,} → {many:,} orders"
    yield Figure("full run: growth", seconds[many] / seconds[few], "×", over, goal=GROWTH)


def least_of_both():
    runs, floors = [full_run()], [joined()]
    while len(runs) < TIMES and sum(runs) < LONG:
        runs.append(full_run())
        floors.append(joined())
    return min(runs), min(floors)


def full_run():
    as_of = Run.objects.latest("as_of").as_of
    began = time.monotonic()
    run_checks(as_of=as_of, now=as_of, full=True, sharing=Sharing(workers=os.cpu_count()))
    return time.monotonic() - began


def joined():
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(FLOOR)
        cursor.fetchone()
    return time.monotonic() - began
