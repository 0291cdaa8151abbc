import pytest

SUBJECT = "stock:shop:TEE"
LEVELS = """
[[flows]]
key = "levels"
record = "stock"
source = "warehouse"
target = "shop"
cadence = "15m"
grace = "1h"
tolerance = { quantity = "2" }
"""


@pytest.fixture
def brand(brand):
    brand.rewire(more=LEVELS)
    return brand


def level(brand, quantity, said=0, system="warehouse", location="A", sku="TEE", condition="sellable", **fields):
    stock = {"sku": sku, "location": location, "condition": condition, "quantity": quantity}
    brand.take("stock_level", system, f"{sku}@{location}/{condition}", said, **stock | fields)


def test_from_the_grace_after_the_newest_change_of_either_until_they_agree(brand):
    level(brand, 13)
    level(brand, 10, said=5, system="shop")
    assert brand.found("stock_drift", 6 - 1 / 3600) == {}
    assert brand.found("stock_drift", 6) == {SUBJECT: (None, None)}
    level(brand, 11, said=7, system="shop")
    assert brand.found("stock_drift", 8) == {}


def test_a_level_that_is_only_said_again_has_not_changed(brand):
    level(brand, 13)
    level(brand, 10, said=1, system="shop")
    level(brand, 10, said=5, system="shop")
    assert list(brand.found("stock_drift", 5)) == [SUBJECT]


def test_all_locations_count_and_only_what_is_sellable(brand):
    level(brand, 6)
    level(brand, 4, location="B")
    level(brand, 50, condition="quarantine")
    level(brand, 10, said=1, system="shop", location="MAIN")
    assert brand.found("stock_drift", 9) == {}
    level(brand, 9, said=10, location="B")
    level(brand, 10, said=10, system="shop", location="MAIN")
    assert brand.found("stock_drift", 10.9) == {}
    assert list(brand.found("stock_drift", 11)) == [SUBJECT]


def test_packs_and_aliases_are_read_in_base_units(brand):
    brand.rewire(more=LEVELS + '[skus.shop]\n"TEE-12" = "TEE-CASE"\n')
    brand.take("product", "erp", "TEE-CASE", -9, sku="TEE-CASE", base_sku="TEE", pack_size=12)
    level(brand, 24)
    level(brand, 1, said=1, system="shop", sku="TEE-12")
    level(brand, 1, said=1, system="shop", uom="case", pack_size=12)
    assert brand.found("stock_drift", 9) == {}
    level(brand, 2, said=10, system="shop", sku="TEE-12")
    assert list(brand.found("stock_drift", 11)) == [SUBJECT]


def test_a_target_that_has_not_spoken_since_is_out_of_date_instead(brand):
    level(brand, 10)
    level(brand, 10, system="shop")
    level(brand, 20, said=1)
    assert brand.found("stock_drift", 9) == {}
    assert list(brand.found("stale_stock", 9)) == [SUBJECT]
    level(brand, 10, said=10, system="shop")
    assert list(brand.found("stock_drift", 10)) == [SUBJECT]
    assert brand.found("stale_stock", 10) == {}


def test_a_level_withdrawn_at_the_source_is_a_change_of_its_moment(brand):
    level(brand, 6)
    level(brand, 4, location="B")
    level(brand, 10, said=1, system="shop")
    assert brand.found("stock_drift", 9) == {}
    brand.take("stock_level", "warehouse", "TEE@B/sellable", 10, deleted=True)
    brand.take("stock_level", "warehouse", "TEE@B/sellable", 10.9, deleted=True)
    assert brand.found("stale_stock", 11 - 1 / 3600) == {}
    assert list(brand.found("stale_stock", 11)) == [SUBJECT]
    assert brand.found("stock_drift", 11) == {}
    level(brand, 10, said=12, system="shop")
    assert list(brand.found("stock_drift", 13)) == [SUBJECT]


def test_what_the_source_does_not_count_is_not_compared(brand):
    level(brand, 10, said=1, system="shop")
    level(brand, 10, sku="CAP")
    assert brand.found("stock_drift", 9) == {}


def test_two_flows_are_one_exception_with_the_evidence_of_both(brand):
    brand.rewire(more=LEVELS + LEVELS.replace('"levels"', '"erp-levels"').replace("warehouse", "erp"))
    level(brand, 13)
    level(brand, 14, system="erp")
    level(brand, 10, said=1, system="shop")
    assert list(brand.found("stock_drift", 9)) == [SUBJECT]
    case = brand.case("stock_drift")
    said = {(p["field"], p["expected"], p["expected_from"], p["actual"], p["actual_from"]) for p in case.evidence}
    field = "sellable quantity of TEE"
    assert {(field, "13", "warehouse", "10", "shop"), (field, "14", "erp", "10", "shop")} <= said
    assert case.suggestions
