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
