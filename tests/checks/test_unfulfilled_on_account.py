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
