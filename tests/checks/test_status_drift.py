def test_cancelled_at_the_source_and_live_in_the_shop(brand):
    brand.everywhere()
    brand.order(said=1, status="cancelled")
    assert brand.found("status_drift", 1.5 - 1 / 3600) == {}
    assert brand.found("status_drift", 1.5) == {"order:shop:shop-1": (None, None)}


def test_words_that_count_as_the_same(brand):
    brand.everywhere()
    brand.order(said=1, status="released")
    assert brand.found("status_drift", 9) == {}


def test_towards_a_warehouse_only_cancelled_against_live(brand):
    brand.everywhere()
    brand.shipped()
    brand.order(said=2, status="fulfilled")
    brand.order(system="shop", said=2, status="fulfilled")
    assert brand.found("status_drift", 9) == {}
    brand.order(system="warehouse", said=10, status="cancelled")
    assert brand.found("status_drift", 13) == {"order:warehouse:warehouse-1": (None, None)}


def test_an_unmapped_word_is_not_compared(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, status="weird")
    assert brand.found("status_drift", 9) == {}
    assert list(brand.found("unmapped_status", 9)) == ["status:shop:order:weird"]


def test_sending_it_again_without_a_change_does_not_make_it_younger(brand):
    brand.everywhere()
    brand.order(said=1, status="cancelled")
    brand.order(system="shop", said=1.4, notes="sent again")
    assert "order:shop:shop-1" in brand.found("status_drift", 1.5)


def test_what_is_dispatched_after_the_cancellation_is_told_instead(brand):
    brand.everywhere(1)
    brand.order(1, said=1, status="cancelled")
    assert brand.found("status_drift", 9)
    brand.shipped(1, said=10)
    assert brand.found("status_drift", 20) == {}
    assert list(brand.found("dispatched_after_cancel", 20)) == ["fulfilment:warehouse:F-1"]


def test_the_warehouse_is_live_while_any_part_is(brand):
    brand.everywhere()
    half = [{"sku": "TEE", "quantity": 5}]
    brand.order(system="warehouse", said=1, lines=half, status="cancelled")
    brand.order(2, system="warehouse", placed=1, said=1, refs={"sales_order": "SO-1"})
    assert brand.found("status_drift", 9) == {}
    brand.order(2, system="warehouse", placed=1, said=10, refs={"sales_order": "SO-1"}, status="cancelled")
    assert list(brand.found("status_drift", 12)) == ["order:warehouse:warehouse-1"]


def test_a_copy_withdrawn_and_sent_again_and_one_put_right(brand):
    brand.everywhere()
    brand.order(said=1, status="cancelled")
    brand.take("order", "warehouse", "warehouse-1", 1, deleted=True)
    assert list(brand.found("status_drift", 9)) == ["order:shop:shop-1"]
    brand.take("order", "shop", "shop-1", 10, deleted=True)
    assert brand.found("status_drift", 11) == {}
    brand.order(system="shop", said=12)
    assert list(brand.found("status_drift", 13)) == ["order:shop:shop-1"]
    brand.order(system="shop", said=14, status="cancelled")
    assert brand.found("status_drift", 20) == {}


def test_of_a_split_order_the_newest_change_of_any_live_part_counts(brand):
    brand.everywhere()
    half = {"lines": [{"sku": "TEE", "quantity": 5}], "refs": {"sales_order": "SO-1"}}
    brand.order(system="warehouse", said=0.1, **half)
    brand.order(2, system="warehouse", placed=0.1, said=0.1, **half)
    brand.order(3, system="warehouse", placed=0.1, said=9, status="cancelled", **half)
    brand.order(said=1, status="cancelled")
    brand.order(2, system="warehouse", placed=0.1, said=2, ship_to={"town": "Deal"}, **half)
    assert "order:warehouse:warehouse-1" not in brand.found("status_drift", 4 - 1 / 3600)
    assert "order:warehouse:warehouse-1" in brand.found("status_drift", 4)


def test_where_all_parts_are_cancelled_since_the_last_of_them_was(brand):
    brand.everywhere()
    brand.order(2, system="warehouse", placed=1, said=1, refs={"sales_order": "SO-1"})
    brand.order(system="warehouse", said=2, status="cancelled")
    brand.order(2, system="warehouse", placed=1, said=5, status="cancelled", refs={"sales_order": "SO-1"})
    assert brand.found("status_drift", 7 - 1 / 3600) == {}
    assert brand.found("status_drift", 7) == {"order:warehouse:warehouse-1": (None, None)}


def test_of_a_return_too_a_warehouse_only_says_whether_it_is_live(brand):
    returns = 'record = "return"\nsource = "portal"\ntarget = "shop"'
    brand.rewire(returns, returns.replace("shop", "warehouse"))
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned(status="in_transit")
    brand.returned(system="warehouse", status="received")
    assert brand.found("status_drift", 110) == {}
    brand.returned(status="rejected", said=111)
    assert brand.found("status_drift", 115) == {"return:warehouse:R-1": (None, None)}
