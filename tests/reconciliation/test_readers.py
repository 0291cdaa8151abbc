"""A feed read by processes side by side ends where one process ends, and in the same order."""

import io
import os
import signal
from datetime import UTC, datetime, timedelta
from multiprocessing import active_children
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from reconciliation import batches
from reconciliation.incoming import copy_text
from reconciliation.intake import take_in
from reconciliation.models import RejectedLine, Version
from reconciliation.projection import COLUMNS
from reconciliation.readers import ReaderFailed
from reconciliation.topology import load
from tests.reconciliation.conftest import COMPARED, rows

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
INSTANT = st.integers(-62_000_000_000, 253_000_000_000).map(
    lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=seconds % 10**6)
)
EXACT = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)


@pytest.fixture
def brand(monkeypatch):
    """A brand whose lines are many batches."""
    monkeypatch.setattr(batches, "LINES", 60)
    brand = sample_brand(MOMENT, orders=60, times=1)
    load(brand.topology)
    return brand


def taken_in(lines, readers, progress=lambda receipt: None):
    stream = io.BytesIO("\n".join(lines).encode())
    return take_in(read_lines(stream), source="t", clock=lambda: MOMENT, readers=readers, progress=progress)


def test_readers_store_what_one_process_stores_in_the_order_of_the_lines(brand):
    alone = taken_in(brand.lines, 0)
    stored, arrived = {table: rows(table) for table in COMPARED}, arrivals()
    forget()
    beside = taken_in(brand.lines, 3)
    assert (alone.accepted, alone.unchanged, alone.superseded, alone.rejected) == (
        beside.accepted,
        beside.unchanged,
        beside.superseded,
        beside.rejected,
    )
    assert [refusal.number for refusal in beside.refusals] == [refusal.number for refusal in alone.refusals]
    assert {table: rows(table) for table in COMPARED} == stored
    assert arrivals() == arrived
    assert RejectedLine.objects.count() == 3


def test_what_came_before_is_counted_and_stored_no_more(brand):
    lines = list(dict.fromkeys(brand.lines))
    first = taken_in(lines, 0)
    again = taken_in(lines, 2)
    assert again.unchanged == first.accepted + first.superseded
    assert (again.accepted, again.superseded, again.rejected) == (0, 0, first.rejected)


def test_a_reader_that_is_killed_ends_the_ingest_and_keeps_what_is_counted(brand):
    counted = []

    def kill(receipt):
        counted.append(receipt.accepted + receipt.superseded)
        for process in active_children():
            os.kill(process.pid, signal.SIGKILL)

    with pytest.raises(ReaderFailed, match="has ended"):
        taken_in(brand.lines, 2, kill)
    assert Version.objects.count() == counted[-1] > 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(TEXT, EXACT, INSTANT, st.binary(), st.one_of(st.none(), st.booleans()))
def test_copy_reads_what_was_written(db, text, number, instant, data, flag):
    row, key = (text, number, instant, data, flag), uuid4()
    with connection.cursor() as cursor:
        cursor.execute("create temp table written (t text, n numeric, i timestamptz, b bytea, f boolean, k uuid)")
        with cursor.copy("copy written from stdin") as copy:
            copy.write(copy_text((*row, key)))
        cursor.execute("select * from written")
        found = cursor.fetchone()
        cursor.execute("drop table written")
    assert (found[0], found[1], found[2], bytes(found[3]), *found[4:]) == (*row, key)


def arrivals():
    """The versions in the order in which they came; how far apart is nobody's business."""
    return list(Version.objects.order_by("arrived_at").values_list("version", flat=True))


def forget():
    tables = {*COMPARED, *COLUMNS, "touched", "rejected_line", "stored_batch"}
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {', '.join(tables)} cascade")
