SUBJECT = "order:warehouse:warehouse-1"
LINE = {"sku": "TEE", "quantity": 10}


def test_no_address_at_once_at_the_value_of_the_order(brand):
    brand.everywhere(total="62.00", tax="10.00", shipping="2.00")
    assert brand.found("incomplete_order", 0) == {}
    brand.order(system="warehouse", said=1, ship_to=None, total=None)
    assert brand.found("incomplete_order", 1) == {SUBJECT: ("50.00", "GBP")}
    brand.order(system="warehouse", said=2, total=None)
    assert brand.found("incomplete_order", 2) == {}


def test_no_lines(brand):
    brand.everywhere(currency="EUR")
    brand.order(system="warehouse", said=1, lines=[])
    assert brand.found("incomplete_order", 1) == {SUBJECT: ("50.00", "EUR")}


def test_a_line_without_a_unit_only_where_the_product_comes_in_packs(brand):
    brand.take("product", "erp", "TEE", -48, sku="TEE", pack_size=12)
    brand.take("product", "erp", "CAP", -48, sku="CAP", pack_size=1)
    brand.take("product", "warehouse", "SOCK", -48, sku="SOCK", pack_size=6)  # no authority for products
    brand.everywhere(1)
    brand.order(1, system="warehouse", said=1, lines=[LINE | {"uom": "case"}, {"sku": "TEE", "quantity": 3}])
    brand.order(2, system="warehouse", said=1, lines=[LINE | {"uom": "each"}])
    brand.order(3, system="warehouse", said=1, lines=[LINE | {"sku": "CAP"}, LINE | {"sku": "SOCK"}])
    assert brand.found("incomplete_order", 1) == {SUBJECT: ("50.00", "GBP")}
    brand.take("product", "erp", "TEE", 2, sku="TEE", pack_size=1)
    assert brand.found("incomplete_order", 2) == {}


def test_only_live_orders_of_warehouses(brand):
    brand.order(1, system="shop", ship_to=None, lines=[])
    brand.order(1, system="front", ship_to=None)
    brand.order(1, system="warehouse", ship_to=None, status="cancelled")
    assert brand.found("incomplete_order", 1) == {}


def test_each_part_of_a_split_order_and_one_that_nobody_placed(brand):
    brand.order()
    brand.order(system="warehouse", ship_to=None)
    brand.order(2, system="warehouse", refs={"sales_order": "SO-1"}, ship_to=None, status="released")
    brand.order(9, system="warehouse", ship_to=None)
    found = {SUBJECT: ("50.00", "GBP"), "order:warehouse:warehouse-2": ("50.00", "GBP")}
    assert brand.found("incomplete_order", 1) == found | {"order:warehouse:warehouse-9": (None, None)}


def test_it_names_what_lacks_and_who_says_that_it_matters(brand):
    brand.take("product", "erp", "TEE", -48, sku="TEE", pack_size=12)
    brand.everywhere(lines=[LINE | {"uom": "case"}])
    brand.order(system="warehouse", said=1, lines=[LINE], ship_to=None)
    brand.order(2)
    brand.order(2, system="warehouse", said=1, lines=[])
    titles, evidence = brand.said("incomplete_order", 1)
    assert titles == [
        "Order warehouse-1 (£50.00) has no delivery address, no unit for TEE",
        "Order warehouse-2 (£50.00) has no lines",
    ]
    assert evidence == [
        ("ship_to", "an address", "order:front:front-1", "none", SUBJECT),
        ("uom of TEE", "the unit: a pack holds 12", "product authority", "none", SUBJECT),
        ("lines", "at least one", "order:front:front-2", "none", "order:warehouse:warehouse-2"),
    ]
