import pytest

CREDIT, RETURN = "credit:erp:CN-1", "return:portal:R-1"
ACCOUNT = {"method": "Net terms"}


def on_account(brand, payment=ACCOUNT, **fields):
    brand.everywhere(status="closed", payment=payment)
    brand.shipped()
    brand.returned(**fields)


def refused(brand, said=110, result="failed", code="refund_rejected", flow="credits"):
    record = {"type": "return", "id": "R-1", "refs": {"rma": "RMA-1"}}
    error = {"error": {"code": code, "message": "nothing to refund to"}} if result == "failed" else {}
    brand.take("outcome", "ipaas", f"O-{said}", said, flow=flow, record=record, result=result, **error)


@pytest.mark.parametrize("status", ["issued", "applied", "failed"])
def test_at_once_for_a_refund_on_account_issued_or_failed_and_until_it_is_void(brand, status):
    on_account(brand)
    brand.credit(kind="refund", status=status, amount="24.00", tax="4.00")
    assert brand.found("wrong_refund_method", 110) == {CREDIT: ("20.00", "GBP")}
    brand.credit(kind="refund", status="void", said=111)
    assert brand.found("wrong_refund_method", 111) == {}


@pytest.mark.parametrize(
    "said", [{"kind": "credit_note"}, {"kind": "store_credit"}, {"reason": "goodwill"}, {"status": "draft"}]
)
def test_another_document_another_reason_and_a_draft_are_right(brand, said):
    on_account(brand)
    brand.credit(**{"kind": "refund"} | said)
    assert brand.found("wrong_refund_method", 120) == {}


@pytest.mark.parametrize("payment", [{"method": "card"}, {"method": "magic beans"}, None])
def test_cash_for_cash_is_right_and_an_unknown_method_no_account(brand, payment):
    on_account(brand, payment)
    brand.credit(kind="refund")
    refused(brand)
    assert brand.found("wrong_refund_method", 120) == {}


def test_a_refused_refund_is_told_on_its_return_with_the_expected_credit(brand):
    on_account(brand, fees="2.50")
    refused(brand)
    assert brand.found("wrong_refund_method", 110) == {RETURN: ("17.50", "GBP")}
    assert brand.found("sync_failure", 110) == brand.found("missing_credit", 400) == {}
    refused(brand, said=401, result="success")
    assert brand.found("wrong_refund_method", 401) == {}


def test_another_error_and_another_flow_do_not_say_so(brand):
    on_account(brand)
    refused(brand, code="validation")
    refused(brand, flow="returns", said=111)
    assert brand.found("wrong_refund_method", 111) == {}


def test_the_credit_speaks_where_there_is_one(brand):
    on_account(brand)
    refused(brand)
    brand.credit(kind="refund", status="failed", said=111, currency="EUR")
    assert brand.found("wrong_refund_method", 112) == {CREDIT: ("20.00", "EUR")}
    brand.take("credit", "erp", "CN-1", 113, deleted=True)
    assert brand.found("wrong_refund_method", 113) == {RETURN: ("20.00", "GBP")}


def test_a_price_nobody_knows_leaves_the_amount_open(brand):
    on_account(brand, lines=[{"sku": "CAP", "quantity": 1}])
    refused(brand)
    assert brand.found("wrong_refund_method", 111) == {RETURN: (None, None)}


def test_one_document_is_told_once_by_the_authority_and_found_by_the_number_of_any_copy(brand):
    on_account(brand)
    numbers = {"credit_number": "N-1"}
    brand.credit(kind="refund", refs=numbers | {"purchase_order": "PO-1"})
    copy = {"kind": "refund", "currency": "GBP", "amount": "20.00", "status": "issued"}
    refs = numbers | {"rma": "RMA-1", "sales_order": "SO-1"}
    brand.take("credit", "shop", "SC-1", 109, **copy, refs=refs)
    assert brand.found("wrong_refund_method", 111) == {CREDIT: ("20.00", "GBP")}


def test_the_evidence_sets_the_order_against_the_document(brand):
    on_account(brand)
    brand.credit(kind="refund")
    brand.found("wrong_refund_method", 111)
    case = brand.case("wrong_refund_method")
    assert case.title == "Refund CN-1 of £20.00 goes to the payer, though order front-1 is on account"
    assert [(p["field"], p["expected"], p["expected_from"], p["actual"], p["actual_from"]) for p in case.evidence] == [
        ("refund method", "credit to the account", "order:front:front-1", "refund issued", CREDIT)
    ]
    assert (case.refs["sales_order"], case.refs["purchase_order"]) == ("SO-1", "PO-1")


def test_a_refusal_that_speaks_of_a_copy_of_the_return_is_no_refused_return(brand):
    flow = 'record = "credit"\nsource = "portal"'
    brand.rewire(flow, flow.replace("portal", "shop"))
    on_account(brand)
    brand.returned(system="shop")
    refused(brand)
    assert brand.found("wrong_refund_method", 111) == {}
    assert list(brand.found("sync_failure", 111)) == ["return:shop:R-1>erp"]
