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


def test_each_order_of_a_group_by_itself_in_its_own_money(brand):
    brand.order(1, currency="EUR", total="62.00", tax="10.00", shipping="2.00")
    brand.order(2, placed=1, said=1, refs={"sales_order": "SO-1"}, total="30.00")
    for n in (1, 2):
        brand.order(n, system="warehouse")
    assert brand.found("order_missing_downstream", 1) == {SUBJECT: ("50.00", "EUR")}
    assert brand.found("order_missing_downstream", 1.5) == {
        SUBJECT: ("50.00", "EUR"),
        "order:front:front-2>shop": ("30.00", "GBP"),
    }


def test_cancelled_withdrawn_restored_and_a_late_older_word(brand):
    brand.order()
    assert SUBJECT in brand.found("order_missing_downstream", 1)
    brand.order(said=2, status="cancelled")
    assert brand.found("order_missing_downstream", 3) == {}
    brand.take("order", "front", "front-1", 4, deleted=True)
    brand.order(said=6)
    brand.order(said=5, status="cancelled")
    assert SUBJECT in brand.found("order_missing_downstream", 7)
    brand.take("order", "front", "front-1", 8, deleted=True)
    assert brand.found("order_missing_downstream", 9) == {}


def test_a_false_success_an_empty_shelf_and_a_wait_on_account_tell_more(brand):
    for n in (1, 2, 3):
        brand.order(n, payment={"method": "invoice", "status": "pending"})
        brand.order(n, system="shop")
    brand.outcome(n=1, result="success")
    brand.outcome(n=2, code="out_of_stock")
    assert brand.found("order_missing_downstream", 9) == {}
    told = ("false_success", "backorder_rejected", "unfulfilled_on_account")
    assert [list(brand.found(kind, 9)) for kind in told] == [[f"order:front:front-{n}>warehouse"] for n in (1, 2, 3)]
