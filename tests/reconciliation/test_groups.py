from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciliation.groups import large_groups, regroup
from reconciliation.keys import record_key
from reconciliation.models import LedgerEntry, Link, Member, Touched
from reconciliation.own_words import link, unlink
from tests.reconciliation.conftest import feed, order, rows

pytestmark = pytest.mark.django_db
BEFORE = datetime(2026, 8, 1, tzinfo=UTC)


def day(n):
    return datetime(2026, 9, n, tzinfo=UTC)


def key(id, system="shop", type="order"):
    return record_key(type, system, id)


def together(*keys):
    found = Member.objects.filter(record__in=keys).values_list("group_key", flat=True)
    return len(found) == len(keys) and len(set(found)) == 1


def test_two_orders_that_share_a_sales_order_are_one_group(systems):
    feed(order("O-1", refs={"sales_order": " #so-1 "}), order("W-1", system="warehouse", refs={"sales_order": "SO-1"}))
    regroup(as_of=day(30), since=None)
    assert together(key("O-1"), key("W-1", "warehouse"))


def test_a_purchase_order_joins_nothing(systems):
    feed(order("O-1", refs={"purchase_order": "P"}), order("O-2", refs={"purchase_order": "P"}))
    regroup(as_of=day(30), since=None)
    assert not together(key("O-1"), key("O-2"))


def test_realms_keep_equal_numbers_apart(systems):
    feed(order("O-1", realm="uk"), order("O-2", realm="us"), order("O-3", realm="uk"))
    regroup(as_of=day(30), since=None)
    assert together(key("O-1"), key("O-3"))
    assert not together(key("O-1"), key("O-2"))


def test_a_late_record_joins_two_groups(systems):
    feed(order("O-1", refs={"sales_order": "A"}), order("O-2", refs={"order_number": "B"}))
    regroup(as_of=day(10), since=None)
    assert not together(key("O-1"), key("O-2"))
    feed(order("O-3", at="2026-09-11T00:00:00Z", refs={"sales_order": "A", "order_number": "B"}))
    regroup(as_of=day(12), since=day(10))
    assert together(key("O-1"), key("O-2"), key("O-3"))


def test_a_withdrawn_reference_splits_a_group(systems):
    feed(order("O-1"), order("O-2"))
    regroup(as_of=day(10), since=None)
    feed(order("O-2", at="2026-09-11T00:00:00Z", refs={}))
    regroup(as_of=day(12), since=day(10))
    assert not together(key("O-1"), key("O-2"))


def test_a_version_dated_ahead_joins_when_its_time_comes(systems):
    feed(order("O-1"), order("O-2", refs={}), order("O-2", at="2026-09-20T00:00:00Z"))
    regroup(as_of=day(10), since=None)
    Touched.objects.all().delete()
    assert not together(key("O-1"), key("O-2"))
    regroup(as_of=day(21), since=day(10))
    assert together(key("O-1"), key("O-2"))


def test_a_member_says_what_its_record_says_as_of_the_moment(systems):
    feed(order("O-1"), order("O-1", at="2026-09-11T00:00:00Z", number="other than before"))
    first, second = LedgerEntry.objects.order_by("at").values_list("content", flat=True)
    regroup(as_of=day(10), since=None)
    assert Member.objects.get().content == first
    regroup(as_of=day(12), since=day(10))
    assert Member.objects.get().content == second


def test_what_says_something_else_under_the_same_references_stays_where_it_is(systems):
    feed(order("O-1"), order("W-1", system="warehouse"), order("W-1", system="warehouse", at="2026-09-11T00:00:00Z"))
    feed(order("O-1", at="2026-09-11T00:00:00Z", status="cancelled"))
    regroup(as_of=day(10), since=None)
    moved = regroup(as_of=day(12), since=day(10))
    assert (moved, together(key("O-1"), key("W-1", "warehouse"))) == (1, True)
    with connection.cursor() as cursor:
        cursor.execute("select (select count(*) from settled), (select count(*) from moving)")
        assert cursor.fetchone() == (2, 0)


