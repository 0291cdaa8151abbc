def test_sent_after_the_first_of_the_unbroken_cancelled_versions(brand):
    brand.everywhere()
    brand.everywhere(said=1, status="cancelled")
    brand.shipped(said=2, shipped_at="2025-09-01T14:00:00Z")
    brand.order(said=3, status="cancelled", notes="sent again")
    assert brand.found("dispatched_after_cancel", 4) == {"fulfilment:warehouse:F-1": ("50.00", "GBP")}


def test_sent_before_is_rightful_and_a_revived_order_too(brand):
    brand.everywhere(1)
    brand.shipped(1, said=1)
    brand.everywhere(1, said=2, status="cancelled")
    brand.everywhere(2, said=1, status="cancelled")
    brand.everywhere(2, said=3)
    brand.shipped(2, said=4)
    assert brand.found("dispatched_after_cancel", 9) == {}


def test_a_late_older_version_moves_the_cancellation(brand):
    brand.everywhere()
    brand.everywhere(said=3, status="cancelled")
    brand.shipped(said=2)
    assert brand.found("dispatched_after_cancel", 4) == {}
    brand.order(said=1, status="cancelled")
    assert list(brand.found("dispatched_after_cancel", 5)) == ["fulfilment:warehouse:F-1"]
