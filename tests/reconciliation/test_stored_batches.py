"""A batch that is stored is not read again, and nobody can tell from what is counted or stored."""

import io
import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.lines import RawLine, read_lines
from reconciliation import batches, incoming, intake
from reconciliation.batches import by_content, cut
from reconciliation.models import LedgerEntry, RejectedLine, StoredBatch, System, Touched
from tests.reconciliation.conftest import COMPARED, feed, order, rows

pytestmark = pytest.mark.django_db
FEW = 8


@pytest.fixture(autouse=True)
def small_batches(systems, monkeypatch):
    monkeypatch.setattr(batches, "LINES", FEW)


def orders(count):
    return [order(id=f"O-{number}") for number in range(count)]


def counts(receipt):
    return receipt.accepted, receipt.unchanged, receipt.superseded, receipt.rejected


def raw_lines(values):
    return list(read_lines(io.BytesIO("\n".join(map(json.dumps, values)).encode())))


def test_the_same_lines_again_are_counted_and_not_read(monkeypatch):
    feed(*orders(100))
    Touched.objects.all().delete()
    monkeypatch.setattr(incoming, "open_line", None)
    assert counts(feed(*orders(100))) == (0, 100, 0, 0)
    assert not Touched.objects.exists()


def test_what_is_forgotten_is_read_again_and_remembered_again():
    feed(*orders(100))
    before = set(StoredBatch.objects.values_list("digest", flat=True))
    StoredBatch.objects.all().delete()
    assert counts(feed(*orders(100))) == (0, 100, 0, 0)
    assert set(StoredBatch.objects.values_list("digest", flat=True)) == before


def test_a_line_more_at_the_top_moves_the_ends_of_few_batches():
    before = {tuple(line.raw for line in batch) for batch in cut(raw_lines(orders(400)), by_content)}
    after = [tuple(line.raw for line in batch) for batch in cut(raw_lines([order(id="X"), *orders(400)]), by_content)]
    assert len(after) > 400 / FEW
    assert len([batch for batch in after if batch not in before]) < 12


def test_a_new_line_among_stored_ones_is_stored():
    feed(*orders(100))
    grown = orders(100)
    grown.insert(50, order(id="NEW"))
    assert counts(feed(*grown)) == (1, 100, 0, 0)
    assert LedgerEntry.objects.filter(id="NEW").exists()


def test_refused_lines_are_told_again_under_the_number_that_they_have_now():
    lines = orders(40)
    lines[10] = order(id="BAD", status=None)
    feed(*lines)
    RejectedLine.objects.all().delete()
    again = feed(*lines)
    assert counts(again) == (0, 39, 0, 1)
    assert [(refusal.number, refusal.field) for refusal in again.refusals] == [(11, "status")]
    assert RejectedLine.objects.get().record_id == "BAD"


def test_another_topology_has_every_line_read_again():
    lines = [order(id=f"O-{number}", system="portal") for number in range(40)]
    feed(*lines)
    System.objects.filter(key="portal").delete()
    assert counts(feed(*lines)) == (0, 0, 0, 40)


def test_what_fails_to_be_stored_is_not_remembered(monkeypatch):
    monkeypatch.setattr(intake, "_store_rows", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        feed(*orders(40))
    assert not StoredBatch.objects.exists()


def test_few_lines_are_not_worth_remembering(monkeypatch):
    monkeypatch.setattr(batches, "LINES", 8 * FEW)
    feed(*orders(FEW - 1))
    assert not StoredBatch.objects.exists()


@given(st.lists(st.binary(min_size=1, max_size=9), max_size=60))
def test_batches_hold_every_line_once_and_in_order(lines):
    stream = [RawLine(number, line, line) for number, line in enumerate(lines)]
    found = list(cut(iter(stream), by_content))
    assert [line for batch in found for line in batch] == stream
    assert all(0 < len(batch) <= FEW for batch in found)


LINES = st.builds(
    lambda id, hour, status: order(id=f"O-{id}", at=f"2026-09-01T0{hour}:00:00Z", status=status),
    st.integers(1, 9),
    st.integers(0, 2),
    st.sampled_from(["open", "released", None]),
)


class Undone(Exception):
    pass


def told(feeds, forgetting):
    """What is counted of each feed and stored of all, in a database that forgets them again."""
    try:
        with transaction.atomic():
            said = []
            for lines in feeds:
                receipt = feed(*lines)
                said.append((counts(receipt), [refusal.number for refusal in receipt.refusals]))
                if forgetting:
                    StoredBatch.objects.all().delete()
            kept = {table: rows(table) for table in COMPARED}
            marks = list(Touched.objects.order_by("record").values_list("record", "mark"))
            raise Undone
    except Undone:
        return said, kept, marks


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(LINES, min_size=1, max_size=30), data=st.data())
def test_stored_batches_change_no_count_and_no_row(lines, data):
    """Feeds with the same lines, some more, some fewer, in another order, cut anywhere."""
    feeds = [lines]
    for _ in range(3):
        again = data.draw(st.sampled_from([lines, lines[1:], lines[3:] + lines[:3], data.draw(st.permutations(lines))]))
        feeds.append(again + data.draw(st.lists(LINES, max_size=3)))
    assert told(feeds, forgetting=False) == told(feeds, forgetting=True)
