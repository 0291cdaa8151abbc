from exceptions.models import ExceptionCase

SUBJECT = "credit:erp:CN-1"
ORDER = {"sales_order": "SO-1"}


def test_after_the_grace_of_the_credit_flow_from_the_date_of_issue(brand):
    brand.everywhere(status="closed")
    brand.credit(said=110, refs=ORDER, issued_at="2025-09-06T00:00:00Z")  # hour 108
    assert brand.found("credit_without_return", 132 - 1 / 3600) == {}
    assert brand.found("credit_without_return", 132) == {SUBJECT: ("20.00", "GBP")}


def test_where_no_flow_leads_after_a_day(brand):
    money = {"kind": "refund", "currency": "EUR", "amount": "20.00", "tax": "3.00", "status": "applied"}
    brand.take("credit", "shop", "S-1", 110, **money, refs={"rma": "RMA-9"}, issued_at=None)
    assert brand.found("credit_without_return", 134 - 1 / 3600) == {}
    assert brand.found("credit_without_return", 134) == {"credit:shop:S-1": ("17.00", "EUR")}


def test_the_flow_from_where_the_order_is_known_counts(brand):
    flow = '\n[[flows]]\nkey = "{0}-credits"\nrecord = "credit"\nsource = "{0}"\ntarget = "erp"\n'
    times = 'cadence = "1h"\ngrace = "{1}"\n'
    brand.rewire(more=(flow + times).format("warehouse", "30h") + (flow + times).format("ipaas", "1h"))
    brand.everywhere(status="closed")
    brand.credit(refs=ORDER, said=110)
    assert brand.found("credit_without_return", 140 - 1 / 3600) == {}
    assert SUBJECT in brand.found("credit_without_return", 140)


def test_any_return_of_any_system_will_do_even_a_refused_one(brand):
    brand.everywhere(status="closed")
    brand.credit(refs=ORDER)
    assert SUBJECT in brand.found("credit_without_return", 140)
    brand.returned(system="shop", said=141, refs={"order_number": "1001"}, status="rejected")
    assert SUBJECT in brand.found("credit_without_return", 141)
    brand.order(system="shop", said=142, refs={"order_number": "#1001"}, status="closed")
    assert brand.found("credit_without_return", 142) == {}
    brand.take("return", "shop", "R-1", 143, deleted=True)
    assert SUBJECT in brand.found("credit_without_return", 143)


def test_a_copy_of_the_document_may_lead_to_the_return(brand):
    brand.everywhere(status="closed")
    brand.credit(refs=ORDER | {"credit_number": "7"})
    money = {"kind": "credit_note", "currency": "GBP", "amount": "20.00", "status": "issued"}
    brand.take("credit", "shop", "S-7", 110, **money, refs={"credit_number": "7", "rma": "RMA-9"})
    assert list(brand.found("credit_without_return", 140)) == [SUBJECT]
    brand.returned(9, said=141)
    assert brand.found("credit_without_return", 142) == {}
    brand.take("return", "portal", "R-9", 143, deleted=True)
    assert list(brand.found("credit_without_return", 144)) == [SUBJECT]


def test_what_names_nothing_is_matched_by_its_lines(brand):
    brand.credit("CN-1", refs={"purchase_order": "PO-1"})
    brand.credit("CN-2", refs={"order_number": "n/a"})
    assert brand.found("credit_without_return", 140) == {}


def test_other_reasons_and_credits_that_do_not_stand_need_no_return(brand):
    for number, fields in enumerate([{"reason": "goodwill"}, {"reason": "cancellation"}, {"status": "draft"}]):
        brand.credit(f"CN-{number}", refs=ORDER, **fields)
    assert brand.found("credit_without_return", 140) == {}


def test_no_verdict_before_anybody_ever_sent_a_return(brand):
    brand.credit(said=-1000, refs=ORDER)
    assert brand.found("credit_without_return", -901) == {}
    assert SUBJECT in brand.found("credit_without_return", -900)


def test_it_says_what_was_looked_for(brand):
    brand.everywhere(status="closed")
    brand.credit(refs=ORDER)
    titles, evidence = brand.said("credit_without_return", 140)
    assert titles == ["Credit CN-1 of £20.00 is for a return that no system knows"]
    assert evidence == [("return", "a return of sales order SO-1", SUBJECT, "none", "every system")]


def test_without_an_order_it_suggests_those_of_the_customer_by_po_then_by_date(brand):
    for n, fields in enumerate([{"po": "PO-9"}, {"placed": 1}, {"placed": 2}, {"customer": {"id": "C-2"}}], 1):
        brand.order(n, **{"po": "PO-1"} | fields)
    brand.credit(refs={"rma": "RMA-404", "purchase_order": "po-9"})
    brand.found("credit_without_return", 140)
    suggested = ExceptionCase.objects.get(kind="credit_without_return").suggestions
    assert [(order["order"], order["why"]) for order in suggested] == [
        ("order:front:front-1", "same purchase order, same customer"),
        ("order:front:front-3", "same customer"),
        ("order:front:front-2", "same customer"),
    ]
