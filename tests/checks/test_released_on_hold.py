def test_sent_though_on_hold_the_earliest_dispatch_is_named(brand):
    brand.everywhere(payment={"method": "invoice", "hold": "credit check"})
    brand.shipped(1, said=5, quantity=4)
    brand.shipped(2, said=3, quantity=6, refs={"sales_order": "SO-1"})
    assert brand.found("released_on_hold", 6) == {"fulfilment:warehouse:F-2": ("50.00", "GBP")}


def test_a_cancelled_order_is_told_otherwise(brand):
    brand.everywhere(payment={"hold": "credit check"})
    brand.everywhere(said=1, status="cancelled", payment={"hold": "credit check"})
    brand.shipped(said=2)
    assert brand.found("released_on_hold", 6) == {}
    assert list(brand.found("dispatched_after_cancel", 6)) == ["fulfilment:warehouse:F-1"]


def test_at_once_and_silent_when_the_hold_is_lifted(brand):
    brand.everywhere(payment={"hold": "credit check"}, currency="EUR")
    brand.shipped(said=5)
    assert brand.found("released_on_hold", 5 - 1 / 3600) == {}
    assert brand.found("released_on_hold", 5) == {"fulfilment:warehouse:F-1": ("50.00", "EUR")}
    brand.order(said=7, currency="EUR", payment={"method": "invoice"})
    assert brand.found("released_on_hold", 8) == {}
    brand.order(said=6, currency="EUR", payment={"hold": "limit reached"})
    assert brand.found("released_on_hold", 9) == {}


def test_the_orders_own_word_counts_and_not_that_of_a_copy(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, payment={"hold": "credit check"})
    brand.shipped(said=2)
    assert brand.found("released_on_hold", 3) == {}


def test_only_what_a_dispatching_system_says_was_sent(brand):
    brand.everywhere(payment={"hold": "credit check"})
    brand.shipped(1, said=2, status="pending")
    brand.take("fulfilment", "shop", "SF-1", 2, status="dispatched", refs={"sales_order": "SO-1"}, lines=[])
    assert brand.found("released_on_hold", 3) == {}
    brand.shipped(1, said=4)
    assert list(brand.found("released_on_hold", 5)) == ["fulfilment:warehouse:F-1"]
    brand.take("fulfilment", "warehouse", "F-1", 6, deleted=True)
    assert brand.found("released_on_hold", 7) == {}


def test_the_reason_of_the_hold_is_said(brand):
    brand.everywhere(payment={"hold": "credit limit reached"})
    brand.shipped(said=2)
    titles, evidence = brand.said("released_on_hold", 3)
    assert titles == [
        "Order front-1 of £50.00 was dispatched as F-1, though it is on hold: credit limit reached",
    ]
    assert evidence[0] == ("payment.hold", "none", "the rule", "credit limit reached", "order:front:front-1")
    assert evidence[1][4] == "fulfilment:warehouse:F-1"
