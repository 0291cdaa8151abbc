def test_a_credit_in_another_currency_than_the_order(brand):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned()
    brand.credit(currency="EUR", amount="31.00")
    assert brand.found("currency_mismatch", 120) == {"credit:erp:CN-1": ("31.00", "EUR")}
    assert brand.found("credit_value_mismatch", 120) == {}
    brand.credit(said=121)
    assert brand.found("currency_mismatch", 122) == {}


def test_a_missing_currency_is_not_known_to_differ(brand):
    brand.everywhere(currency=None)
    brand.order(system="shop", said=1, currency="EUR")
    assert brand.found("currency_mismatch", 9) == {}
