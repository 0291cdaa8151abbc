from reconciliation.keys import record_key
from reconciliation.own_words import link
from tests.checks.conftest import at


def sold(brand, n=1, quantity=10, price="5.00", placed=0, **fields):
    lines = [{"sku": "TEE", "quantity": quantity, "unit_price": price}]
    brand.order(n, status="closed", placed=placed, said=placed, lines=lines, **fields)


def credited(brand, quantity=10, price="5.00", said=50, id="CN-1", sku="TEE", **fields):
    line = {"sku": sku, "quantity": quantity} | ({"unit_price": price} if price else {})
    brand.credit(id, said=said, refs={}, lines=[line], **fields)


SUBJECT = "credit:erp:CN-1#TEE"


def test_supported_by_a_sale_alike_or_larger(brand):
    sold(brand)
    credited(brand)
    credited(brand, quantity=4, said=51, id="CN-2", sku=" tee ")
    assert brand.found("unsupported_credit", 60) == {}


def test_never_sold_to_this_customer_or_only_later(brand):
    sold(brand, customer={"id": "C-2"})
    sold(brand, 2, placed=50)
    credited(brand, said=50)
    assert brand.found("unsupported_credit", 60) == {SUBJECT: ("50.00", "GBP")}


def test_no_customer_at_all(brand):
    sold(brand)
    credited(brand, customer=None)
    assert SUBJECT in brand.found("unsupported_credit", 60)


def test_an_order_reference_or_another_reason_is_not_matched(brand):
    sold(brand, customer={"id": "C-2"})
    brand.credit(
        "CN-1", said=50, refs={"sales_order": "SO-1"}, lines=[{"sku": "TEE", "quantity": 1, "unit_price": "1"}]
    )
    credited(brand, id="CN-2", reason="goodwill")
    assert brand.found("unsupported_credit", 60) == {}


def test_a_sale_in_another_currency_supports_nothing(brand):
    sold(brand, currency="EUR")
    credited(brand)
    assert SUBJECT in brand.found("unsupported_credit", 60)


def test_a_late_sale_supports_it_after_all(brand):
    sold(brand, 2, customer={"id": "C-2"})
    credited(brand)
    assert SUBJECT in brand.found("unsupported_credit", 60)
    sold(brand, placed=10)
    assert brand.found("unsupported_credit", 61) == {}


def test_a_credit_that_bears_a_later_date_is_matched_at_once(brand):
    sold(brand, customer={"id": "C-2"})
    credited(brand, said=50, issued_at=at(90))
    assert brand.found("unsupported_credit", 60) == {SUBJECT: ("50.00", "GBP")}


def test_a_link_of_any_copy_is_the_document_s(brand):
    sold(brand, customer={"id": "C-2"})
    number = {"refs": {"credit_number": "N-1"}, "lines": [{"sku": "TEE", "quantity": 1, "unit_price": "5.00"}]}
    brand.credit("CN-1", said=50, **number)
    brand.take("credit", "shop", "SC-1", 50, kind="refund", currency="GBP", amount="5.00", status="issued", **number)
    assert brand.found("unsupported_credit", 60) == {SUBJECT: ("5.00", "GBP")}
    link(record_key("credit", "shop", "SC-1"), record_key("order", "front", "front-1"), by="Ada")
    assert brand.found("unsupported_credit", 61) == {}
