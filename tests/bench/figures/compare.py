"""The comparison of order lines alone, beside datacompy on the same rows, which it has in memory."""

import logging
import time
from collections import Counter
from contextlib import contextmanager

import datacompy
import pandas
import polars
from django.db import connection

from exceptions.reconciling import reconcile
from reconciliation.models import Run
from tests.bench.plans import CHECK, NAMES
from tests.bench.report import Figure
from tests.bench.stage import read_beside

LEFT_OUT = {
    "plain/systems",
    "plain/members",
    "plain/groups",
    "plain/doubtful",
    "plain/portions",
    "runner/uneven",
}  # what agrees anyway
COMPARED = LEFT_OUT | {"stage/pairs", "quantity_mismatch", "pack_size_mismatch", "price_mismatch"}
KEY = ["group_key", "sku"]
FLOWS = (("store", "warehouse"), ("store", "erp"))


def measure(stage):
    stage.examined()
    with timed() as seconds:
        as_of = Run.objects.latest("as_of").as_of
        reconcile(as_of=as_of, now=as_of, full=True)
    ours = sum(seconds.values())
    stage.tell(", ".join(f"{name} {each:.2f} s" for name, each in seconds.most_common()))
    found = {system: lines(system) for system in ("store", "warehouse", "erp")}
    size = f"{len(FLOWS)} × {len(found['store']):,} × {len(found['erp']):,} lines"
    for name, compare, frame in (
        ("pandas", datacompy.PandasCompare, pandas_frame),
        ("polars", datacompy.PolarsCompare, polars_frame),
    ):
        floor = compared(compare, {system: frame(rows) for system, rows in found.items()})
        yield Figure(f"compare step of order lines, datacompy ({name})", ours, "s", size, goal=1, floor=floor)


@contextmanager
def timed():
    """Seconds of the statements that lay lines side by side and find which differ; of a run that does all else too."""
    seconds = Counter()

    def wrap(execute, sql, params, many, context):
        began = time.perf_counter()
        done = execute(sql, params, many, context)
        text = sql if isinstance(sql, str) else sql.as_string(connection.connection)
        check = CHECK.search(text)
        name = check[1] if check else NAMES.get(text)
        if name in COMPARED:
            seconds[name] += time.perf_counter() - began
        return done

    with connection.execute_wrapper(wrap):
        yield seconds
    if set(seconds) != COMPARED:
        raise RuntimeError(f"the run did not time {COMPARED - set(seconds)}")


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
