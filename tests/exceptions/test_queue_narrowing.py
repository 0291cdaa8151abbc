"""The queue narrowed: chips that say by what, and groups of one error."""

import pytest
from django.http import QueryDict

from exceptions.queue.cases import queue_page
from exceptions.queue.chips import chips
from exceptions.queue.grouped import grouped
from exceptions.queue.saved_views import Tab
from tests.exceptions.people import NOW, case, someone

pytestmark = pytest.mark.django_db


def failed(subject, words, **fields):
    piece = {"field": "result", "expected": "success", "actual": f"failed {words}"}
    return case(subject, kind="sync_failure", evidence=[piece], **fields)


def test_the_same_error_about_two_orders_is_one_group():
    ann = someone("ann", "agent", team="finance")
    failed("order:shop:1", "validation SKU HP-100 is unknown", amount="5.00", currency="GBP")
    failed("order:shop:2", "validation SKU HP-207 is unknown", amount="7.00", currency="GBP")
    failed("order:shop:3", "timeout")
    case("order:shop:4", evidence=[{"field": "total", "expected": "1", "actual": "2"}])
    found = grouped({"group": "error"}, "error", ann, at=NOW)
    told = {group.label: (group.cases, group.amounts) for group in found}
    assert told.keys() == {"validation SKU … is unknown", "timeout", "no error is told"}
    assert [str(amount) for amount, _ in told["validation SKU … is unknown"][1]] == ["12.00"]
    (rest,) = [group for group in found if group.label == "no error is told"]
    assert [c.subject for c in queue_page(QueryDict(rest.query).dict(), ann).cases] == ["order:shop:4"]
    (same,) = [group for group in found if group.cases == 2]
    assert {c.subject for c in queue_page(QueryDict(same.query).dict(), ann).cases} == {"order:shop:1", "order:shop:2"}


@pytest.mark.parametrize(
    ("piece", "error"),
    [
        ({"field": "rejection_reason", "expected": "none", "actual": "unknown_sku"}, "unknown_sku"),
        ({"field": "at", "expected": "as agreed", "actual": "wrong_shape: at is 5"}, "wrong_shape: at is …"),
        ({"field": "result", "expected": "success", "actual": "failed"}, None),
        ({"field": "last outcome", "expected": "success", "actual": "none"}, None),
        ({"field": "last outcome", "expected": "success", "actual": "skipped on_hold"}, None),
        ({"field": "result", "expected": "success", "actual": "failed " + "long " * 90}, ("long " * 40).strip()),
    ],
)
def test_what_counts_as_an_error(piece, error):
    known = case(evidence=[piece])
    known.refresh_from_db()
    assert known.error == error


def test_each_chip_takes_away_what_it_names_and_leaves_the_rest():
    asked = {"kind": "sync_failure", "team": "ops", "q": 'age:>3d "two words" amount:x', "after": "abc", "sku": "HP-1"}
    found = chips(asked, queue_page(asked, at=NOW))
    without = {chip.words: QueryDict(chip.without).dict() for chip in found}
    rest = {key: value for key, value in asked.items() if key != "after"}
    assert without["Kind: The integration reports a failure"] == {k: v for k, v in rest.items() if k != "kind"}
    assert without["SKU: HP-1"] == {k: v for k, v in rest.items() if k != "sku"}
    assert without["age:>3d"]["q"] == '"two words" amount:x'
    assert [chip.problem for chip in found if chip.words == "amount:x"] == ["an amount is written >500 or <=20.50EUR"]


def test_an_empty_queue_says_whether_the_feeds_are_fresh(client):
    client.force_login(someone("ann", "agent", team="finance").user)
    assert "Nothing open here." in client.get("/queue").content.decode()


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (10_000, "10,000"), (10_001, "10,000+"), (1_240_000, "10,000+")]
)
def test_a_tab_counts_to_ten_thousand(number, shown):
    assert Tab("open", "All open", "view=open", number).count_label == shown
