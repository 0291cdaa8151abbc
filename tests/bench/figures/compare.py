"""The comparison of order lines alone, beside datacompy on the same rows in memory.

The run has the rows in the tables of its stage, datacompy in its frames; what it takes to get them there is told apart.
As in every full run, as many connections as there are cores share the groups; the one that takes longest counts.
"""

import logging
import os
import threading
import time
from collections import Counter, defaultdict
from contextlib import contextmanager

import datacompy
import pandas
import polars
from django.db import connection
from django.db.backends.signals import connection_created

from exceptions.reconciling import reconcile
from reconciliation.models import Run
from reconciliation.slices import Sharing
from tests.bench.plans import CHECK, NAMES
from tests.bench.report import Figure
from tests.bench.stage import read_beside

# what lays the lines of two copies side by side, as they stand in the tables of the stage, like frames in memory
COMPARED = {
    "plain/groups",
    "stage/pairs",
    "stage/pack_sizes",
    "stage/packs",
    "quantity_mismatch",
    "pack_size_mismatch",
    "price_mismatch",
}
# what fills these tables from where the lines are stored, and understands their words
READ = {
    "runner/uneven",
    "plain/systems",
    "plain/members",
    "plain/copies",
    "stage/records",
    "stage/orders",
    "stage/used",
    "stage/skus",
    "stage/lines",
    "stage/items",
    "stage/sides",
}
KEY = ["group_key", "sku"]
FLOWS = (("store", "warehouse"), ("store", "erp"))
SYSTEMS = ("store", "warehouse", "erp")


def measure(stage):
    stage.examined()
    shared, alone = compared_by(os.cpu_count()), compared_by(1)
    stage.tell(", ".join(f"{name} {each:.2f} s" for name, each in alone.most_common()))
    ours, whole = (sum(shared[name] for name in names) for names in (COMPARED, COMPARED | READ))
    began = time.perf_counter()
    found = {system: lines(system) for system in SYSTEMS}
    reading = time.perf_counter() - began
    size = f"{len(FLOWS)} × {len(found['store']):,} × {len(found['erp']):,} lines"
    yield Figure("compare step of order lines, one connection", sum(alone[name] for name in COMPARED), "s", size)
    for name, compare, frame in (
        ("pandas", datacompy.PandasCompare, pandas_frame),
        ("polars", datacompy.PolarsCompare, polars_frame),
    ):
        began = time.perf_counter()
        frames = {system: frame(rows) for system, rows in found.items()}
        loading, floor = reading + time.perf_counter() - began, compared(compare, frames)
        yield Figure(f"compare step of order lines, datacompy ({name})", ours, "s", size, goal=1, floor=floor)
        yield Figure(f"the same with reading, datacompy ({name})", whole, "s", size, floor=loading + floor)


def compared_by(workers):
    """Seconds by statement in a full run, of its leader and of the connection that laid lines side by side longest."""
    with timed() as seconds:
        as_of = Run.objects.latest("as_of").as_of
        reconcile(as_of=as_of, now=as_of, full=True, sharing=Sharing(workers=workers))
    if missed := (COMPARED | READ) - set().union(*seconds.values()):
        raise RuntimeError(f"the run did not time {missed}")
    leader = seconds[threading.get_ident()]
    longest = max(seconds.values(), key=lambda each: sum(each[name] for name in COMPARED))
    return leader if longest is leader else leader + longest


@contextmanager
def timed():
    """By thread, the seconds of the statements that read lines and lay them side by side."""
    seconds = defaultdict(Counter)

    def wrap(execute, sql, params, many, context):
        began = time.perf_counter()
        done = execute(sql, params, many, context)
        text = sql if isinstance(sql, str) else sql.as_string(context["connection"].connection)
        check = CHECK.search(text)
        name = check[1] if check else NAMES.get(text)
        if name in COMPARED | READ:
            seconds[threading.get_ident()][name] += time.perf_counter() - began
        return done

    def begin(connection, **_):
        if wrap not in connection.execute_wrappers:
            connection.execute_wrappers.append(wrap)

    connection_created.connect(begin)
    try:
        with connection.execute_wrapper(wrap):
            yield seconds
    finally:
        connection_created.disconnect(begin)


def lines(system):
    """Group, SKU, quantity and price of the lines of every current order of a system."""
    with connection.cursor() as cursor:
        cursor.execute(read_beside(__file__, "compare.sql"), {"system": system})
        return cursor.fetchall()


def pandas_frame(rows):
    return pandas.DataFrame(rows, columns=[*KEY, "quantity", "price"])


def polars_frame(rows):
    return polars.DataFrame(rows, schema=[*KEY, "quantity", "price"], orient="row")


def compared(compare, frames):
    """Seconds that it takes to say which lines of both flows differ."""
    logging.getLogger("datacompy").setLevel(logging.WARNING)
    began = time.perf_counter()
    for source, target in FLOWS:
        compare(frames[source], frames[target], join_columns=KEY, abs_tol=0.001).all_mismatch()
    return time.perf_counter() - began
