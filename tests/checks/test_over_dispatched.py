def test_the_latest_dispatch_of_the_sku_is_named_with_the_excess(brand):
    brand.everywhere()
    brand.shipped(said=1)
    brand.shipped(2, said=5, quantity=3, refs={"sales_order": "SO-1"})
    assert brand.found("over_dispatched", 6) == {"fulfilment:warehouse:F-2#TEE": ("15.00", "GBP")}


def test_a_pending_fulfilment_is_no_dispatch(brand):
    brand.everywhere()
    brand.shipped(said=1)
    brand.shipped(2, said=5, refs={"sales_order": "SO-1"}, status="pending")
    assert brand.found("over_dispatched", 6) == {}


def test_a_warehouse_that_holds_more_tells_it_better(brand):
    brand.everywhere()
    brand.order(system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 13}])
    brand.shipped(said=2, quantity=13)
    assert brand.found("over_dispatched", 9) == {}
    assert list(brand.found("quantity_mismatch", 9)) == ["order:warehouse:warehouse-1#TEE"]
