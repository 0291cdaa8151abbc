"""Plans of every statement of an incremental run over a large brand, written to docs/plans."""

import os
from pathlib import Path
from time import monotonic

import pytest
from django.db import connection

from exceptions.reconciling import reconcile
from tests.bench.brand import MOMENT, a_days_news, grow
from tests.bench.plans import Explained, write

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
ORDERS = int(os.environ.get("PLANS_ORDERS", "200000"))
NEWS = 500
FOLDER = Path(__file__).parents[2] / "docs" / "plans"
COUNTED = ("ledger", "reference", "order_line", "member", "finding")


def test_plans_of_an_incremental_run():
    grow(ORDERS)
    began = monotonic()
    full = reconcile(as_of=MOMENT, now=MOMENT).report
    write_plans(full.run.groups, monotonic() - began)


def write_plans(groups, full_seconds):
    """Runs a day's news with the plans of its statements, and a second day's without, for its time."""
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    explained, moment = Explained(), a_days_news(NEWS)
    with connection.execute_wrapper(explained):
        reconcile(as_of=moment, now=moment)
    moment = a_days_news(NEWS, seed=2, day=2)
    began = monotonic()
    report = reconcile(as_of=moment, now=moment).report
    seconds = monotonic() - began
    assert not report.full
    write(FOLDER, explained.plans, head(groups, full_seconds, report.run.groups, seconds))


def head(groups, full_seconds, changed, seconds):
    rows = ", ".join(f"{count(table):,} in {table}" for table in COUNTED)
    return (
        f"Measured over {groups:,} order groups ({rows}). A run over everything took {full_seconds:.0f} s, one over\n"
        f"{changed:,} changed groups {seconds:.1f} s, on a busy machine. Times are those of a\n"
        "whole statement; of one that ran several times the slowest is shown.\n\n"
        "Made by `make plans`; `PLANS_ORDERS` says how many orders, 200,000 unless told."
    )


def count(table):
    with connection.cursor() as cursor:
        cursor.execute("select reltuples::bigint from pg_class where oid = %s::regclass", [table])
        return cursor.fetchone()[0]
