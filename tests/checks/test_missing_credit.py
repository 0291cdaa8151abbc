from exceptions.models import ExceptionCase

SUBJECT = "return:portal:R-1"


def back(brand, **fields):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned(**fields)


def test_five_days_after_the_receipt_and_not_a_second_earlier(brand):
    back(brand, received_at="2025-09-06T12:00:00Z")
    assert brand.found("missing_credit", 240 - 1 / 3600) == {}
    assert brand.found("missing_credit", 240) == {SUBJECT: ("20.00", "GBP")}
    brand.credit(said=241)
    assert brand.found("missing_credit", 242) == {}


def test_without_a_date_of_receipt_from_the_first_version_that_says_received(brand):
    back(brand, said=100)
    brand.returned(said=150, status="inspected")
    assert brand.found("missing_credit", 219) == {}
    assert SUBJECT in brand.found("missing_credit", 220)


def test_a_credit_of_the_order_without_the_rma_is_one(brand):
    back(brand)
    brand.credit(refs={"sales_order": "SO-1", "purchase_order": "PO-1"})
    assert brand.found("missing_credit", 900) == {}


def test_void_credits_and_goodwill_are_none(brand):
    back(brand)
    brand.credit("CN-1", status="void")
    brand.credit("CN-2", refs={"sales_order": "SO-1", "purchase_order": "PO-1"}, reason="goodwill")
    assert SUBJECT in brand.found("missing_credit", 900)


def test_nothing_is_due_for_an_exchange(brand):
    back(brand, resolution="exchange")
    assert brand.found("missing_credit", 900) == {}


def test_the_credit_note_that_should_have_been_issued_is_ready_with_its_lines(brand):
    back(brand)
    brand.found("missing_credit", 900)
    (suggested,) = ExceptionCase.objects.get(kind="missing_credit").suggestions
    assert suggested["credit"] == "20"
    assert suggested["lines"] == [{"sku": "TEE", "quantity": "4", "amount": "20"}]


def test_a_credit_whose_copy_alone_names_the_order_is_one(brand):
    back(brand)
    brand.credit(refs={"credit_number": "N-1"})
    assert brand.found("missing_credit", 900) == {SUBJECT: ("20.00", "GBP")}
    copy = {"kind": "credit_note", "currency": "GBP", "amount": "20.00", "status": "issued"}
    brand.take("credit", "shop", "SC-1", 901, refs={"credit_number": "N-1", "sales_order": "SO-1"}, **copy)
    assert brand.found("missing_credit", 902) == {}


def test_of_several_credit_flows_the_shortest_time_that_one_states_counts(brand):
    flow = '[[flows]]\nkey = "credits-{to}"\nrecord = "credit"\nsource = "portal"\ntarget = "{to}"\ncadence = "1h"\n'
    flow += 'grace = "1d"\n{within}'
    more = flow.format(to="shop", within="") + flow.format(to="front", within='within = "8d"\n')
    brand.rewire('grace = "1d"\nwithin = "5d"', 'grace = "1d"\nwithin = "9d"', more)
    back(brand, said=100)
    assert brand.found("missing_credit", 100 + 8 * 24 - 1 / 3600) == {}
    assert SUBJECT in brand.found("missing_credit", 100 + 8 * 24)
