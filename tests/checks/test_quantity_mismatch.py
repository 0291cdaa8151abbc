def of(quantity, **more):
    return [{"sku": "TEE", "quantity": quantity, "unit_price": "5.00"} | more]


def test_the_difference_at_the_orders_price_after_the_grace(brand):
    brand.everywhere()
    brand.order(system="warehouse", said=1, lines=of(7))
    assert brand.found("quantity_mismatch", 3 - 1 / 3600) == {}
    assert brand.found("quantity_mismatch", 3) == {"order:warehouse:warehouse-1#TEE": ("15.00", "GBP")}
    brand.order(system="warehouse", said=4, lines=of(10))
    assert brand.found("quantity_mismatch", 7) == {}


def test_an_order_split_over_two_copies_is_one(brand):
    brand.order()
    brand.order(system="shop")
    for part, quantity in enumerate((4, 6)):
        brand.order(system="warehouse", lines=of(quantity), refs={"order_number": "N-1"}, said=part)
        brand.take(
            "order",
            "warehouse",
            f"part-{part}",
            0,
            status="open",
            placed_at="2025-09-01T12:00:00Z",
            refs={"sales_order": "SO-1", "purchase_order": "PO-1"},
            lines=of(quantity),
            ship_to={"town": "Rye"},
        )
    brand.take("order", "warehouse", "warehouse-1", 2, deleted=True)
    assert brand.found("quantity_mismatch", 9) == {}


def test_a_sku_that_one_side_lacks_counts_as_none_but_no_lines_at_all_are_not_compared(brand):
    brand.everywhere(1)
    brand.order(1, system="shop", said=1, lines=[*of(10), {"sku": "CAP", "quantity": 2}])
    brand.everywhere(2)
    brand.order(2, system="shop", said=1, lines=[])
    assert brand.found("quantity_mismatch", 9) == {"order:shop:shop-1#CAP": (None, None)}


def test_mixed_packs_of_one_base_sku_are_added_up(brand):
    brand.take("product", "erp", "TEE-CS6", -50, sku="TEE-CS6", base_sku="TEE", pack_size=6)
    brand.everywhere(lines=of(10))
    brand.order(system="warehouse", said=1, lines=[{"sku": "TEE-CS6", "quantity": 1}, {"sku": "TEE", "quantity": 4}])
    assert brand.found("quantity_mismatch", 9) == {}


def test_at_the_tolerance_and_just_beyond(brand):
    brand.rewire('compare = ["status", "lines"]', 'compare = ["status", "lines"]\ntolerance = { quantity = "2" }')
    brand.everywhere()
    brand.order(system="warehouse", said=1, lines=of(8))
    assert brand.found("quantity_mismatch", 9) == {}
    brand.order(system="warehouse", said=10, lines=of(7.5))
    assert brand.found("quantity_mismatch", 12) == {"order:warehouse:warehouse-1#TEE": ("12.50", "GBP")}


def test_every_leg_has_a_subject_and_a_duplicate_speaks_instead(brand):
    brand.everywhere(currency="EUR")
    brand.order(system="shop", said=1, lines=of(7), currency="EUR")
    brand.order(system="warehouse", said=1, lines=of(7))
    shop, warehouse = "order:shop:shop-1#TEE", "order:warehouse:warehouse-1#TEE"
    assert brand.found("quantity_mismatch", 9) == {shop: ("15.00", "EUR"), warehouse: ("15.00", "EUR")}
    brand.order(2, system="warehouse", placed=1, said=10, lines=of(7), refs={"sales_order": "SO-1"})
    assert list(brand.found("duplicate_order", 20)) == ["order:warehouse:warehouse-2"]
    assert list(brand.found("quantity_mismatch", 20)) == [shop]


def test_a_late_older_version_makes_it_no_younger_and_both_sides_are_said(brand):
    brand.everywhere()
    brand.order(system="warehouse", said=2, lines=of(7))
    brand.order(system="warehouse", said=1, lines=of(6))
    assert brand.found("quantity_mismatch", 4 - 1 / 3600) == {}
    titles, evidence = brand.said("quantity_mismatch", 4)
    assert titles == ["Order warehouse-1 holds 7 × TEE in warehouse but 10 in front"]
    assert evidence == [("base quantity of TEE", "10", "order:front:front-1", "7", "order:warehouse:warehouse-1")]
