import pytest

SUBJECT = "return:portal:R-1"
ON_ACCOUNT = {"method": "net terms", "status": "pending"}


def refused(brand, reason, n=1, **fields):
    brand.returned(n, status="rejected", rejection_reason=reason, **fields)


def test_refused_for_a_payment_that_is_not_due_at_once_at_the_price_of_the_order(brand):
    brand.everywhere(payment=ON_ACCOUNT)
    refused(brand, "payment_pending", said=100, refund_amount="99.00")
    assert brand.found("blocked_return", 100 - 1 / 3600) == {}
    assert brand.found("blocked_return", 100) == {SUBJECT: ("20.00", "GBP")}


def test_a_pending_card_payment_is_a_reason(brand):
    brand.everywhere(1, payment={"method": "card", "status": "pending"})
    brand.everywhere(2)
    refused(brand, "payment_pending", 1)
    refused(brand, "payment_pending", 2)
    assert brand.found("blocked_return", 101) == {}


@pytest.mark.parametrize("reason", ["unknown_sku", "unknown_customer", "Client inconnu "])
def test_unknown_though_the_order_is_known(brand, reason):
    brand.rewire(more='[rejection_reasons.portal]\n"client INCONNU" = "unknown_customer"')
    brand.everywhere(payment={"method": "card", "status": "paid"})
    refused(brand, reason)
    refused(brand, reason, 2)
    assert brand.found("blocked_return", 101) == {SUBJECT: ("20.00", "GBP")}


def test_terms_are_terms_and_an_accepted_return_is_not_refused(brand):
    brand.everywhere(payment=ON_ACCOUNT)
    refused(brand, "outside_terms", 1)
    brand.returned(2, refs={"sales_order": "SO-1", "rma": "RMA-2"}, rejection_reason="unknown_sku", status="authorised")
    assert brand.found("blocked_return", 101) == {}


def test_packs_are_valued_by_the_unit_and_what_has_no_price_is_left_out(brand):
    brand.everywhere(payment=ON_ACCOUNT)
    lines = [{"sku": "OLD-TEE", "quantity": 2, "uom": "case", "pack_size": 3}, {"sku": "CAP", "quantity": 1}]
    refused(brand, "payment_pending", 1, lines=lines)
    refused(brand, "unknown_sku", 2, lines=lines[1:], refs={"sales_order": "SO-1", "rma": "RMA-2"})
    assert brand.found("blocked_return", 101) == {SUBJECT: ("30.00", "GBP"), "return:portal:R-2": (None, None)}


def test_let_through_withdrawn_and_brought_back(brand):
    brand.everywhere(payment=ON_ACCOUNT)
    refused(brand, "payment_pending", said=100)
    assert SUBJECT in brand.found("blocked_return", 100)
    brand.returned(said=103, status="authorised")
    refused(brand, "unknown_sku", said=101)  # told late, and older than what is known
    assert brand.found("blocked_return", 104) == {}
    refused(brand, "payment_pending", said=105)
    assert SUBJECT in brand.found("blocked_return", 105)
    brand.take("return", "portal", "R-1", 106, deleted=True)
    assert brand.found("blocked_return", 107) == {}


def test_it_speaks_for_the_failed_sync_of_the_same_return(brand):
    brand.everywhere(payment=ON_ACCOUNT)
    refused(brand, "unknown_sku", said=100)
    record = {"type": "return", "id": "R-1", "refs": {"rma": "RMA-1"}}
    failed = {"flow": "returns", "record": record, "result": "failed", "error": {"code": "unknown_sku"}}
    brand.returned(2, status="authorised", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    brand.take("outcome", "ipaas", "O-1", 101, **failed)
    brand.take("outcome", "ipaas", "O-2", 101, **failed | {"record": {"type": "return", "id": "R-2"}})
    assert list(brand.found("sync_failure", 102)) == ["return:portal:R-2>shop"]
    assert list(brand.found("blocked_return", 102)) == [SUBJECT]


def test_it_says_which_order_proves_it(brand):
    brand.everywhere(payment=ON_ACCOUNT)
    refused(brand, "payment_pending")
    titles, evidence = brand.said("blocked_return", 101)
    assert titles == ["Return R-1 of £20.00 was refused for payment pending, though the order is on account"]
    assert evidence == [
        ("rejection_reason", "none: the order is on account", "order:front:front-1", "payment_pending", SUBJECT)
    ]
