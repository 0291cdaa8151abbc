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
