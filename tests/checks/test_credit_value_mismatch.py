def returned_and_credited(brand, amount, **fields):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned(**fields)
    brand.credit(amount=amount)


def test_at_the_tolerance_and_just_beyond(brand):
    returned_and_credited(brand, "20.05")
    assert brand.found("credit_value_mismatch", 120) == {}
    brand.credit(amount="20.06", said=121)
    assert brand.found("credit_value_mismatch", 121) == {"credit:erp:CN-1": ("0.06", "GBP")}


def test_too_little_is_one_too(brand):
    returned_and_credited(brand, "15.00")
    assert brand.found("credit_value_mismatch", 120) == {"credit:erp:CN-1": ("5.00", "GBP")}


def test_the_accepted_quantity_less_fees_without_tax_and_shipping(brand):
    line = {"sku": "TEE", "quantity": 4, "received_quantity": 4, "accepted_quantity": 3}
    returned_and_credited(brand, "99.00", status="inspected", lines=[line], fees="2.50")
    brand.credit(said=111, amount="17.00", tax="2.50", shipping="2.00")
    assert brand.found("credit_value_mismatch", 120) == {}


def test_partial_credits_count_together_and_the_latest_is_named(brand):
    returned_and_credited(brand, "12.00")
    brand.credit("CN-2", said=112, amount="5.00")
    assert brand.found("credit_value_mismatch", 120) == {"credit:erp:CN-2": ("3.00", "GBP")}
    brand.credit("CN-3", said=121, amount="3.00")
    assert brand.found("credit_value_mismatch", 122) == {}


def test_what_was_not_received_and_another_currency_are_other_kinds(brand):
    returned_and_credited(brand, "99.00", status="in_transit")
    assert brand.found("credit_value_mismatch", 120) == {}
    assert list(brand.found("credit_before_receipt", 120)) == ["credit:erp:CN-1"]


def test_an_unknown_price_gives_no_verdict(brand):
    brand.everywhere(lines=[{"sku": "CAP", "quantity": 1, "unit_price": "5.00"}])
    brand.returned()
    brand.credit()
    assert brand.found("credit_value_mismatch", 120) == {}
