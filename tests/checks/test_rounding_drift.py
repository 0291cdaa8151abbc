import pytest

SUBJECT = "customer:C-1:GBP:2025-09"
TOLERANT = ('amount = "0.05"', 'amount = "0.60"')


def settled(brand, n, amount, said=110, **fields):
    """Order n whose return of 20.00 is credited with `amount`."""
    brand.everywhere(n, status="closed", **fields)
    brand.shipped(n)
    brand.returned(n)
    numbers = {"sales_order": f"SO-{n}", "rma": f"RMA-{n}", "purchase_order": "PO-1"}
    brand.credit(f"CN-{n}", said=said, amount=amount, refs=numbers, currency=fields.get("currency", "GBP"))


def test_one_pound_is_small_and_a_penny_more_is_not_either_way(brand):
    brand.rewire(*TOLERANT)
    settled(brand, 1, "20.50")
    settled(brand, 2, "20.50")
    assert brand.found("rounding_drift", 120) == {}
    settled(brand, 3, "20.01")
    assert brand.found("rounding_drift", 121) == {SUBJECT: ("1.01", "GBP")}
    for n in (1, 2, 3):
        brand.credit(f"CN-{n}", said=122, amount="19.60", refs={"sales_order": f"SO-{n}", "rma": f"RMA-{n}"})
    assert brand.found("rounding_drift", 122) == {SUBJECT: ("1.20", "GBP")}


def test_differences_of_both_signs_cancel_out(brand):
    brand.rewire(*TOLERANT)
    for n, amount in enumerate(["20.60", "20.60", "19.80"], 1):
        settled(brand, n, amount)
    assert brand.found("rounding_drift", 120) == {}


def test_what_lies_beyond_the_tolerance_is_another_kinds(brand):
    brand.rewire(*TOLERANT)
    settled(brand, 1, "20.60")
    settled(brand, 2, "20.61")
    assert brand.found("rounding_drift", 120) == {}
    assert brand.found("credit_value_mismatch", 120) == {"credit:erp:CN-2": ("0.61", "GBP")}


def test_customers_currencies_and_months_are_kept_apart(brand):
    brand.rewire(*TOLERANT)
    settled(brand, 1, "20.60")
    settled(brand, 2, "20.60", customer={"id": "C-2"})
    settled(brand, 3, "20.60", currency="EUR")
    settled(brand, 4, "20.60", said=708)
    assert brand.found("rounding_drift", 720) == {}
    settled(brand, 5, "20.60", said=707.9)
    assert brand.found("rounding_drift", 721) == {SUBJECT: ("1.20", "GBP")}


def test_a_customer_is_one_however_its_id_is_written(brand):
    brand.rewire(*TOLERANT)
    settled(brand, 1, "20.60")
    settled(brand, 2, "20.60", customer={"id": "c-1 "})
    assert brand.found("rounding_drift", 120) == {SUBJECT: ("1.20", "GBP")}


def test_parts_count_together_in_the_month_of_the_latest(brand):
    brand.rewire(*TOLERANT)
    settled(brand, 1, "20.60")
    settled(brand, 2, "10.60")
    assert brand.found("rounding_drift", 120) == {}
    refs = {"sales_order": "SO-2", "rma": "RMA-2", "purchase_order": "PO-1"}
    brand.credit("CN-9", said=708, amount="10.00", refs=refs)
    assert brand.found("rounding_drift", 709) == {}
    settled(brand, 3, "20.60", said=709)
    assert brand.found("rounding_drift", 710) == {"customer:C-1:GBP:2025-10": ("1.20", "GBP")}


def test_between_two_prices_there_is_no_difference(brand):
    brand.rewire(*TOLERANT)
    lines = [{"sku": "TEE", "quantity": 5, "unit_price": price} for price in ("4.90", "5.10")]
    for n in (1, 2, 3, 4):
        settled(brand, n, "20.40", lines=lines)
    assert brand.found("rounding_drift", 120) == {}


@pytest.mark.parametrize("repair", ["void", "deleted"])
def test_the_evidence_lists_each_return_and_it_ends_with_the_credit(brand, repair):
    brand.rewire(*TOLERANT)
    settled(brand, 1, "20.60")
    settled(brand, 2, "20.55")
    assert brand.found("rounding_drift", 120) == {SUBJECT: ("1.15", "GBP")}
    case = brand.case("rounding_drift")
    assert (
        case.title == "Small differences on the credits of 2 returns of customer C-1 add up to £1.15 in September 2025"
    )
    assert case.systems == ["erp", "portal"]
    assert [(p["field"], p["expected"], p["expected_from"], p["actual"], p["actual_from"]) for p in case.evidence] == [
        ("sum of differences", "0", "expected credits", "1.15", "credits"),
        ("difference", "0", "return:portal:R-1", "0.6", "credit:erp:CN-1"),
        ("difference", "0", "return:portal:R-2", "0.55", "credit:erp:CN-2"),
    ]
    if repair == "void":
        brand.credit("CN-2", said=121, status="void", refs={"sales_order": "SO-2", "rma": "RMA-2"})
    else:
        brand.take("credit", "erp", "CN-2", 121, deleted=True)
    assert brand.found("rounding_drift", 121) == {}