def test_what_changes_its_realm_alone_leaves_its_group(systems):
    feed(order("O-1"), order("O-2"))
    regroup(as_of=day(10), since=None)
    feed(order("O-2", at="2026-09-11T00:00:00Z", realm="uk"))
    regroup(as_of=day(12), since=day(10))
    assert not together(key("O-1"), key("O-2"))


def test_what_stays_is_taken_along_when_another_moves(systems):
    feed(order("O-1", refs={"sales_order": "A"}), order("O-2", refs={"sales_order": "A", "order_number": "B"}))
    feed(order("O-3", refs={"order_number": "B"}))
    regroup(as_of=day(10), since=None)
    later = {"at": "2026-09-11T00:00:00Z"}
    feed(
        order("O-3", refs={"order_number": "B"}, status="cancelled", **later),
        order("O-2", refs={"sales_order": "A"}, **later),
    )
    regroup(as_of=day(12), since=day(10))
    assert together(key("O-1"), key("O-2"))
    assert not together(key("O-2"), key("O-3"))


def test_a_link_made_or_undone_since_is_enough_to_move(systems):
    feed(order("O-1", refs={}), order("O-2", refs={}))
    regroup(as_of=day(10), since=None)
    Touched.objects.all().delete()
    made = link(key("O-1"), key("O-2"), by="ann")
    regroup(as_of=day(12), since=day(10))
    assert together(key("O-1"), key("O-2"))
    unlink(made.id, at=day(13))
    regroup(as_of=day(14), since=day(12))
    assert not together(key("O-1"), key("O-2"))


def test_a_persons_link_joins_until_it_is_undone(systems):
    feed(order("O-1", refs={}), order("O-2", refs={}))
    link = Link.objects.create(record=key("O-1"), other=key("O-2"), made_by="ann")
    regroup(as_of=day(10), since=None)
    assert together(key("O-1"), key("O-2"))
    link.undone_at = day(11)
    link.save()
    regroup(as_of=day(12), since=None)
    assert not together(key("O-1"), key("O-2"))


def test_an_outcome_goes_with_the_record_it_speaks_of_and_joins_none(systems):
    said = {"type": "outcome", "system": "ipaas", "at": "2026-09-02T00:00:00Z", "flow": "orders", "result": "failed"}
    feed(order("O-1"), said | {"id": "1", "record": {"type": "order", "id": "O-1", "refs": {"sales_order": "SO-9"}}})
    feed(order("O-9", refs={"sales_order": "SO-9"}))
    regroup(as_of=day(10), since=None)
    assert together(key("O-1"), key("1", "ipaas", "outcome"))
    assert not together(key("O-1"), key("O-9"))


numbers = st.builds(
    lambda id, hour, refs, said: order(f"O-{id}", at=f"2026-09-02T{hour:02}:00:00Z", refs=refs, **said),
    st.integers(1, 6),
    st.integers(0, 20),
    st.dictionaries(st.sampled_from(["sales_order", "rma"]), st.sampled_from("ABCD"), max_size=2),
    st.sampled_from([{}, {"status": "cancelled"}, {"realm": "uk"}]),
)


class Undone(Exception):
    pass


def members_after(batches, *, stepwise):
    try:
        with transaction.atomic():
            since = None
            for number, batch in enumerate(batches, 3):
                feed(*batch)
                if stepwise:
                    regroup(as_of=day(number), since=since)
                    Touched.objects.all().delete()
                    since = day(number)
            if not stepwise:
                regroup(as_of=day(30), since=None)
            found = rows("member")
            raise Undone
    except Undone:
        return found


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(numbers, min_size=1, max_size=5), min_size=1, max_size=4))
def test_step_by_step_the_groups_are_those_of_one_regrouping(systems, batches):
    assert members_after(batches, stepwise=True) == members_after(batches, stepwise=False)


def test_a_group_that_is_too_large_names_what_glues_it(systems):
    feed(*(order(f"O-{n}", refs={"sales_order": "walk-in", "order_number": f"N-{n}"}) for n in range(5)), order("P-1"))
    regroup(as_of=day(30), since=None)
    (found,) = large_groups(more_than=4)
    assert (found.records, found.scheme, found.value, found.carried) == (5, "sales_order", "walk-in", 5)
    assert large_groups(more_than=5) == []
