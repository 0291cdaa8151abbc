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


def test_a_part_sent_a_cancelled_order_and_another_word_are_no_standstill(brand):
    brand.everywhere(1)
    brand.shipped(1, quantity=1)
    brand.everywhere(2)
    brand.order(2, said=1, status="cancelled")
    brand.everywhere(3)
    brand.order(3, system="warehouse", said=1, status="part_fulfilled")
    assert brand.found("order_stuck", 90) == {}


def test_of_an_order_split_in_two_the_earliest_open_part_is_named_with_the_whole(brand):
    brand.everywhere()
    half = [{"sku": "TEE", "quantity": 5}]
    brand.order(system="warehouse", placed=3, said=3, lines=half)
    brand.order(2, system="warehouse", placed=1, said=1, lines=half, refs={"sales_order": "SO-1"})
    assert brand.found("order_stuck", 49 - 1 / 3600) == {}
    assert brand.found("order_stuck", 49) == {"order:warehouse:warehouse-2": ("50.00", "GBP")}
    brand.take("order", "warehouse", "warehouse-2", 49, deleted=True)
    assert brand.found("order_stuck", 50) == {}
    assert brand.found("order_stuck", 51) == {SUBJECT: ("50.00", "GBP")}


def test_a_pending_or_withdrawn_parcel_moves_nothing_and_both_sides_are_said(brand):
    brand.everywhere()
    brand.shipped(1, said=1)
    brand.shipped(2, said=1, refs={"sales_order": "SO-1"}, status="pending")
    assert brand.found("order_stuck", 60) == {}
    brand.take("fulfilment", "warehouse", "F-1", 61, deleted=True)
    titles, evidence = brand.said("order_stuck", 62)
    assert titles == ["warehouse took order warehouse-1 on 1 Sep 2025 12:00 and has sent nothing (£50.00)"]
    assert evidence[0][2:] == ("to-warehouse", "nothing", "warehouse")
    assert evidence[1] == ("status", "fulfilled", "order:front:front-1", "open", SUBJECT)


def test_a_hold_that_is_lifted_lets_it_be_late_at_once(brand):
    brand.everywhere(payment={"method": "invoice", "hold": "credit check"})
    assert brand.found("order_stuck", 60) == {}
    brand.order(said=61, payment={"method": "invoice"})
    assert brand.found("order_stuck", 61) == {SUBJECT: ("50.00", "GBP")}


def test_of_two_orders_in_the_source_one_that_may_go_out_is_enough(brand):
    brand.everywhere(payment={"method": "invoice", "hold": "credit check"})
    brand.order(2, refs={"sales_order": "SO-1"}, payment={"method": "invoice"})
    assert brand.found("order_stuck", 60) == {SUBJECT: ("100.00", "GBP")}
    brand.order(2, said=61, refs={"sales_order": "SO-1"}, payment={"method": "invoice", "hold": "fraud check"})
    assert brand.found("order_stuck", 62) == {}


def test_orders_of_two_currencies_are_not_added(brand):
    brand.everywhere()
    brand.order(2, refs={"sales_order": "SO-1"}, currency="EUR")
    assert brand.found("order_stuck", 60) == {SUBJECT: (None, None)}
