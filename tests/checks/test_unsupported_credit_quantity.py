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


def test_as_large_as_the_largest_sale_and_one_piece_more_at_once(brand):
    sold(brand, 1, quantity=10)
    sold(brand, 2, quantity=4, price="6.00")
    credited(brand, quantity=10)
    credited(brand, quantity=11, id="CN-2", price="6.00")
    assert brand.found("unsupported_credit_quantity", 50 - 1 / 3600) == {}
    assert brand.found("unsupported_credit_quantity", 50) == {"credit:erp:CN-2#TEE": ("6.00", "GBP")}


def test_a_sale_withdrawn_restored_or_of_another_customer_or_currency(brand):
    sold(brand, 1, quantity=10)
    sold(brand, 2, quantity=99, customer={"id": "C-2"})
    sold(brand, 3, quantity=99, currency="EUR")
    sold(brand, 4, quantity=20)
    credited(brand, quantity=13)
    assert brand.found("unsupported_credit_quantity", 60) == {}
    brand.take("order", "front", "front-4", 61, deleted=True)
    assert brand.found("unsupported_credit_quantity", 62) == {"credit:erp:CN-1#TEE": ("15.00", "GBP")}
    brand.order(4, status="closed", said=63, lines=[{"sku": "TEE", "quantity": 13, "unit_price": "5.00"}])
    assert brand.found("unsupported_credit_quantity", 64) == {}


def test_a_void_credit_and_a_corrected_one_are_silent(brand):
    sold(brand)
    credited(brand, quantity=13, status="void")
    credited(brand, quantity=12, id="CN-2")
    assert brand.found("unsupported_credit_quantity", 60) == {"credit:erp:CN-2#TEE": ("10.00", "GBP")}
    credited(brand, quantity=10, id="CN-2", said=62)
    credited(brand, quantity=15, id="CN-2", said=61)
    assert brand.found("unsupported_credit_quantity", 63) == {}


def test_the_evidence_names_the_largest_sale_not_the_latest(brand):
    sold(brand, 1, quantity=9, placed=1)
    sold(brand, 2, quantity=2, placed=2)
    credited(brand)
    assert brand.found("unsupported_credit_quantity", 60) == {"credit:erp:CN-1#TEE": ("5.00", "GBP")}
    [piece] = brand.case("unsupported_credit_quantity").evidence
    assert (piece["expected"], piece["expected_from"]) == ("9", "order:front:front-1")
