import pytest

SUBJECT = "credit:erp:CN-1"


def returned(brand, **fields):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned(**fields)


@pytest.mark.parametrize("status", ["requested", "authorised", "in_transit", "rejected", "cancelled"])
def test_nothing_came_back(brand, status):
    returned(brand, status=status)
    brand.credit(said=110, amount="26.00", tax="4.00", shipping="2.00")
    assert brand.found("credit_before_receipt", 110) == {SUBJECT: ("20.00", "GBP")}
    brand.returned(said=111, status="received")
    assert brand.found("credit_before_receipt", 111) == {}


def test_a_second_before_the_stated_receipt_and_in_the_second_itself(brand):
    returned(brand, received_at="2025-09-06T02:00:01Z")
    brand.credit(said=110)  # 6 September, two in the morning
    assert brand.found("credit_before_receipt", 111) == {SUBJECT: ("20.00", "GBP")}
    brand.returned(said=112, received_at="2025-09-06T02:00:00Z")
    assert brand.found("credit_before_receipt", 112) == {}


def test_an_inspection_stands_for_a_receipt_that_nobody_stated(brand):
    returned(brand, status="inspected", inspected_at="2025-09-07T12:00:00Z")
    brand.credit(said=110)
    assert SUBJECT in brand.found("credit_before_receipt", 144)
    brand.returned(
        said=145, status="inspected", inspected_at="2025-09-07T12:00:00Z", received_at="2025-09-05T00:00:00Z"
    )
    assert brand.found("credit_before_receipt", 146) == {}


def test_without_a_stated_moment_an_older_credit_proves_nothing(brand):
    returned(brand, said=120, status="received")
    brand.credit(said=110)
    assert brand.found("credit_before_receipt", 121) == {}


def test_a_credit_dated_ahead_is_one_at_once(brand):
    returned(brand, status="in_transit")
    brand.credit(said=110, issued_at="2025-10-01T00:00:00Z")
    assert brand.found("credit_before_receipt", 110) == {SUBJECT: ("20.00", "GBP")}


def test_goodwill_drafts_and_void_credits_wait_for_nothing(brand):
    returned(brand, status="in_transit")
    brand.credit("CN-1", reason="goodwill")
    brand.credit("CN-2", status="draft")
    brand.credit("CN-3", status="void")
    assert brand.found("credit_before_receipt", 120) == {}


def test_one_document_is_named_once_by_the_authority_and_its_rma_may_stand_on_any_copy(brand):
    returned(brand, status="in_transit")
    brand.credit("CN-1", refs={"credit_number": "7"})
    copy = {"kind": "credit_note", "currency": "GBP", "amount": "20.00", "status": "issued"}
    brand.take("credit", "shop", "S-7", 110, **copy, refs={"credit_number": "#7", "rma": "RMA-1"})
    assert list(brand.found("credit_before_receipt", 120)) == [SUBJECT]
    brand.credit("CN-1", said=121, refs={"credit_number": "7"}, status="void")
    assert brand.found("credit_before_receipt", 122) == {}


def test_an_unmapped_status_gives_no_verdict(brand):
    returned(brand, status="Somewhere")
    brand.credit()
    assert brand.found("credit_before_receipt", 120) == {}


def test_it_says_when_and_what_the_return_says(brand):
    returned(brand, status="in_transit")
    brand.credit(said=110)
    titles, evidence = brand.said("credit_before_receipt", 120)
    assert titles == ["Credit CN-1 of £20.00 was given before return R-1 was received"]
    assert evidence == [("received", "by 2025-09-06 02:00:00+00", SUBJECT, "in_transit", "return:portal:R-1")]
