import pytest

SUBJECT = "return:portal:R-1"


def ordered_and_returned(brand, **fields):
    brand.everywhere()
    brand.returned(said=5, status="requested", **fields)


def test_at_once_until_something_goes_out(brand):
    ordered_and_returned(brand)
    assert brand.found("return_before_fulfilment", 5) == {SUBJECT: ("20.00", "GBP")}
    said = [(p["field"], p["actual"], p["actual_from"]) for p in brand.case("return_before_fulfilment").evidence]
    assert said == [("dispatched", "nothing", "every dispatching system"), ("status", "open", "order:front:front-1")]
    brand.shipped(said=6, quantity=1)
    assert brand.found("return_before_fulfilment", 6) == {}


@pytest.mark.parametrize("status", ["part_fulfilled", "fulfilled", "closed"])
def test_an_order_that_says_goods_went_out_is_believed(brand, status):
    ordered_and_returned(brand)
    brand.order(said=6, status=status)
    assert brand.found("return_before_fulfilment", 6) == {}


def test_a_cancelled_order_sends_nothing_and_an_unmapped_status_says_nothing(brand):
    ordered_and_returned(brand)
    brand.everywhere(said=6, status="cancelled")
    assert list(brand.found("return_before_fulfilment", 6)) == [SUBJECT]
    brand.everywhere(said=7, status="in limbo")
    assert brand.found("return_before_fulfilment", 7) == {}


def test_pending_or_from_a_system_that_does_not_dispatch_is_nothing_sent(brand):
    ordered_and_returned(brand)
    brand.shipped(said=6, status="pending")
    brand.take("fulfilment", "shop", "SF-1", 6, status="dispatched", refs={"sales_order": "SO-1"})
    assert list(brand.found("return_before_fulfilment", 7)) == [SUBJECT]


def test_a_return_turned_down_and_one_without_an_order_are_none(brand):
    ordered_and_returned(brand)
    brand.returned(said=6, status="rejected")
    brand.returned(2, said=6, status="requested", refs={"rma": "RMA-2"})
    assert brand.found("return_before_fulfilment", 7) == {}


def test_of_one_rma_twice_in_the_portal_the_earliest_speaks_and_a_copy_does_not(brand):
    ordered_and_returned(brand)
    brand.returned(2, said=6, status="requested", refs={"sales_order": "SO-1", "rma": "RMA-1"})
    brand.take(
        "return", "shop", "SR-1", 6, status="authorised", requested_at="2025-09-01T18:00:00Z", refs={"rma": "RMA-1"}
    )
    assert list(brand.found("return_before_fulfilment", 7)) == [SUBJECT]


def test_dispatching_systems_that_never_spoke_give_no_verdict(brand):
    brand.rewire('source = "warehouse"\ntarget = "shop"', 'source = "ipaas"\ntarget = "shop"')
    ordered_and_returned(brand)
    assert brand.found("return_before_fulfilment", 6) == {}
    brand.take("fulfilment", "ipaas", "F-0", 7, status="pending")
    assert list(brand.found("return_before_fulfilment", 7)) == [SUBJECT]


def test_a_portal_that_lacks_the_order_tells_it_better(brand):
    brand.rewire('target = "shop"\ncadence = "5m"', 'target = "portal"\ncadence = "5m"')
    ordered_and_returned(brand)
    assert brand.found("return_before_fulfilment", 6) == {}
    assert list(brand.found("return_before_order_sync", 6)) == [SUBJECT]
    brand.returned(said=7, status="authorised")
    assert list(brand.found("return_before_fulfilment", 7)) == [SUBJECT]


def test_where_no_flow_brings_fulfilments_and_nobody_ever_sent_one_nothing_is_known(brand):
    flow = (
        '[[flows]]\nkey = "shipments"\nrecord = "fulfilment"\nsource = "warehouse"\ntarget = "shop"\ncadence = "30m"\n'
    )
    brand.rewire(flow + 'grace = "2h"\n')
    brand.order(placed=-990, said=-990)
    brand.returned(said=-980, status="authorised")
    assert brand.found("return_before_fulfilment", -901) == {}
    assert list(brand.found("return_before_fulfilment", -900)) == ["return:portal:R-1"]
