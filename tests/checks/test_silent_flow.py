def test_more_than_three_cadences_and_the_grace_after_a_change_and_it_speaks_for_what_it_swallows(brand):
    brand.everywhere(1)
    brand.outcome("to-shop", 1, result="success", said=0.1, target_id="shop-1")
    brand.order(2, placed=1, said=1)
    assert brand.found("silent_flow", 1.75) == {}
    assert list(brand.found("order_missing_downstream", 1.75)) == ["order:front:front-2>shop"]
    assert brand.found("silent_flow", 1.75 + 1 / 3600) == {"flow:to-shop": ("50.00", "GBP")}
    assert brand.found("order_missing_downstream", 1.75 + 1 / 3600) == {}


def test_a_flow_that_wakes_gives_back_what_it_swallowed(brand):
    brand.everywhere(1)
    brand.outcome("to-shop", 1, result="success", said=0.1, target_id="shop-1")
    brand.order(2, placed=1, said=1)
    assert list(brand.found("silent_flow", 2)) == ["flow:to-shop"]
    brand.everywhere(3, placed=3, said=3)
    brand.outcome("to-shop", 3, result="success", said=3, target_id="shop-3")
    assert brand.found("silent_flow", 3.1) == {}
    assert "order:front:front-2>shop" in brand.found("order_missing_downstream", 3.1)


def test_a_flow_that_never_reported_a_success_is_not_silent(brand):
    brand.everywhere(1)
    brand.outcome("to-shop", 1, code="validation")
    brand.order(2, placed=1, said=1)
    assert brand.found("silent_flow", 9) == {}
