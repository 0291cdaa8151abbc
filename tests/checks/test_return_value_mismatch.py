import pytest

SUBJECT = "return:portal:R-1#TEE"


def line(unit_refund, quantity=4, **fields):
    return {"sku": "TEE", "quantity": quantity, "unit_refund": unit_refund} | fields


def returned(brand, *lines, bought=None, **fields):
    brand.everywhere(status="closed", **({"lines": bought} if bought else {}))
    brand.shipped()
    brand.returned(lines=list(lines), **{"status": "authorised"} | fields)


def test_at_a_penny_and_just_beyond_and_right_again(brand):
    returned(brand, line("5.01"))
    assert brand.found("return_value_mismatch", 100) == {}
    brand.returned(said=101, status="authorised", lines=[line("5.011")])
    assert brand.found("return_value_mismatch", 101) == {SUBJECT: ("0.04", "GBP")}
    brand.returned(said=102, status="authorised", lines=[line("4.99")])
    assert brand.found("return_value_mismatch", 102) == {}


def test_too_little_is_one_too_and_the_accepted_quantity_counts(brand):
    returned(brand, line("4.00", received_quantity=4, accepted_quantity=3), status="inspected")
    assert brand.found("return_value_mismatch", 100) == {SUBJECT: ("3.00", "GBP")}


def test_cases_are_compared_by_the_unit_and_a_third_of_a_penny_is_exact(brand):
    case = {"sku": "TEE", "uom": "case", "pack_size": 12, "quantity": 3}
    returned(brand, line("100.00", 1, uom="case", pack_size=12), bought=[case | {"unit_price": "100.00"}])
    assert brand.found("return_value_mismatch", 100) == {}
    brand.returned(said=101, status="authorised", lines=[line("120.00", 2, uom="case", pack_size=12)])
    assert brand.found("return_value_mismatch", 101) == {SUBJECT: ("40.00", "GBP")}


def test_a_discount_is_part_of_the_price_so_a_list_price_refunded_is_found(brand):
    bought = [{"sku": "TEE", "quantity": 10, "unit_price": "10.00", "discount": "30.00"}]
    returned(brand, line("10.00"), bought=bought)
    assert brand.found("return_value_mismatch", 100) == {SUBJECT: ("12.00", "GBP")}


def test_everything_between_the_prices_of_the_order_is_right_and_beyond_the_nearest_counts(brand):
    bought = [{"sku": "TEE", "quantity": 5, "unit_price": price} for price in ("4.00", "6.00")]
    returned(brand, line("5.20"), bought=bought)
    assert brand.found("return_value_mismatch", 100) == {}
    brand.returned(said=101, status="authorised", lines=[line("6.50", 2), line("3.00", 1), line("4.00", 1)])
    assert brand.found("return_value_mismatch", 101) == {SUBJECT: ("2.00", "GBP")}
    said = [
        (p["expected"], p["expected_from"], p["actual"], p["actual_from"])
        for p in brand.case("return_value_mismatch").evidence
    ]
    assert said == [("4 to 6", "order:front:front-1", "3 to 6.5", "return:portal:R-1")]


@pytest.mark.parametrize(
    "fields",
    [{"currency": "EUR"}, {"currency": None}, {"status": "rejected"}, {"lines": [{"sku": "CAP", "quantity": 1}]}],
)
def test_other_money_a_dead_return_and_another_sku_are_not_compared(brand, fields):
    returned(brand, line("9.00"))
    brand.returned(said=101, **{"status": "authorised", "lines": [line("9.00")]} | fields)
    assert brand.found("return_value_mismatch", 101) == {}


def test_a_price_the_order_corrects_repairs_it_and_the_title_tells_both(brand):
    returned(brand, line("6.00"))
    assert brand.found("return_value_mismatch", 100) == {SUBJECT: ("4.00", "GBP")}
    case = brand.case("return_value_mismatch")
    assert case.title == "Return R-1 refunds TEE at £6.00 a unit, the order charged £5.00 (£4.00 in all)"
    brand.order(said=101, status="closed", lines=[{"sku": "TEE", "quantity": 10, "unit_price": "6.00"}])
    assert brand.found("return_value_mismatch", 101) == {}


def test_half_a_case_at_a_price_without_an_end_is_rounded_half_up_once(brand):
    returned(brand, line("64.03", "0.5", uom="case", pack_size=12))
    assert brand.found("return_value_mismatch", 100) == {SUBJECT: ("2.02", "GBP")}
