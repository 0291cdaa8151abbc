"""What counts at once waits for nothing, even where a system's clock or a document's date is ahead."""

from tests.checks.conftest import at


def test_an_order_held_twice_though_it_is_dated_tomorrow(brand):
    brand.everywhere()
    brand.order(2, system="warehouse", said=1, placed=30, refs={"sales_order": "SO-1"})
    assert brand.found("duplicate_order", 2) == {"order:warehouse:warehouse-2": ("50.00", "GBP")}


def test_a_dispatch_dated_tomorrow_of_an_unpaid_order_on_hold_and_of_too_much(brand):
    payment = {"method": "card", "status": "pending", "hold": "limit"}
    brand.everywhere(payment=payment)
    brand.shipped(said=1, quantity=12, shipped_at=at(30))
    for kind in ("released_before_payment", "released_on_hold"):
        assert brand.found(kind, 2) == {"fulfilment:warehouse:F-1": ("50.00", "GBP")}
    assert brand.found("over_dispatched", 2) == {"fulfilment:warehouse:F-1#TEE": ("10.00", "GBP")}


def test_a_dispatch_dated_tomorrow_of_a_cancelled_order(brand):
    brand.everywhere()
    brand.order(said=1, status="cancelled")
    brand.shipped(said=2, shipped_at=at(30))
    assert brand.found("dispatched_after_cancel", 3) == {"fulfilment:warehouse:F-1": ("50.00", "GBP")}


def test_credits_dated_tomorrow(brand):
    brand.everywhere()
    brand.shipped()
    brand.returned(received_at=at(100))
    for id in ("CN-1", "CN-2"):
        brand.credit(id, issued_at=at(130 if id == "CN-2" else 105))
    line = {"sku": "HAT", "quantity": 1, "unit_price": "3.00"}
    brand.credit("CN-3", amount="3.00", refs={}, lines=[line], issued_at=at(130))
    assert brand.found("duplicate_credit", 111) == {"credit:erp:CN-2": ("20.00", "GBP")}
    assert brand.found("unsupported_credit", 111) == {"credit:erp:CN-3#HAT": ("3.00", "GBP")}
