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


def test_at_once_in_the_orders_own_money_and_with_what_was_said(brand):
    brand.order(currency="EUR")
    brand.order(system="shop", currency="EUR")
    brand.outcome(said=1, code="out_of_stock")
    assert brand.found("backorder_rejected", 1 - 1 / 3600) == {}
    assert brand.found("backorder_rejected", 1) == {SUBJECT: ("50.00", "EUR")}
    titles, evidence = brand.said("backorder_rejected", 1)
    assert titles == ["warehouse refused order front-1 of €50.00 for lack of stock"]
    assert evidence == [("last outcome", "success", "order:front:front-1", "failed out_of_stock", "to-warehouse")]


def test_only_the_last_report_counts_whichever_came_first(brand):
    brand.order()
    brand.order(system="shop")
    brand.outcome(said=2, code="validation")
    brand.outcome(said=1, code="out_of_stock")
    assert brand.found("backorder_rejected", 3) == {}
    assert list(brand.found("sync_failure", 3)) == [SUBJECT]
    brand.outcome(said=4, code="out_of_stock")
    assert list(brand.found("backorder_rejected", 5)) == [SUBJECT]
    assert brand.found("sync_failure", 5) == {}


def test_it_goes_before_an_order_on_account_that_waits(brand):
    brand.order(payment={"method": "net terms", "status": "pending"})
    brand.order(system="shop")
    brand.outcome(code="out_of_stock")
    assert list(brand.found("backorder_rejected", 9)) == [SUBJECT]
    assert brand.found("unfulfilled_on_account", 9) == {}


def test_each_leg_speaks_for_itself(brand):
    brand.order()
    brand.outcome("to-warehouse", code="out_of_stock")
    brand.outcome("to-shop", code="out_of_stock")
    assert set(brand.found("backorder_rejected", 9)) == {SUBJECT, "order:front:front-1>shop"}


def test_a_cancelled_copy_is_a_copy_and_a_withdrawn_one_is_none(brand):
    brand.everywhere()
    brand.outcome(said=1, code="out_of_stock")
    brand.order(system="warehouse", said=2, status="cancelled")
    assert brand.found("backorder_rejected", 3) == {}
    brand.take("order", "warehouse", "warehouse-1", 4, deleted=True)
    assert list(brand.found("backorder_rejected", 5)) == [SUBJECT]
    brand.take("order", "front", "front-1", 6, deleted=True)
    assert brand.found("backorder_rejected", 7) == {}
    brand.order(said=8)
    assert list(brand.found("backorder_rejected", 9)) == [SUBJECT]
