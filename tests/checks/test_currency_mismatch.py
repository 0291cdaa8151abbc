def test_a_credit_in_another_currency_than_the_order(brand):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned()
    brand.credit(currency="EUR", amount="31.00")
    assert brand.found("currency_mismatch", 120) == {"credit:erp:CN-1": ("31.00", "EUR")}
    assert brand.found("credit_value_mismatch", 120) == {}
    brand.credit(said=121)
    assert brand.found("currency_mismatch", 122) == {}


def test_a_missing_currency_is_not_known_to_differ(brand):
    brand.everywhere(currency=None)
    brand.order(system="shop", said=1, currency="EUR")
    assert brand.found("currency_mismatch", 9) == {}


def test_a_return_at_once_with_what_it_refunds_and_until_it_is_rejected(brand):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned(currency="EUR", refund_amount="23.40")
    assert brand.found("currency_mismatch", 100 - 1 / 3600) == {}
    assert brand.found("currency_mismatch", 100) == {"return:portal:R-1": ("23.40", "EUR")}
    brand.returned(said=101, currency="EUR", status="rejected")
    assert brand.found("currency_mismatch", 102) == {}


def test_each_copy_and_each_credit_in_its_own_money_and_said_by_whom(brand):
    brand.everywhere(status="closed")
    brand.order(system="shop", said=1, currency="EUR", total="60.00", tax="10.00")
    brand.credit("CN-1", said=2, currency="USD", amount="7.00", reason="goodwill")
    brand.credit("CN-2", said=2, currency="USD", amount="9.00", reason="goodwill", status="void")
    assert brand.found("currency_mismatch", 3) == {
        "order:shop:shop-1": ("50.00", "EUR"),
        "credit:erp:CN-1": ("7.00", "USD"),
    }
    titles, evidence = brand.said("currency_mismatch", 3)
    assert titles == ["Credit CN-1 is in USD, order front-1 in GBP", "Order shop-1 is in EUR, order front-1 in GBP"]
    assert evidence == [
        ("currency", "GBP", "order:front:front-1", "USD", "credit:erp:CN-1"),
        ("currency", "GBP", "order:front:front-1", "EUR", "order:shop:shop-1"),
    ]


def test_a_copy_cancelled_deleted_and_restored(brand):
    brand.everywhere()
    brand.order(system="shop", said=1, currency="EUR", status="cancelled")
    assert brand.found("currency_mismatch", 2) == {}
    brand.order(system="shop", said=3, currency="EUR")
    assert "order:shop:shop-1" in brand.found("currency_mismatch", 4)
    brand.take("order", "shop", "shop-1", 5, deleted=True)
    assert brand.found("currency_mismatch", 6) == {}
    brand.order(system="shop", said=7, currency="EUR")
    brand.order(system="shop", said=4, currency="GBP")
    assert "order:shop:shop-1" in brand.found("currency_mismatch", 8)


def test_copies_of_one_document_are_told_by_the_one_that_speaks(brand):
    brand.everywhere(status="closed")
    refs = {"sales_order": "SO-1", "credit_number": "N-1", "purchase_order": "PO-1"}
    brand.credit(said=1, refs=refs, reason="goodwill")
    foreign = {"kind": "credit_note", "currency": "EUR", "amount": "20.00", "status": "issued", "reason": "goodwill"}
    brand.take("credit", "shop", "SC-1", 1, refs=refs, **foreign)
    assert brand.found("currency_mismatch", 2) == {}
    assert brand.found("credit_copy_mismatch", 2) == {"credit:shop:SC-1": (None, None)}


def test_a_document_whose_copy_alone_names_the_order_is_held_against_it(brand):
    brand.everywhere(status="closed")
    brand.credit(currency="EUR", amount="31.00", refs={"credit_number": "N-1"})
    assert brand.found("currency_mismatch", 120) == {}
    copy = {"kind": "credit_note", "currency": "GBP", "amount": "31.00", "status": "issued"}
    brand.take("credit", "shop", "SC-1", 121, refs={"credit_number": "N-1", "sales_order": "SO-1"}, **copy)
    assert brand.found("currency_mismatch", 122) == {"credit:erp:CN-1": ("31.00", "EUR")}
    brand.take("credit", "shop", "SC-1", 123, deleted=True)
    assert brand.found("currency_mismatch", 124) == {}
