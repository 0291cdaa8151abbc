def priced(price, **more):
    return [{"sku": "TEE", "quantity": 10, "unit_price": price} | more]


def test_at_the_tolerance_and_just_beyond(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, lines=priced("5.01"))
    assert brand.found("price_mismatch", 2) == {}
    brand.order(system="shop", said=3, lines=priced("5.02"))
    assert brand.found("price_mismatch", 3.5) == {"order:shop:shop-1#TEE": ("0.20", "GBP")}


def test_a_discount_on_the_line_or_on_the_order_is_the_same_price(brand):
    brand.everywhere(lines=priced("5.00", discount="5.00"))
    brand.order(system="shop", said=1, lines=priced("5.00"), discount="5.00")
    assert brand.found("price_mismatch", 9) == {}


def test_money_is_compared_in_one_currency_only(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, lines=priced("9.00"), currency="EUR")
    assert brand.found("price_mismatch", 9) == {}
    assert list(brand.found("currency_mismatch", 9)) == ["order:shop:shop-1"]
