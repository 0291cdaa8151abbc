import pytest

SUBJECT = "stock_movement:warehouse:M-1"
RETURN_TO_ERP = """
[[flows]]
key = "returns-onward"
record = "return"
source = "shop"
target = "erp"
cadence = "1h"
grace = "4h"
"""


@pytest.fixture(autouse=True)
def sold(brand):
    brand.everywhere(status="closed")
    brand.shipped()


def inspected(brand, moment="2025-09-05T16:00:00Z", said=110, system="portal", **fields):  # hour 100
    brand.returned(said=said, system=system, status="inspected", inspected_at=moment, **fields)


def test_a_second_before_the_inspection_and_in_its_second(brand):
    inspected(brand)
    brand.moved(4, "M-1", 100 - 1 / 3600)
    brand.moved(4, "M-2", 100)
    assert brand.found("premature_restock", 120) == {SUBJECT: ("20.00", "GBP")}


@pytest.mark.parametrize("status", ["requested", "authorised", "in_transit", "rejected", "cancelled"])
def test_what_has_not_arrived_at_once(brand, status):
    brand.returned(status=status)
    brand.moved(4, said=105)
    assert brand.found("premature_restock", 105 - 1 / 3600) == {}
    assert brand.found("premature_restock", 105) == {SUBJECT: ("20.00", "GBP")}
    brand.returned(said=106, status="received")
    assert brand.found("premature_restock", 106) == {}


def test_received_and_not_inspected_only_where_anybody_inspects(brand):
    brand.returned(status="received")
    brand.moved(4)
    assert brand.found("premature_restock", 106) == {}
    brand.returned(9, system="shop", said=107, refs={"rma": "RMA-9"}, inspected_at="2025-09-05T20:00:00Z")
    assert brand.found("premature_restock", 107) == {}
    brand.returned(1, system="shop", said=108)
    assert brand.found("premature_restock", 108) == {SUBJECT: ("20.00", "GBP")}
    inspected(brand, said=109)
    assert brand.found("premature_restock", 109) == {}


def test_the_inspection_may_stand_on_a_copy(brand):
    inspected(brand, "2025-09-06T12:00:00Z")
    brand.moved(4, said=105)
    assert SUBJECT in brand.found("premature_restock", 121)
    inspected(brand, system="shop", said=122)
    assert brand.found("premature_restock", 122) == {}


@pytest.mark.parametrize("reason", ["return_initiated", "return_in_transit"])
def test_its_own_reason_says_so_even_of_a_return_that_nobody_knows(brand, reason):
    inspected(brand)
    brand.moved(4, "M-1", reason=reason)
    brand.moved(4, "M-2", reason=reason, refs={"rma": "RMA-404"})
    brand.moved(4, "M-3", reason=reason, refs={})
    brand.moved(4, "M-4", reason="return_received")
    found = {SUBJECT: ("20.00", "GBP"), "stock_movement:warehouse:M-2": (None, None)}
    assert brand.found("premature_restock", 121) == found | {"stock_movement:warehouse:M-3": (None, None)}


def test_out_of_stock_and_into_quarantine_nothing_is_sold(brand):
    brand.returned(status="in_transit")
    brand.moved(-4, "M-1", reason="return_initiated")
    brand.moved(4, "M-2", condition="quarantine")
    brand.moved(4, "M-3", refs={"sales_order": "SO-1"})
    assert brand.found("premature_restock", 121) == {}


def test_packs_are_valued_by_the_piece_in_the_money_of_the_order(brand):
    brand.everywhere(status="closed", said=2, currency="EUR")
    brand.returned(status="in_transit")
    brand.moved(2, "M-1", pack_size=3)
    brand.moved(2, "M-2", sku="CAP")
    found = {SUBJECT: ("30.00", "EUR"), "stock_movement:warehouse:M-2": (None, None)}
    assert brand.found("premature_restock", 121) == found


def test_a_return_that_two_portals_hold_is_one_exception(brand):
    brand.rewire(more=RETURN_TO_ERP)
    brand.returned(status="in_transit")
    brand.returned(status="authorised", system="shop")
    brand.moved(4)
    assert brand.found("premature_restock", 121) == {SUBJECT: ("20.00", "GBP")}


def test_it_says_when_it_was_inspected_or_where_the_return_is(brand):
    inspected(brand, system="shop", said=99)
    brand.returned(said=99)
    brand.moved(4, said=98, reason="restock")
    brand.returned(2, status="in_transit", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    brand.moved(1, "M-2", refs={"rma": "RMA-2"})
    brand.moved(1, "M-3", refs={}, reason="return_initiated")
    titles, evidence = brand.said("premature_restock", 121)
    assert titles == [
        "4 × TEE (£20.00) of return R-1 went on sale before inspection",
        "1 × TEE (£5.00) of return R-2 went on sale before inspection",
        "1 × TEE went on sale before inspection",
    ]
    assert evidence == [
        (
            "restocked",
            "not before 2025-09-05 16:00:00+00",
            "return:shop:R-1",
            "2025-09-05 14:00:00+00 restock",
            SUBJECT,
        ),
        (
            "restocked",
            "after inspection",
            "return:portal:R-2",
            "2025-09-05 21:00:00+00",
            "stock_movement:warehouse:M-2",
        ),
        (
            "restocked",
            "after inspection",
            None,
            "2025-09-05 21:00:00+00 return_initiated",
            "stock_movement:warehouse:M-3",
        ),
    ]
