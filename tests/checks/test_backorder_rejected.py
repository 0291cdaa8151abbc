SUBJECT = "order:front:front-1>warehouse"


def test_refused_for_lack_of_stock_at_once_and_whatever_else_is_late(brand):
    brand.order()
    brand.order(system="shop")
    brand.outcome(code="out_of_stock")
    assert brand.found("backorder_rejected", 9) == {SUBJECT: ("50.00", "GBP")}
    assert brand.found("order_missing_downstream", 9) == brand.found("sync_failure", 9) == {}


def test_silent_once_a_part_of_it_is_there_or_it_is_cancelled(brand):
    brand.everywhere(1)
    brand.outcome(n=1, code="out_of_stock")
    brand.order(2, status="cancelled")
    brand.outcome(n=2, code="out_of_stock")
    assert brand.found("backorder_rejected", 9) == {}
