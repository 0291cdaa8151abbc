def test_net_goods_without_tax_and_shipping(brand):
    brand.everywhere(total="50.00")
    brand.order(system="shop", said=1, total="64.00", tax="10.00", shipping="4.00")
    assert brand.found("order_total_mismatch", 9) == {}
    brand.order(system="shop", said=10, total="64.02", tax="10.00", shipping="4.00")
    assert brand.found("order_total_mismatch", 10.5) == {"order:shop:shop-1": ("0.02", "GBP")}


def test_a_line_that_explains_it_speaks_instead(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, total="55.00", lines=[{"sku": "TEE", "quantity": 11, "unit_price": "5.00"}])
    assert brand.found("order_total_mismatch", 9) == {}
    assert list(brand.found("quantity_mismatch", 9)) == ["order:shop:shop-1#TEE"]


def test_at_the_tolerance_and_just_beyond_at_the_edge_of_grace(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, total="50.01")
    assert brand.found("order_total_mismatch", 2) == {}
    brand.order(system="shop", said=3, total="49.98")
    assert brand.found("order_total_mismatch", 3.5 - 1 / 3600) == {}
    assert brand.found("order_total_mismatch", 3.5) == {"order:shop:shop-1": ("0.02", "GBP")}
    brand.order(said=4, total="49.98")
    assert brand.found("order_total_mismatch", 5) == {}


def test_a_line_of_another_leg_explains_nothing(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, total="64.00")
    brand.order(system="warehouse", said=1, total="99.00", lines=[{"sku": "TEE", "quantity": 7}])
    assert brand.found("order_total_mismatch", 9) == {"order:shop:shop-1": ("14.00", "GBP")}
    assert list(brand.found("quantity_mismatch", 9)) == ["order:warehouse:warehouse-1#TEE"]


def test_a_price_that_explains_it_speaks_until_it_is_put_right(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, total="60.00", lines=[{"sku": "TEE", "quantity": 10, "unit_price": "6.00"}])
    assert brand.found("order_total_mismatch", 2) == {}
    assert brand.found("price_mismatch", 2) == {"order:shop:shop-1#TEE": ("10.00", "GBP")}
    brand.order(system="shop", said=3, total="60.00")
    assert brand.found("order_total_mismatch", 4) == {"order:shop:shop-1": ("10.00", "GBP")}
    assert brand.found("price_mismatch", 4) == {}


def test_what_cannot_be_compared(brand):
    brand.everywhere(1)
    brand.order(1, system="shop", said=1, total=None)
    brand.everywhere(2)
    brand.order(2, system="shop", said=1, total="80.00", currency="EUR")
    brand.everywhere(3)
    brand.order(3, system="shop", said=1, total="80.00", status="cancelled")
    assert brand.found("order_total_mismatch", 9) == {}


def test_an_order_in_two_parts_is_not_compared_by_its_total(brand):
    brand.everywhere()
    half = [{"sku": "TEE", "quantity": 5, "unit_price": "5.00"}]
    brand.order(system="shop", said=1, total="25.00", lines=half)
    brand.order(2, system="shop", said=1, total="29.00", lines=half, refs={"sales_order": "SO-1"})
    assert brand.found("order_total_mismatch", 9) == brand.found("quantity_mismatch", 9) == {}


def test_a_copy_withdrawn_and_sent_again_and_who_says_what(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, total="64.00")
    assert brand.found("order_total_mismatch", 2)
    brand.take("order", "shop", "shop-1", 3, deleted=True)
    assert brand.found("order_total_mismatch", 4) == {}
    brand.order(system="shop", said=5, total="64.00")
    titles, evidence = brand.said("order_total_mismatch", 6)
    assert titles == ["Order shop-1 comes to £64.00 net in shop but £50.00 in front"]
    assert evidence == [("net goods", "50", "order:front:front-1", "64", "order:shop:shop-1")]
