def sold(brand, n=1, quantity=10, price="5.00", placed=0, **fields):
    lines = [{"sku": "TEE", "quantity": quantity, "unit_price": price}]
    brand.order(n, status="closed", placed=placed, said=placed, lines=lines, **fields)


def credited(brand, quantity=10, price="5.00", said=50, id="CN-1", sku="TEE", **fields):
    line = {"sku": sku, "quantity": quantity} | ({"unit_price": price} if price else {})
    brand.credit(id, said=said, refs={}, lines=[line], **fields)


def test_what_exceeds_the_largest_sale_at_the_credits_price(brand):
    sold(brand, 1)
    sold(brand, 2)
    credited(brand, quantity=13)
    assert brand.found("unsupported_credit_quantity", 60) == {"credit:erp:CN-1#TEE": ("15.00", "GBP")}


def test_a_case_is_as_many_pieces_as_it_holds(brand):
    sold(brand, quantity=24)
    line = {"sku": "TEE", "quantity": 2, "uom": "case", "pack_size": 12, "unit_price": "60.00"}
    brand.credit("CN-1", said=50, refs={}, lines=[line])
    assert brand.found("unsupported_credit_quantity", 60) == {}


def test_of_several_lines_of_one_sku_the_worst_speaks(brand):
    sold(brand)
    lines = [{"sku": "TEE", "quantity": 12, "unit_price": "5.00"}, {"sku": "TEE", "quantity": 2, "unit_price": "9.00"}]
    brand.credit("CN-1", said=50, refs={}, lines=lines)
    assert brand.found("unsupported_credit_quantity", 60) == {"credit:erp:CN-1#TEE": ("10.00", "GBP")}
    assert brand.found("unsupported_credit_price", 60) == {}
