import pytest

from tests.checks.test_stock_drift import LEVELS, level

SUBJECT = "stock:shop:TEE"


@pytest.fixture
def brand(brand):
    brand.rewire(more=LEVELS)
    return brand


def product(brand, said=-9, sku="TEE", **fields):
    brand.take("product", "shop", sku, said, sku=sku, **fields)


def test_from_the_grace_after_the_sources_change_until_the_target_speaks(brand):
    level(brand, 10)
    level(brand, 10, said=1, system="shop")
    level(brand, 7, said=2)
    assert brand.found("stale_stock", 3 - 1 / 3600) == {}
    assert brand.found("stale_stock", 3) == {SUBJECT: (None, None)}
    level(brand, 7, said=4, system="shop")
    assert brand.found("stale_stock", 4) == brand.found("stock_drift", 9) == {}


def test_at_the_tolerance_and_just_beyond(brand):
    level(brand, 10, system="shop")
    level(brand, 12, said=1)
    assert brand.found("stale_stock", 9) == {}
    level(brand, "12.5", said=10)
    assert list(brand.found("stale_stock", 11)) == [SUBJECT]


def test_a_level_only_said_again_is_no_news_to_catch_up_with(brand):
    level(brand, 20)
    level(brand, 10, said=1, system="shop")
    level(brand, 20, said=5)
    assert brand.found("stale_stock", 9) == {}
    assert list(brand.found("stock_drift", 9)) == [SUBJECT]


def test_no_level_counts_as_none_where_the_target_sells_it(brand):
    level(brand, 3)
    assert brand.found("stale_stock", 9) == {}
    product(brand, active=False)
    assert brand.found("stale_stock", 10) == {}
    product(brand, said=11)
    assert list(brand.found("stale_stock", 11)) == [SUBJECT]
    level(brand, 2, said=12)
    assert brand.found("stale_stock", 14) == {}


def test_a_level_withdrawn_at_the_target_is_none(brand):
    product(brand)
    level(brand, 10)
    level(brand, 10, said=1, system="shop")
    assert brand.found("stale_stock", 9) == {}
    brand.take("stock_level", "shop", "TEE@A/sellable", 10, deleted=True)
    assert list(brand.found("stale_stock", 10)) == [SUBJECT]
    level(brand, 10, said=11, system="shop")
    assert brand.found("stale_stock", 11) == {}


def test_a_pack_in_the_targets_catalogue_is_the_base_sku(brand):
    brand.take("product", "erp", "TEE-CASE", -9, sku="TEE-CASE", base_sku="TEE", pack_size=12)
    product(brand, sku="TEE-CASE", pack_size=12)
    level(brand, 24)
    assert list(brand.found("stale_stock", 9)) == [SUBJECT]
    level(brand, 2, said=10, system="shop", sku="TEE-CASE")
    assert brand.found("stale_stock", 10) == {}


def test_a_silent_flow_speaks_for_it(brand):
    level(brand, 10)
    level(brand, 10, system="shop")
    record = {"type": "stock_level", "id": "TEE@A/sellable"}
    brand.take("outcome", "ipaas", "O-1", 0.5, flow="levels", record=record, result="success", target_id="L-1")
    level(brand, 20, said=1)
    assert list(brand.found("stale_stock", 2.75)) == [SUBJECT]
    assert brand.found("silent_flow", 2.75 + 1 / 3600) == {"flow:levels": (None, None)}
    assert brand.found("stale_stock", 2.75 + 1 / 3600) == {}


def test_the_evidence_sets_both_levels_and_their_times_side_by_side(brand):
    level(brand, 10, system="shop")
    level(brand, 20, said=1)
    brand.found("stale_stock", 9)
    case = brand.case("stale_stock")
    assert case.title == "shop still offers 10 × TEE, warehouse has 20"
    quantity, time = case.evidence
    assert list(quantity.values()).count(None) == list(time.values()).count(None) == 0
    assert (quantity["expected"], quantity["expected_from"]) == ("20", "warehouse")
    assert (quantity["actual"], quantity["actual_from"]) == ("10", "shop")
    assert time["expected"].startswith("2025-09-01 13:00:00")
    assert case.suggestions == [{"system": "shop", "sku": "TEE", "quantity": "20"}]
