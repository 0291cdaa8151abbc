SUBJECT = "order:front:front-1>warehouse"
ON_ACCOUNT = {"method": "Net terms", "status": "pending"}


def test_waiting_for_a_payment_that_never_comes(brand):
    brand.order(payment=ON_ACCOUNT)
    brand.order(system="shop")
    brand.outcome(code="payment_pending")
    assert brand.found("unfulfilled_on_account", 2 - 1 / 3600) == {}
    assert brand.found("unfulfilled_on_account", 2) == {SUBJECT: ("50.00", "GBP")}
    assert brand.found("sync_failure", 2) == {}


def test_skipped_or_never_mentioned(brand):
    brand.order(1, payment=ON_ACCOUNT)
    brand.order(2, payment=ON_ACCOUNT)
    brand.outcome(n=2, result="skipped")
    assert len(brand.found("unfulfilled_on_account", 3)) == 2


def test_by_card_on_hold_or_refused_for_another_reason_is_another_matter(brand):
    brand.order(1, payment={"method": "card", "status": "paid"})
    brand.order(2, payment=ON_ACCOUNT | {"hold": "credit check"})
    brand.order(3, payment=ON_ACCOUNT)
    brand.outcome(n=3, code="validation")
    assert brand.found("unfulfilled_on_account", 9) == {}


def test_silent_again_once_the_warehouse_has_it(brand):
    brand.order(payment=ON_ACCOUNT)
    assert SUBJECT in brand.found("unfulfilled_on_account", 3)
    brand.order(system="warehouse", said=4)
    assert brand.found("unfulfilled_on_account", 5) == {}


def test_a_refusal_for_stock_or_a_false_success_is_told_instead(brand):
    brand.order(1, payment=ON_ACCOUNT)
    brand.outcome(n=1, code="out_of_stock")
    brand.order(2, payment=ON_ACCOUNT)
    brand.outcome(n=2, result="success")
    assert brand.found("unfulfilled_on_account", 9) == {}
    assert SUBJECT in brand.found("backorder_rejected", 9)
    assert "order:front:front-2>warehouse" in brand.found("false_success", 9)


def test_only_towards_a_warehouse_in_the_orders_own_money_and_instead_of_the_plain_absence(brand):
    brand.order(payment=ON_ACCOUNT, currency="EUR")
    assert brand.found("unfulfilled_on_account", 9) == {SUBJECT: ("50.00", "EUR")}
    assert list(brand.found("order_missing_downstream", 9)) == ["order:front:front-1>shop"]
    titles, evidence = brand.said("unfulfilled_on_account", 9)
    assert titles == ["Order front-1 of €50.00 is on account and does not reach warehouse"]
    assert evidence[0] == ("order", "a copy in warehouse", "order:front:front-1", "none", "warehouse")


def test_cancelled_withdrawn_restored_and_a_late_older_word(brand):
    brand.order(payment=ON_ACCOUNT)
    assert SUBJECT in brand.found("unfulfilled_on_account", 3)
    brand.order(payment=ON_ACCOUNT, said=4, status="cancelled")
    assert brand.found("unfulfilled_on_account", 5) == {}
    brand.take("order", "front", "front-1", 6, deleted=True)
    brand.order(payment=ON_ACCOUNT, said=8)
    brand.order(payment={"method": "card", "status": "paid"}, said=7)
    assert SUBJECT in brand.found("unfulfilled_on_account", 9)
