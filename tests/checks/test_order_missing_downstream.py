SUBJECT = "order:front:front-1>shop"


def test_raised_at_the_edge_of_grace_and_not_a_second_earlier(brand):
    brand.order()
    brand.order(system="warehouse")
    assert brand.found("order_missing_downstream", 0.5 - 1 / 3600) == {}
    assert brand.found("order_missing_downstream", 0.5) == {SUBJECT: ("50.00", "GBP")}


def test_a_cancelled_copy_is_a_copy(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, status="cancelled")
    assert brand.found("order_missing_downstream", 9) == {}


def test_a_late_copy_resolves_it_and_a_withdrawn_one_brings_it_back(brand):
    brand.order()
    brand.order(system="warehouse")
    assert SUBJECT in brand.found("order_missing_downstream", 1)
    brand.order(system="shop", said=2)
    assert brand.found("order_missing_downstream", 3) == {}
    brand.take("order", "shop", "shop-1", 4, deleted=True)
    assert SUBJECT in brand.found("order_missing_downstream", 5)


def test_an_order_rightfully_held_for_payment_is_not_due_at_the_warehouse(brand):
    brand.order(payment={"method": "card", "status": "pending"})
    brand.order(system="shop")
    assert brand.found("order_missing_downstream", 9) == {}


def test_a_report_of_failure_tells_more(brand):
    brand.order()
    brand.order(system="shop")
    brand.outcome(code="validation")
    assert brand.found("order_missing_downstream", 9) == {}
