import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.lines import read_lines
from reconciliation.batches import Batch
from reconciliation.incoming import Before, read
from reconciliation.intake import _store_at_once, known_topology
from reconciliation.models import FirstSent, LedgerEntry, OrderLine, RejectedLine, Touched, Version
from tests.reconciliation.conftest import ARRIVAL, COMPARED, feed, order, rows

pytestmark = pytest.mark.django_db


def counts(receipt):
    return receipt.accepted, receipt.unchanged, receipt.superseded, receipt.rejected


def reigns():
    return list(LedgerEntry.objects.order_by("at", "hash").values_list("at", "until", "changed_at"))


def day(n):
    return datetime(2026, 9, n, tzinfo=UTC)


def test_a_line_is_kept_as_it_came(systems):
    line = (
        '{"type":"order", "system":"shop","id":7,"at":"2026-09-01T00:00:00Z",'
        '"status":"open","placed_at":"2026-09-01T00:00:00Z","total":1.50}'
    )
    assert counts(feed(line)) == (1, 0, 0, 0)
    assert Version.objects.get().raw == line
    assert LedgerEntry.objects.get().id == "7"


def test_the_same_line_twice_changes_nothing(systems):
    feed(order())
    before = {table: rows(table) for table in COMPARED}
    assert counts(feed(order(), order())) == (0, 2, 0, 0)
    assert {table: rows(table) for table in COMPARED} == before


def test_nothing_new_touches_nothing(systems):
    feed(order())
    Touched.objects.all().delete()
    feed(order())
    assert not Touched.objects.exists()


def test_an_older_line_goes_into_the_history(systems):
    feed(order(at="2026-09-03T00:00:00Z", status="fulfilled"))
    assert counts(feed(order(at="2026-09-02T00:00:00Z"))) == (0, 0, 1, 0)
    assert reigns() == [(day(2), day(3), day(2)), (day(3), None, day(3))]


def test_notes_and_tracking_do_not_count_as_a_change(systems):
    feed(order(at="2026-09-02T00:00:00Z"), order(at="2026-09-03T00:00:00Z", notes="call first"))
    assert reigns() == [(day(2), day(3), day(2)), (day(3), None, day(2))]
    assert OrderLine.objects.count() == 1


def test_a_late_version_between_two_equal_ones_breaks_their_run(systems):
    feed(order(at="2026-09-02T00:00:00Z"), order(at="2026-09-04T00:00:00Z"))
    feed(order(at="2026-09-03T00:00:00Z", status="cancelled"))
    assert [changed for _, _, changed in reigns()] == [day(2), day(3), day(4)]


def test_of_two_versions_at_one_moment_one_reigns_whichever_came_first(systems):
    one, other = order(status="open"), order(status="released")
    feed(one)
    feed(other)
    assert [at == until for at, until, _ in reigns()] == [True, False]


def test_a_withdrawn_record_ends_and_may_come_back(systems):
    gone = {"type": "order", "system": "shop", "id": "O-1", "at": "2026-09-03T00:00:00Z", "deleted": True}
    feed(order(at="2026-09-02T00:00:00Z"), gone, order(at="2026-09-04T00:00:00Z"))
    contents = LedgerEntry.objects.order_by("at").values_list("content", flat=True)
    assert contents[0] == contents[2] is not None
    assert contents[1] is None
    assert reigns()[2][2] == day(4)


def test_a_bad_line_is_refused_alone_and_kept(systems):
    receipt = feed(order(), order(id="O-2", status=None), b"not json", order(id="O-3"))
    assert counts(receipt) == (2, 0, 0, 2)
    assert [refusal.number for refusal in receipt.refusals] == [2, 3]
    assert RejectedLine.objects.count() == 2
    assert RejectedLine.objects.get(record_id="O-2").field == "status"


@pytest.mark.parametrize("gone", [{}, {"deleted": True}])
def test_a_line_named_by_half_a_character_is_refused_alone(systems, gone):
    receipt = feed(order(), order(id="O-\ud800", **gone), order(id="O-3"))
    assert counts(receipt) == (2, 0, 0, 1)
    assert [(refusal.number, refusal.code) for refusal in receipt.refusals] == [(2, "lone_surrogate")]
    assert RejectedLine.objects.get().record_id is None


def test_quantities_are_exact(systems):
    feed(order(lines=[{"sku": "A", "quantity": "0.1"}, {"sku": "B", "quantity": "12345678901234567890.123456789"}]))
    quantities = set(OrderLine.objects.values_list("quantity", flat=True))
    assert quantities == {Decimal("0.1"), Decimal("12345678901234567890.123456789")}


def test_the_first_of_a_type_is_remembered_at_its_earliest(systems):
    feed(order(at="2026-09-03T00:00:00Z"))
    feed(order(at="2026-09-02T00:00:00Z", id="O-9"))
    assert FirstSent.objects.get().at == day(2)


STATUSES = ["open", "released", "cancelled"]
versions = st.builds(
    lambda id, hour, status, notes, ref: order(
        id=f"O-{id}", at=f"2026-09-01T0{hour}:00:00Z", status=status, notes=notes, refs={"sales_order": f"SO-{ref}"}
    ),
    st.integers(1, 2),
    st.integers(0, 3),
    st.sampled_from(STATUSES),
    st.sampled_from([None, "a", "b"]),
    st.integers(1, 2),
)


class Undone(Exception):
    pass


def state_after(batches):
    """The rows that the batches leave behind, in a database that forgets them again."""
    try:
        with transaction.atomic():
            for batch in batches:
                feed(*batch)
            state = {table: rows(table) for table in COMPARED}
            raise Undone
    except Undone:
        return state


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(versions, min_size=1, max_size=8), data=st.data())
def test_any_order_repetition_and_split_ends_in_the_same_ledgers(systems, lines, data):
    shuffled = data.draw(st.permutations(lines + data.draw(st.lists(st.sampled_from(lines), max_size=3))))
    cut = data.draw(st.integers(0, len(shuffled)))
    assert state_after([lines]) == state_after([shuffled[:cut], shuffled[cut:]])


def test_a_record_that_another_intake_was_faster_with_is_new_no_more(systems):
    ours = [order(at="2026-09-03T00:00:00Z"), order(id="O-2"), order(at="2026-09-01T00:00:00Z", status="released")]
    theirs = [order(at="2026-09-02T00:00:00Z"), order(at="2026-09-04T00:00:00Z", status="cancelled")]
    expected = state_after([theirs, ours])
    unheard = Before(heard=lambda keys: set(), stored=lambda keys: set())
    lines = list(read_lines(io.BytesIO("\n".join(map(json.dumps, ours)).encode())))
    incoming = read(lines, known_topology(), unheard, "test", ARRIVAL)
    feed(*theirs)
    assert counts(_store_at_once(incoming, Batch(lines, ARRIVAL))) == (1, 0, 2, 0)
    assert {table: rows(table) for table in COMPARED} == expected
