SUBJECT = "credit:shop:S-7"
NUMBER = {"credit_number": "CN-7"}


def copied(brand, amount="20.00", said=110, id="S-7", system="shop", refs=NUMBER, **fields):
    money = {"kind": "credit_note", "currency": "GBP", "amount": amount, "status": "issued"}
    brand.take("credit", system, id, said, **money | {"refs": refs} | fields)


def test_a_penny_apart_and_just_beyond(brand):
    brand.credit(refs=NUMBER)
    copied(brand, "20.01", refs={"credit_number": " #cn-7"})
    assert brand.found("credit_copy_mismatch", 110) == {}
    copied(brand, "20.011", said=111)
    assert brand.found("credit_copy_mismatch", 111) == {SUBJECT: ("0.01", "GBP")}
    copied(brand, "19.98", said=112)
    assert brand.found("credit_copy_mismatch", 112) == {SUBJECT: ("0.02", "GBP")}
    brand.credit(said=113, amount="19.98", refs=NUMBER)
    assert brand.found("credit_copy_mismatch", 113) == {}


def test_net_goods_are_compared(brand):
    brand.credit(refs=NUMBER, amount="20.00")
    copied(brand, "29.00", tax="4.00", shipping="5.00")
    assert brand.found("credit_copy_mismatch", 110) == {}


def test_two_currencies_have_no_difference_in_money(brand):
    brand.credit(refs=NUMBER)
    copied(brand, currency="EUR")
    assert brand.found("credit_copy_mismatch", 110) == {SUBJECT: (None, None)}


def test_only_live_copies_are_compared(brand):
    brand.credit(refs=NUMBER)
    copied(brand, "25.00", status="draft")
    assert brand.found("credit_copy_mismatch", 110) == {}
    copied(brand, "25.00", said=111, status="applied")
    assert SUBJECT in brand.found("credit_copy_mismatch", 111)
    brand.credit(said=112, refs=NUMBER, status="void")
    assert brand.found("credit_copy_mismatch", 112) == {}


def test_without_a_copy_at_the_authority_the_earliest_is_the_one_named(brand):
    copied(brand, "20.00", issued_at="2025-09-05T00:00:00Z")
    copied(brand, "21.00", id="P-7", system="portal", issued_at="2025-09-04T00:00:00Z")
    assert brand.found("credit_copy_mismatch", 110) == {SUBJECT: ("1.00", "GBP")}


def test_of_three_copies_each_that_differs_is_one(brand):
    brand.credit(refs=NUMBER)
    copied(brand, "21.00")
    copied(brand, "20.00", id="P-7", system="portal")
    copied(brand, "22.50", id="W-7", system="warehouse")
    found = {SUBJECT: ("1.00", "GBP"), "credit:warehouse:W-7": ("2.50", "GBP")}
    assert brand.found("credit_copy_mismatch", 110) == found


def test_copies_are_sought_within_one_realm(brand):
    brand.credit(refs=NUMBER, realm="uk")
    copied(brand, "25.00", realm="eu")
    assert brand.found("credit_copy_mismatch", 110) == {}
    copied(brand, "25.00", said=111, realm="uk")
    assert SUBJECT in brand.found("credit_copy_mismatch", 111)


def test_copies_in_two_order_groups_are_compared_and_the_evidence_names_both(brand):
    brand.everywhere()
    brand.credit(refs=NUMBER | {"sales_order": "SO-1"})
    copied(brand, "25.00")
    brand.found("credit_copy_mismatch", 110)
    brand.credit(said=111, amount="24.00", refs=NUMBER | {"sales_order": "SO-1"})
    titles, evidence = brand.said("credit_copy_mismatch", 112)
    assert titles == ["Credit S-7 in shop says £25.00, its copy CN-1 in erp £24.00: £1.00 apart"]
    assert evidence == [("net goods", "24 GBP", "credit:erp:CN-1", "25 GBP", SUBJECT)]
