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
