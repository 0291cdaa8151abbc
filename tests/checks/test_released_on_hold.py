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
