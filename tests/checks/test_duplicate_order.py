def again(brand, system, quantity, id="twice", refs=None):
    lines = [{"sku": "TEE", "quantity": quantity, "unit_price": "5.00"}]
    numbers = {"sales_order": "SO-1", "purchase_order": "PO-1"} if refs is None else refs
    money = {"currency": "GBP", "total": "50.00", "ship_to": {"town": "Rye"}, "customer": {"id": "C-1"}}
    placed = {"status": "open", "placed_at": "2025-09-01T13:00:00Z"}
    brand.take("order", system, id, 1, refs=numbers, lines=lines, **placed | money)


def test_held_twice_beyond_what_was_ordered(brand):
    brand.everywhere()
    again(brand, "warehouse", 10)
    assert brand.found("duplicate_order", 2) == {"order:warehouse:twice": ("50.00", "GBP")}
    assert brand.found("quantity_mismatch", 9) == {}
    brand.take("order", "warehouse", "twice", 10, deleted=True)
    assert brand.found("duplicate_order", 11) == {}


def test_a_split_that_stays_within_the_order_is_none(brand):
    brand.everywhere()
    brand.order(system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 6}])
    again(brand, "warehouse", 4)
    assert brand.found("duplicate_order", 9) == {}


def test_in_the_orders_own_system_a_shared_number_is_enough(brand):
    brand.everywhere()
    again(brand, "front", 1)
    assert list(brand.found("duplicate_order", 2)) == ["order:front:twice"]


def test_as_much_as_was_ordered_and_one_piece_more(brand):
    brand.everywhere()
    brand.order(system="warehouse", said=1, lines=[{"sku": "TEE", "quantity": 6}])
    again(brand, "warehouse", 4)
    assert brand.found("duplicate_order", 2) == {}
    brand.order(system="warehouse", said=3, lines=[{"sku": "TEE", "quantity": 7}])
    assert brand.found("duplicate_order", 3) == {"order:warehouse:twice": ("50.00", "GBP")}


def test_lines_and_cases_of_one_sku_are_added_up(brand):
    brand.everywhere(lines=[{"sku": "TEE", "quantity": n, "unit_price": "5.00"} for n in (4, 8)])
    case = [{"sku": "TEE", "quantity": 1, "uom": "case", "pack_size": 6}]
    brand.order(system="warehouse", said=1, lines=case)
    again(brand, "warehouse", 6)
    assert brand.found("duplicate_order", 9) == {}
    brand.order(system="warehouse", said=10, lines=[*case, {"sku": "TEE", "quantity": 1}])
    assert list(brand.found("duplicate_order", 11)) == ["order:warehouse:twice"]


def test_of_three_the_latest_is_named_and_cancelling_it_leaves_the_next(brand):
    brand.everywhere()
    again(brand, "shop", 10, id="second")
    again(brand, "shop", 10, id="third")
    assert list(brand.found("duplicate_order", 2)) == ["order:shop:third"]
    titles, evidence = brand.said("duplicate_order", 2)
    assert titles == ["Order front-1 stands 3 times in shop, last as third (£50.00)"]
    assert evidence == [("live orders in shop", "1", "order:front:front-1", "3", "order:shop:third")]
    for id, left in (("third", ["order:shop:second"]), ("second", [])):
        brand.take(
            "order", "shop", id, 3, status="cancelled", placed_at="2025-09-01T13:00:00Z", refs={"sales_order": "SO-1"}
        )
        assert list(brand.found("duplicate_order", 4)) == left


def test_in_the_orders_own_system_another_order_that_is_only_glued_to_it_is_none(brand):
    brand.everywhere(1, refs={"order_number": "N-1"})
    brand.everywhere(2, refs={"order_number": "N-1"})
    assert "order:front:front-2" not in brand.found("duplicate_order", 9)


def test_what_went_out_twice_is_told_by_the_duplicate(brand):
    brand.everywhere()
    again(brand, "warehouse", 10)
    brand.shipped(1, said=2)
    brand.shipped(2, said=3, refs={"sales_order": "SO-1"})
    assert list(brand.found("duplicate_order", 9)) == ["order:warehouse:twice"]
    assert brand.found("over_dispatched", 9) == {}
    brand.take("order", "warehouse", "twice", 10, deleted=True)
    assert brand.found("over_dispatched", 11) == {"fulfilment:warehouse:F-2#TEE": ("50.00", "GBP")}


def test_an_order_that_shares_another_number_is_not_the_one_that_is_held_twice(brand):
    brand.order(refs={"order_number": "N-1"})
    again(brand, "front", 1)
    brand.order(3, placed=5, said=5, refs={"sales_order": "SO-3", "order_number": "N-1"})
    assert list(brand.found("duplicate_order", 6)) == ["order:front:twice"]
