import pytest

SUBJECT = "return:shop:R-1#TEE"
CODES = """
[reason_codes.portal]
"TOO_SMALL" = "size"
"TOO_BIG" = "size"
"BROKEN" = "damaged"
[reason_codes.shop]
"1" = "size"
"2" = "damaged"
"""


@pytest.fixture(autouse=True)
def ordered(brand):
    brand.rewire(more=CODES)
    brand.everywhere(status="closed")
    brand.shipped()


def returned(brand, *codes, n=1, sku="TEE", **fields):
    lines = [{"sku": sku, "quantity": 2, "reason_code": code} for code in codes]
    brand.returned(n, lines=lines, **fields)


def test_after_the_grace_from_the_newest_change_until_it_is_put_right(brand):
    returned(brand, "TOO_SMALL", said=100)
    returned(brand, "2", said=102, system="shop")
    assert brand.found("reason_mismatch", 106 - 1 / 3600) == {}
    assert brand.found("reason_mismatch", 106) == {SUBJECT: (None, None)}
    returned(brand, "1", said=107, system="shop")
    returned(brand, "2", said=103, system="shop")  # told late
    assert brand.found("reason_mismatch", 108) == {}


def test_different_codes_of_one_meaning_agree(brand):
    returned(brand, "TOO_BIG", "TOO_SMALL")
    returned(brand, "1", system="shop")
    assert brand.found("reason_mismatch", 120) == {}


def test_a_code_without_a_meaning_gives_no_verdict(brand):
    returned(brand, "TOO_BIG", n=1)
    returned(brand, "99", n=1, system="shop")
    returned(brand, None, n=2)
    returned(brand, "2", n=2, system="shop")
    assert brand.found("reason_mismatch", 120) == {}
    brand.rewire(more=CODES.replace('"2"', '"99"'))
    assert list(brand.found("reason_mismatch", 121)) == [SUBJECT]


def test_each_sku_by_itself_under_its_base_name(brand):
    brand.returned(lines=[{"sku": "OLD-TEE", "quantity": 1, "reason_code": "BROKEN"}, {"sku": "CAP", "quantity": 1}])
    lines = [{"sku": "TEE", "quantity": 1, "reason_code": "1"}, {"sku": "CAP", "quantity": 1, "reason_code": "1"}]
    brand.returned(system="shop", lines=lines)
    assert brand.found("reason_mismatch", 120) == {SUBJECT: (None, None)}


def test_two_reasons_of_one_sku_are_compared_as_a_set(brand):
    returned(brand, "TOO_SMALL", "BROKEN")
    returned(brand, "2", "1", system="shop")
    assert brand.found("reason_mismatch", 120) == {}
    returned(brand, "2", said=121, system="shop")
    assert list(brand.found("reason_mismatch", 125)) == [SUBJECT]


def test_another_rma_is_another_return(brand):
    returned(brand, "TOO_SMALL")
    returned(brand, "2", system="shop", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    assert brand.found("reason_mismatch", 120) == {}


def test_a_flow_that_does_not_list_reasons_compares_none(brand):
    brand.rewire('grace = "4h"', 'grace = "4h"\ncompare = ["status"]', CODES)
    returned(brand, "TOO_SMALL")
    returned(brand, "2", system="shop")
    assert brand.found("reason_mismatch", 120) == {}


def test_it_says_which_reason_stands_where(brand):
    returned(brand, "TOO_SMALL")
    returned(brand, "2", system="shop")
    titles, evidence = brand.said("reason_mismatch", 120)
    assert titles == ["TEE of return R-1 comes back for damaged in shop, but for size in portal"]
    assert evidence == [("reason of TEE", "size (TOO_SMALL)", "return:portal:R-1", "damaged (2)", "return:shop:R-1")]
