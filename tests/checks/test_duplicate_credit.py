import pytest


def credited(brand, *amounts):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned()
    for n, amount in enumerate(amounts):
        brand.credit(f"CN-{n}", said=110 + n, amount=amount)


def test_credited_twice_in_full(brand):
    credited(brand, "20.00", "20.00")
    assert brand.found("duplicate_credit", 120) == {"credit:erp:CN-1": ("20.00", "GBP")}
    assert brand.found("credit_value_mismatch", 120) == {}


def test_two_parts_that_make_the_whole(brand):
    credited(brand, "12.00", "8.05")
    assert brand.found("duplicate_credit", 120) == {}


def test_copies_of_one_document_count_once(brand):
    credited(brand, "20.00")
    refs = {"sales_order": "SO-1", "rma": "RMA-1", "credit_number": "N-1", "purchase_order": "PO-1"}
    brand.credit("CN-0", said=111, refs=refs)
    base = {"kind": "credit_note", "currency": "GBP", "amount": "20.00", "status": "issued", "refs": refs}
    brand.take("credit", "shop", "SC-1", 111, **base)
    assert brand.found("duplicate_credit", 120) == brand.found("credit_copy_mismatch", 120) == {}
    brand.take("credit", "shop", "SC-1", 121, **base | {"amount": "20.02"})
    assert brand.found("credit_copy_mismatch", 122) == {"credit:shop:SC-1": ("0.02", "GBP")}


def test_at_the_tolerance_and_just_beyond_at_once(brand):
    credited(brand, "12.00", "8.05")
    assert brand.found("duplicate_credit", 120) == {}
    brand.credit("CN-1", said=121, amount="8.06", issued_at="2025-09-06T03:00:00Z")
    assert brand.found("duplicate_credit", 121) == {"credit:erp:CN-1": ("0.06", "GBP")}


def test_the_latest_of_three_is_named_until_it_is_void(brand):
    credited(brand, "20.00", "20.00", "5.00")
    assert brand.found("duplicate_credit", 112) == {"credit:erp:CN-2": ("25.00", "GBP")}
    titles, evidence = brand.said("duplicate_credit", 112)
    assert titles == ["Return R-1 is credited 3 times: £25.00 too much"]
    assert evidence[0] == ("net goods credited", "20", "return:portal:R-1", "45", "credit:erp:CN-2")
    brand.credit("CN-2", said=121, amount="5.00", status="void")
    assert brand.found("duplicate_credit", 122) == {"credit:erp:CN-1": ("20.00", "GBP")}
    brand.take("credit", "erp", "CN-1", 123, deleted=True)
    assert brand.found("duplicate_credit", 124) == {}


def test_what_was_accepted_less_fees_is_the_measure_and_tax_and_shipping_are_none(brand):
    credited(brand)
    line = {"sku": "TEE", "quantity": 4, "received_quantity": 4, "accepted_quantity": 3}
    brand.returned(said=101, status="inspected", lines=[line], fees="2.50")
    brand.credit("CN-1", said=111, amount="12.00", tax="1.50", shipping="0.50")
    brand.credit("CN-2", said=112, amount="2.50")
    assert brand.found("duplicate_credit", 120) == {}
    brand.returned(said=121, status="inspected", lines=[line | {"accepted_quantity": 2}], fees="2.50")
    assert brand.found("duplicate_credit", 121) == {"credit:erp:CN-2": ("5.00", "GBP")}


def test_a_second_credit_in_another_currency_is_told_by_its_currency(brand):
    credited(brand, "20.00")
    brand.credit("CN-9", said=115, amount="23.00", currency="EUR")
    assert brand.found("duplicate_credit", 120) == {}
    assert brand.found("currency_mismatch", 120) == {"credit:erp:CN-9": ("23.00", "EUR")}


def test_goodwill_beside_the_credit_is_none_and_an_order_at_two_prices_allows_the_higher(brand):
    lines = [{"sku": "TEE", "quantity": 5, "unit_price": price} for price in ("5.00", "7.00")]
    credited(brand)
    brand.order(said=1, status="closed", lines=lines)
    brand.credit("CN-1", said=110, amount="20.00")
    brand.credit("CN-2", said=111, amount="8.00")
    brand.credit("CN-3", said=112, amount="50.00", reason="goodwill")
    assert brand.found("duplicate_credit", 120) == {}
    brand.credit("CN-2", said=121, amount="9.00")
    assert brand.found("duplicate_credit", 122) == {"credit:erp:CN-2": ("1.00", "GBP")}


@pytest.mark.parametrize("systems", [("erp", "shop"), ("shop", "erp")])
def test_of_two_of_one_moment_and_number_the_first_by_system_is_named_whichever_came_first(brand, systems):
    credited(brand)
    said = {"kind": "credit_note", "currency": "GBP", "amount": "20.00", "status": "issued"}
    for system in systems:
        brand.take("credit", system, "CN-1", 110, refs={"rma": "RMA-1", "purchase_order": "PO-1"}, **said)
    assert brand.found("duplicate_credit", 120) == {"credit:erp:CN-1": ("20.00", "GBP")}
