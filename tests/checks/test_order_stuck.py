SUBJECT = "order:warehouse:warehouse-1"


def test_exactly_when_the_agreed_time_has_passed_since_the_warehouse_took_it(brand):
    brand.everywhere(placed=0)
    assert brand.found("order_stuck", 48 - 1 / 3600) == {}
    assert brand.found("order_stuck", 48) == {SUBJECT: ("50.00", "GBP")}
    brand.shipped(said=49)
    assert brand.found("order_stuck", 50) == {}


def test_a_rightful_hold_is_no_standstill(brand):
    brand.everywhere(payment={"method": "card", "status": "failed"})
    assert brand.found("order_stuck", 90) == {}


def test_pending_payment_on_account_is_no_hold(brand):
    brand.everywhere(payment={"method": "invoice", "status": "pending"})
    assert SUBJECT in brand.found("order_stuck", 90)
