SUBJECT = "fulfilment:warehouse:F-1"


def test_sent_unpaid_by_card(brand):
    brand.everywhere(payment={"method": "card", "status": "pending"})
    brand.shipped()
    assert brand.found("released_before_payment", 2) == {SUBJECT: ("50.00", "GBP")}
    brand.everywhere(said=3, payment={"method": "card", "status": "paid"})
    assert brand.found("released_before_payment", 4) == {}


def test_on_account_or_by_a_method_nobody_knows_is_no_matter(brand):
    brand.everywhere(1, payment={"method": "net_terms", "status": "pending"})
    brand.everywhere(2, payment={"method": "barter", "status": "pending"})
    brand.shipped(1)
    brand.shipped(2)
    assert brand.found("released_before_payment", 9) == {}


def test_at_once_and_in_the_orders_own_money(brand):
    brand.everywhere(currency="EUR", payment={"method": "bank_transfer", "status": "failed"})
    brand.shipped(said=3)
    assert brand.found("released_before_payment", 3 - 1 / 3600) == {}
    assert brand.found("released_before_payment", 3) == {SUBJECT: ("50.00", "EUR")}


def test_which_payments_have_not_come(brand):
    words = ("pending", "failed", "void", "authorised", "paid", "part_refunded", "refunded", "on its way", None)
    for n, status in enumerate(words):
        brand.everywhere(n, payment={"method": "card", "status": status})
        brand.shipped(n)
    unpaid = {f"fulfilment:warehouse:F-{n}": ("50.00", "GBP") for n in (0, 1, 2)}
    assert brand.found("released_before_payment", 9) == unpaid


def test_of_a_split_dispatch_the_earliest_is_named_until_it_is_withdrawn(brand):
    brand.everywhere(payment={"method": "card", "status": "pending"})
    brand.shipped(1, said=5, quantity=4)
    brand.shipped(2, said=6, quantity=3, refs={"sales_order": "SO-1"}, shipped_at="2025-09-01T15:00:00Z")
    brand.shipped(3, said=4, quantity=3, refs={"sales_order": "SO-1"}, status="pending")
    assert list(brand.found("released_before_payment", 7)) == ["fulfilment:warehouse:F-2"]
    brand.take("fulfilment", "warehouse", "F-2", 8, deleted=True)
    assert list(brand.found("released_before_payment", 9)) == [SUBJECT]
    brand.shipped(1, said=10, quantity=4, status="cancelled")
    assert brand.found("released_before_payment", 11) == {}


def test_a_cancelled_order_and_the_word_of_a_copy_are_other_matters(brand):
    unpaid = {"method": "card", "status": "pending"}
    brand.everywhere(1, payment=unpaid)
    brand.everywhere(1, said=1, status="cancelled", payment=unpaid)
    brand.shipped(1, said=2)
    brand.everywhere(2, payment={"method": "card", "status": "paid"})
    brand.order(2, system="shop", said=1, payment=unpaid)
    brand.shipped(2, said=2)
    assert brand.found("released_before_payment", 3) == {}
    assert list(brand.found("dispatched_after_cancel", 3)) == [SUBJECT]


def test_a_late_older_version_changes_nothing_and_both_sides_are_said(brand):
    brand.everywhere(payment={"method": "card", "status": "pending"})
    brand.order(said=3, payment={"method": "card", "status": "failed"})
    brand.order(said=2, payment={"method": "card", "status": "paid"})
    brand.shipped(said=1)
    titles, evidence = brand.said("released_before_payment", 4)
    assert titles == ["Order front-1 of £50.00 was dispatched as F-1, though its payment is failed"]
    assert evidence[0] == ("payment.status", "paid", "the rule", "card failed", "order:front:front-1")
    assert evidence[1][4] == SUBJECT
