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


def test_as_many_as_were_ordered_and_one_piece_more_at_once(brand):
    brand.everywhere(currency="EUR")
    brand.shipped(1, said=1, lines=[{"sku": "TEE", "quantity": 1, "uom": "case", "pack_size": 10}])
    brand.shipped(2, said=4, quantity=1, refs={"sales_order": "SO-1"})
    assert brand.found("over_dispatched", 4 - 1 / 3600) == {}
    assert brand.found("over_dispatched", 4) == {"fulfilment:warehouse:F-2#TEE": ("5.00", "EUR")}
    brand.shipped(2, said=5, quantity=1, refs={"sales_order": "SO-1"}, status="cancelled")
    assert brand.found("over_dispatched", 6) == {}


def test_each_sku_names_the_parcel_that_held_it_last_and_what_was_never_ordered_is_none(brand):
    brand.everywhere(lines=[{"sku": sku, "quantity": 2, "unit_price": "5.00"} for sku in ("TEE", "CAP")])
    brand.shipped(1, said=1, lines=[{"sku": sku, "quantity": 3} for sku in ("TEE", "CAP")])
    brand.shipped(2, said=2, refs={"sales_order": "SO-1"}, lines=[{"sku": "TEE", "quantity": 1}])
    brand.shipped(3, said=3, refs={"sales_order": "SO-1"}, lines=[{"sku": "MUG", "quantity": 9}])
    assert brand.found("over_dispatched", 4) == {
        "fulfilment:warehouse:F-1#CAP": ("5.00", "GBP"),
        "fulfilment:warehouse:F-2#TEE": ("10.00", "GBP"),
    }
    titles, evidence = brand.said("over_dispatched", 4)
    assert titles[1] == "4 × TEE went out for order front-1, which holds 2"
    assert evidence[1] == ("quantity of TEE", "2", "order:front:front-1", "4", "fulfilment:warehouse:F-2")


def test_a_cancelled_order_is_told_otherwise_and_a_revived_one_again(brand):
    brand.everywhere()
    brand.shipped(said=3, quantity=12)
    assert brand.found("over_dispatched", 3)
    brand.order(said=2, status="cancelled")
    assert brand.found("over_dispatched", 3) == {}
    assert list(brand.found("dispatched_after_cancel", 3)) == ["fulfilment:warehouse:F-1"]
    brand.order(said=4)
    assert brand.found("over_dispatched", 5) == {"fulfilment:warehouse:F-1#TEE": ("10.00", "GBP")}


def test_of_two_that_send_either_may_hold_another_quantity_and_is_told_instead(brand):
    flow = '[[flows]]\nkey = "more"\nrecord = "fulfilment"\nsource = "shop"\ntarget = "front"\n'
    brand.rewire(more=flow + 'cadence = "1h"\ngrace = "2h"\n')
    brand.everywhere(status="fulfilled")
    brand.shipped(quantity=10)
    sent = {"refs": {"sales_order": "SO-1"}, "status": "dispatched", "lines": [{"sku": "TEE", "quantity": 7}]}
    brand.take("fulfilment", "shop", "F-2", 2, **sent)
    assert list(brand.found("over_dispatched", 3)) == ["fulfilment:shop:F-2#TEE"]
    assert brand.case("over_dispatched").systems == ["shop", "warehouse"]
    brand.order(system="warehouse", status="fulfilled", said=4, lines=[{"sku": "TEE", "quantity": 17}])
    assert brand.found("over_dispatched", 9) == {}
    assert list(brand.found("quantity_mismatch", 9)) == ["order:warehouse:warehouse-1#TEE"]
