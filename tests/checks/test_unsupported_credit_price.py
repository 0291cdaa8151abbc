def sold(brand, n=1, quantity=10, price="5.00", placed=0, **fields):
    lines = [{"sku": "TEE", "quantity": quantity, "unit_price": price}]
    brand.order(n, status="closed", placed=placed, said=placed, lines=lines, **fields)


def credited(brand, quantity=10, price="5.00", said=50, id="CN-1", sku="TEE", **fields):
    line = {"sku": sku, "quantity": quantity} | ({"unit_price": price} if price else {})
    brand.credit(id, said=said, refs={}, lines=[line], **fields)


def test_the_difference_to_the_nearest_price_that_was_charged(brand):
    sold(brand, 1, price="5.00")
    sold(brand, 2, price="4.50")
    credited(brand, quantity=6, price="4.60")
    assert brand.found("unsupported_credit_price", 60) == {"credit:erp:CN-1#TEE": ("0.60", "GBP")}


def test_without_a_price_the_quantity_alone_counts(brand):
    sold(brand)
    credited(brand, price=None)
    assert brand.found("unsupported_credit_price", 60) == {}


def test_a_smaller_sale_at_the_right_price_does_not_support_it(brand):
    sold(brand, 1, quantity=3)
    sold(brand, 2, quantity=10, price="6.00")
    credited(brand, quantity=10)
    assert brand.found("unsupported_credit_price", 60) == {"credit:erp:CN-1#TEE": ("10.00", "GBP")}


def test_a_corrected_note_is_silent_again(brand):
    sold(brand)
    credited(brand, price="5.10")
    assert brand.found("unsupported_credit_price", 60) == {"credit:erp:CN-1#TEE": ("1.00", "GBP")}
    credited(brand, price="5.00", said=61)
    assert brand.found("unsupported_credit_price", 62) == {}


def test_a_line_that_credits_no_piece_has_no_price_to_differ(brand):
    sold(brand, price="5.00")
    credited(brand, quantity=0, price="4.60")
    assert brand.found("unsupported_credit_price", 60) == {}


def test_the_evidence_names_the_sale_of_the_nearest_price_not_the_latest(brand):
    sold(brand, 1, price="5.50", placed=1)
    sold(brand, 2, price="9.00", placed=2)
    credited(brand, price="6.00")
    assert brand.found("unsupported_credit_price", 60) == {"credit:erp:CN-1#TEE": ("5.00", "GBP")}
    [piece] = brand.case("unsupported_credit_price").evidence
    assert (piece["expected"], piece["expected_from"]) == ("5.5", "order:front:front-1")
