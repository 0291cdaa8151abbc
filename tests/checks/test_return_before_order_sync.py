import pytest

SUBJECT = "return:portal:R-1"
TO_PORTAL = """
[[flows]]
key = "to-portal"
record = "order"
source = "front"
target = "portal"
cadence = "5m"
grace = "1d"
only = { channel = ["b2b"] }
"""


def waiting(brand, status="requested", said=5, **fields):
    brand.rewire(more=TO_PORTAL)
    brand.everywhere(channel="b2b")
    brand.returned(said=said, status=status, **fields)


def test_at_once_until_the_portal_knows_the_order(brand):
    waiting(brand)
    assert brand.found("return_before_order_sync", 5) == {SUBJECT: ("20.00", "GBP")}
    case = brand.case("return_before_order_sync")
    assert case.flow == "to-portal"
    assert case.title == "Return R-1 of £20.00 waits: portal does not know order front-1"
    assert {
        "field": "order",
        "expected": "order:front:front-1",
        "expected_from": "front",
        "actual": "none",
    }.items() <= (case.evidence[0].items())
    brand.order(system="portal", said=6)
    assert brand.found("return_before_order_sync", 6) == {}


def test_turned_down_for_the_order_and_for_nothing_else(brand):
    waiting(brand, status="rejected", rejection_reason="ORDER_NOT_FOUND")
    assert list(brand.found("return_before_order_sync", 5)) == [SUBJECT]
    brand.returned(said=6, status="rejected", rejection_reason="outside_terms")
    assert brand.found("return_before_order_sync", 6) == {}
    brand.returned(said=7, status="rejected")
    assert brand.found("return_before_order_sync", 7) == {}


@pytest.mark.parametrize("status", ["authorised", "received", "cancelled", "who knows"])
def test_a_return_that_moved_on_waits_no_more(brand, status):
    waiting(brand, status=status)
    assert brand.found("return_before_order_sync", 6) == {}


def test_even_a_cancelled_order_in_the_portal_is_known_and_a_cancelled_one_in_the_source_not_due(brand):
    waiting(brand)
    brand.order(system="portal", said=5, status="cancelled")
    assert brand.found("return_before_order_sync", 6) == {}
    brand.take("order", "portal", "portal-1", 7, deleted=True)
    assert list(brand.found("return_before_order_sync", 7)) == [SUBJECT]
    brand.everywhere(said=8, status="cancelled", channel="b2b")
    assert brand.found("return_before_order_sync", 8) == {}


def test_an_order_that_does_not_travel_on_the_flow_is_not_waited_for(brand):
    waiting(brand)
    brand.order(said=6, channel="retail")
    assert brand.found("return_before_order_sync", 6) == {}


def test_a_portal_that_never_sent_an_order_gives_no_verdict(brand):
    swap = '[[systems]]\nkey = "swap"\nkind = "swap"\nauthority = ["return"]\n'
    brand.rewire(more=swap + TO_PORTAL.replace('"portal"', '"swap"'))
    brand.everywhere(channel="b2b")
    brand.returned(said=5, status="requested", system="swap")
    assert brand.found("return_before_order_sync", 6) == {}
    brand.order("Y", system="swap", said=7)
    assert list(brand.found("return_before_order_sync", 7)) == ["return:swap:R-1"]


def test_of_the_kinds_for_an_absent_copy_only_a_refused_backorder_comes_first(brand):
    waiting(brand)
    brand.outcome("to-portal", code="validation")
    assert list(brand.found("return_before_order_sync", 48)) == [SUBJECT]
    assert brand.found("sync_failure", 48) == brand.found("order_missing_downstream", 48) == {}
    brand.outcome("to-portal", code="out_of_stock", said=49)
    assert list(brand.found("backorder_rejected", 49)) == ["order:front:front-1>portal"]
    assert brand.found("return_before_order_sync", 49) == {}
