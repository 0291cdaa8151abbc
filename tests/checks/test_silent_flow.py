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


def test_what_it_swallows_is_counted_by_currency_and_has_no_sum_across_them(brand):
    brand.everywhere(1)
    brand.outcome("to-shop", 1, result="success", said=0.1, target_id="shop-1")
    brand.order(2, placed=1, said=1)
    brand.order(3, placed=1, said=1, currency="EUR", total="70.00")
    brand.order(4, placed=1, said=1, total="30.00")
    assert brand.found("silent_flow", 2) == {"flow:to-shop": (None, None)}
    [title], evidence = brand.said("silent_flow", 2)
    assert title.startswith("to-shop has been silent since 1 Sep 2025 12:06")
    assert title.endswith("it holds back 3 exceptions")
    counted = {(field, actual) for field, _, _, actual, _ in evidence[1:]}
    assert counted == {
        ("swallowed order missing downstream", "1 €70.00"),
        ("swallowed order missing downstream", "2 £80.00"),
    }


def test_what_was_late_before_the_last_report_is_still_raised_by_itself(brand):
    brand.everywhere(1)
    brand.order(2, placed=0, said=0)
    brand.outcome("to-shop", 1, result="success", said=0.5, target_id="shop-1")
    brand.order(3, placed=1, said=1)
    assert brand.found("silent_flow", 1.9) == {"flow:to-shop": ("50.00", "GBP")}
    assert list(brand.found("order_missing_downstream", 1.9)) == ["order:front:front-2>shop"]


def test_an_order_that_does_not_travel_on_it_wakes_nobody(brand):
    brand.rewire('target = "shop"\ncadence = "5m"', 'target = "shop"\nonly = { channel = ["b2b"] }\ncadence = "5m"')
    brand.everywhere(1, channel="b2b")
    brand.outcome("to-shop", 1, result="success", said=0.1, target_id="shop-1")
    brand.order(2, placed=1, said=1, channel="web")
    assert brand.found("silent_flow", 3) == {}
    brand.order(3, placed=1, said=4, channel="b2b")
    assert list(brand.found("silent_flow", 9)) == ["flow:to-shop"]


def test_a_late_report_from_the_time_between_ends_it(brand):
    brand.everywhere(1)
    brand.outcome("to-shop", 1, result="success", said=0.1, target_id="shop-1")
    brand.order(2, placed=1, said=1)
    assert brand.found("silent_flow", 2)
    brand.outcome("to-shop", 2, result="skipped", said=1.5)
    assert brand.found("silent_flow", 2.1) == {}


def test_what_it_swallows_is_added_up_before_it_is_rounded(brand):
    brand.everywhere(1)
    brand.outcome("to-shop", 1, result="success", said=0.1, target_id="shop-1")
    for n in (2, 3):
        brand.order(n, placed=1, said=1, total="9.995")
    assert brand.found("silent_flow", 2) == {"flow:to-shop": ("19.99", "GBP")}
    brand.order(4, placed=3, said=3)
    brand.outcome("to-shop", 4, result="failed", said=3, code="timeout")
    alone = {f"order:front:front-{n}>shop": ("10.00", "GBP") for n in (2, 3)}
    assert alone.items() <= brand.found("order_missing_downstream", 3.1).items()
