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


def test_at_the_very_moment_is_not_after_and_each_parcel_speaks_for_what_it_holds(brand):
    brand.everywhere()
    brand.everywhere(said=2, status="cancelled")
    brand.shipped(1, said=2, quantity=1)
    brand.shipped(2, said=2 + 1 / 3600, quantity=3, refs={"sales_order": "SO-1"})
    brand.shipped(3, said=4, quantity=6, refs={"sales_order": "SO-1"})
    assert brand.found("dispatched_after_cancel", 3) == {"fulfilment:warehouse:F-2": ("15.00", "GBP")}
    assert brand.found("dispatched_after_cancel", 4) == {
        "fulfilment:warehouse:F-2": ("15.00", "GBP"),
        "fulfilment:warehouse:F-3": ("30.00", "GBP"),
    }


def test_a_case_is_worth_its_pieces_and_what_was_never_ordered_has_no_price(brand):
    brand.everywhere(currency="EUR")
    brand.everywhere(said=1, status="cancelled", currency="EUR")
    lines = [{"sku": "TEE", "quantity": 1, "uom": "case", "pack_size": 6}, {"sku": "CAP", "quantity": 3}]
    brand.shipped(said=2, lines=lines)
    assert brand.found("dispatched_after_cancel", 3) == {"fulfilment:warehouse:F-1": ("30.00", "EUR")}


def test_only_the_orders_own_word_cancels_and_only_goods_that_went_out_count(brand):
    brand.everywhere(1)
    brand.order(1, system="shop", said=1, status="cancelled")
    brand.shipped(1, said=2)
    brand.everywhere(2)
    brand.everywhere(2, said=1, status="cancelled")
    brand.shipped(2, said=2, status="pending")
    assert brand.found("dispatched_after_cancel", 3) == {}


def test_silent_when_the_parcel_is_stopped_and_back_when_it_went_after_all(brand):
    brand.everywhere()
    brand.everywhere(said=1, status="cancelled")
    brand.shipped(said=2)
    assert brand.found("dispatched_after_cancel", 3)
    brand.take("fulfilment", "warehouse", "F-1", 4, deleted=True)
    assert brand.found("dispatched_after_cancel", 5) == {}
    brand.shipped(said=6)
    titles, evidence = brand.said("dispatched_after_cancel", 7)
    assert titles == ["Order front-1 was cancelled on 1 Sep 2025 13:00 and still dispatched as F-1 (£50.00)"]
    [(field, _, expected_from, _, actual_from)] = evidence
    assert (field, expected_from, actual_from) == ("shipped_at", "order:front:front-1", "fulfilment:warehouse:F-1")
