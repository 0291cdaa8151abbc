import pytest

SUBJECT = "stock:warehouse:TEE"


def level(brand, quantity, said=1, sku="TEE", system="warehouse", location="A", condition="sellable", **fields):
    place = {"sku": sku, "location": location, "condition": condition}
    brand.take("stock_level", system, f"{sku}@{location}/{condition}", said, **place, quantity=quantity, **fields)


def test_just_enough_and_one_too_few_at_once(brand):
    brand.everywhere()
    level(brand, 10)
    assert brand.found("oversell", 1) == {}
    level(brand, 9, said=2)
    assert brand.found("oversell", 2) == {SUBJECT: ("5.00", "GBP")}
    level(brand, 10, said=3)
    assert brand.found("oversell", 3) == {}


def test_what_went_out_is_no_longer_owed_and_an_excess_helps_nobody(brand):
    brand.everywhere(1, status="part_fulfilled")
    brand.shipped(1, quantity=6)
    brand.everywhere(2, status="released")
    brand.shipped(2, quantity=15)
    level(brand, 4)
    assert brand.found("oversell", 2) == {}
    level(brand, 3, said=3)
    assert brand.found("oversell", 3) == {SUBJECT: ("5.00", "GBP")}


@pytest.mark.parametrize("status", ["fulfilled", "closed", "cancelled", "On its way"])
def test_only_orders_that_wait_count(brand, status):
    brand.everywhere(status=status)
    level(brand, -1)
    assert brand.found("oversell", 2) == {}


def test_the_mean_price_is_weighted_by_what_is_open(brand):
    brand.order(1)
    brand.order(2, lines=[{"sku": "TEE", "quantity": 3, "pack_size": 10, "unit_price": "60.00"}], total="180.00")
    level(brand, 38)
    assert brand.found("oversell", 2) == {SUBJECT: ("11.50", "GBP")}  # 2 × (10 × 5 + 30 × 6) ÷ 40


def test_several_currencies_have_no_sum(brand):
    brand.order(1)
    brand.order(2, currency="EUR")
    level(brand, 19)
    assert brand.found("oversell", 2) == {SUBJECT: (None, None)}


def test_all_places_count_in_pieces_and_only_what_may_be_sold(brand):
    brand.order()
    level(brand, 2, pack_size=4)
    level(brand, 1, location="B")
    level(brand, 50, condition="quarantine")
    level(brand, 50, system="shop")
    assert brand.found("oversell", 2) == {SUBJECT: ("5.00", "GBP")}


def test_a_sku_without_a_level_gives_no_verdict(brand):
    brand.order()
    level(brand, 5, sku="CAP")
    level(brand, 5, condition="reserved")
    assert brand.found("oversell", 2) == {}


def test_levels_net_of_orders_are_oversold_below_nought(brand):
    brand.rewire('authority = ["stock"]', 'authority = ["stock"]\nstock = "available"')
    brand.order()
    level(brand, 0)
    level(brand, -2, sku="CAP")
    assert brand.found("oversell", 2) == {"stock:warehouse:CAP": (None, None)}
    level(brand, -3, said=3)
    assert brand.found("oversell", 3)[SUBJECT] == ("15.00", "GBP")
    titles, evidence = brand.said("oversell", 3)
    assert titles[1] == "3 × TEE (£15.00) is promised beyond what warehouse has"
    assert evidence[1] == ("available quantity of TEE", "at least 0", "1 open order", "-3", "warehouse")


def test_before_anybody_ever_sent_a_fulfilment_nothing_counts_as_dispatched(brand):
    brand.order(placed=-1000, said=-1000)
    level(brand, 9, said=-1000)
    assert brand.found("oversell", -901) == {SUBJECT: ("5.00", "GBP")}


def test_it_says_how_many_are_owed(brand):
    brand.order(1)
    brand.order(2)
    level(brand, 13)
    titles, evidence = brand.said("oversell", 2)
    assert titles == ["20 × TEE is still to go out, warehouse has 13: 7 short (£35.00)"]
    assert evidence == [("sellable quantity of TEE", "at least 20", "2 open orders", "13", "warehouse")]
