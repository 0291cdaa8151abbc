SUBJECT = "order:front:front-1>shop"


def test_at_once_and_silent_when_it_has_arrived_since(brand):
    brand.order()
    brand.outcome("to-shop", code="validation", said=0.2)
    assert brand.found("sync_failure", 0.2) == {SUBJECT: ("50.00", "GBP")}
    brand.order(system="shop", said=1)
    assert brand.found("sync_failure", 2) == {}


def test_a_rate_limit_only_after_the_grace(brand):
    brand.everywhere()
    brand.outcome("to-shop", code="rate_limited", said=1)
    assert brand.found("sync_failure", 1.5 - 1 / 3600) == {}
    assert SUBJECT in brand.found("sync_failure", 1.5)


def test_only_the_last_report_counts_whichever_came_first(brand):
    brand.everywhere()
    brand.outcome("to-shop", result="success", said=2)
    brand.outcome("to-shop", code="validation", said=1)
    assert brand.found("sync_failure", 9) == {}


def test_a_cancelled_order_and_one_held_for_payment_are_no_matter(brand):
    brand.order(1, status="cancelled")
    brand.outcome("to-shop", 1, code="validation")
    brand.order(2, payment={"method": "card", "status": "pending"})
    brand.outcome("to-warehouse", 2, code="payment_pending")
    assert brand.found("sync_failure", 9) == {}


def test_a_failure_needs_no_feed_and_no_record(brand):
    brand.outcome("to-shop", 77, code="unknown_sku")
    assert brand.found("sync_failure", 1) == {"order:front:front-77>shop": (None, None)}


def test_a_payment_awaited_on_account_and_a_timeout_only_after_the_grace(brand):
    brand.everywhere(1, payment={"method": "invoice", "status": "pending"})
    brand.outcome("to-warehouse", 1, code="payment_pending", said=1)
    brand.everywhere(2)
    brand.outcome("to-warehouse", 2, code="timeout", said=2)
    assert brand.found("sync_failure", 3 - 1 / 3600) == {}
    assert list(brand.found("sync_failure", 3)) == ["order:front:front-1>warehouse"]
    assert len(brand.found("sync_failure", 4)) == 2


def test_a_withdrawn_order_is_no_matter_and_a_restored_one_is(brand):
    brand.order(currency="EUR")
    brand.outcome("to-shop", code="conflict")
    assert brand.found("sync_failure", 1) == {SUBJECT: ("50.00", "EUR")}
    brand.take("order", "front", "front-1", 2, deleted=True)
    assert brand.found("sync_failure", 3) == {}
    brand.order(said=4, currency="EUR")
    titles, evidence = brand.said("sync_failure", 5)
    assert titles == ["Order front-1 did not reach shop: conflict"]
    assert evidence == [("result", "success", "order:front:front-1", "failed conflict", "outcome:to-shop-1")]


def test_what_arrived_before_the_failure_is_not_what_failed(brand):
    brand.everywhere(said=1)
    brand.outcome("to-shop", code="validation", said=1)
    assert SUBJECT in brand.found("sync_failure", 2)
    brand.order(system="shop", said=1 + 1 / 3600)
    assert brand.found("sync_failure", 3) == {}


def test_a_product_that_did_not_arrive(brand):
    brand.take("product", "front", "TEE", 0, sku="TEE")
    brand.take(
        *("outcome", "ipaas", "products-TEE", 1),
        flow="products",
        record={"type": "product", "id": "TEE"},
        result="failed",
        error={"code": "validation"},
    )
    assert brand.found("sync_failure", 2) == {"product:front:TEE>portal": (None, None)}
    brand.take("product", "front", "TEE", 3, deleted=True)
    assert brand.found("sync_failure", 4) == {}
