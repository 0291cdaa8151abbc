def sold(brand, n=1, quantity=10, price="5.00", placed=0, **fields):
    lines = [{"sku": "TEE", "quantity": quantity, "unit_price": price}]
    brand.order(n, status="closed", placed=placed, said=placed, lines=lines, **fields)


def credited(brand, quantity=10, price="5.00", said=50, id="CN-1", sku="TEE", **fields):
    line = {"sku": sku, "quantity": quantity} | ({"unit_price": price} if price else {})
    brand.credit(id, said=said, refs={}, lines=[line], **fields)


def test_all_credits_together_above_all_that_was_sold_before_the_latest(brand):
    sold(brand)
    credited(brand, quantity=6)
    assert brand.found("over_credited", 52) == {}
    credited(brand, quantity=7, said=53, id="CN-2")
    assert brand.found("over_credited", 54) == {"credit:erp:CN-2#TEE": ("15.00", "GBP")}


def test_exactly_all_is_not_too_much(brand):
    sold(brand)
    credited(brand, quantity=5)
    credited(brand, quantity=5, said=53, id="CN-2")
    assert brand.found("over_credited", 54) == {}


def test_a_single_credit_too_large_is_told_by_its_quantity(brand):
    sold(brand)
    credited(brand, quantity=13)
    assert brand.found("over_credited", 60) == {}


def test_silent_when_a_credit_is_void(brand):
    sold(brand)
    credited(brand, quantity=6)
    credited(brand, quantity=7, said=53, id="CN-2")
    assert brand.found("over_credited", 54)
    credited(brand, quantity=7, said=55, id="CN-2", status="void")
    assert brand.found("over_credited", 56) == {}


def test_what_was_sold_after_the_latest_credit_covers_nothing(brand):
    sold(brand)
    credited(brand, quantity=6)
    credited(brand, quantity=7, said=53, id="CN-2")
    sold(brand, 2, placed=53)
    assert brand.found("over_credited", 54) == {"credit:erp:CN-2#TEE": ("15.00", "GBP")}
    sold(brand, 3, placed=20, quantity=3)
    assert brand.found("over_credited", 55) == {}


def test_each_customer_has_an_account_of_its_own_and_a_withdrawn_sale_is_none(brand):
    sold(brand, 1)
    sold(brand, 2, customer={"id": "C-2"})
    credited(brand, quantity=6)
    credited(brand, quantity=7, said=53, id="CN-2", customer={"id": "C-2"})
    assert brand.found("over_credited", 54) == {}
    sold(brand, 3)
    credited(brand, quantity=7, said=55, id="CN-3", customer={"id": " c-1 "})
    assert brand.found("over_credited", 56) == {}
    brand.take("order", "front", "front-3", 57, deleted=True)
    assert brand.found("over_credited", 58) == {"credit:erp:CN-3#TEE": ("15.00", "GBP")}


def test_half_a_penny_goes_up_though_the_price_of_a_piece_has_no_end(brand):
    sold(brand, quantity=18)
    case = {"sku": "TEE", "quantity": 1, "unit_price": "58.03", "uom": "case", "pack_size": 12}
    for id in ("CN-1", "CN-2"):
        brand.credit(id, said=50, refs={}, lines=[case])
    assert brand.found("over_credited", 60) == {"credit:erp:CN-2#TEE": ("29.02", "GBP")}
