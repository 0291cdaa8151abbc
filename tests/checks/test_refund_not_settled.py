import pytest

SUBJECT = "credit:erp:CN-1"
CARD = {"method": "card", "status": "paid"}
REFS = {"sales_order": "SO-1", "rma": "RMA-1", "purchase_order": "PO-1"}


def refunded(brand, payment=CARD, **fields):
    brand.everywhere(status="closed", payment=payment)
    brand.shipped()
    brand.returned()
    brand.credit(**{"kind": "refund", "settled": False} | fields)


def test_from_the_grace_of_the_credit_flow_until_the_money_moves(brand):
    refunded(brand)
    assert brand.found("refund_not_settled", 134 - 1 / 3600) == {}
    assert brand.found("refund_not_settled", 134) == {SUBJECT: ("20.00", "GBP")}
    brand.credit(said=135, issued_at="2025-09-06T02:00:00Z", kind="refund", settled=True)
    assert brand.found("refund_not_settled", 136) == {}


def test_what_ships_with_the_goods_is_not_at_risk_and_the_currency_is_the_credits(brand):
    refunded(brand, amount="26.00", tax="4.00", shipping="2.00", currency="EUR")
    assert brand.found("refund_not_settled", 134) == {SUBJECT: ("20.00", "EUR")}


@pytest.mark.parametrize("payment", [{"method": "on_account"}, {"method": "magic beans"}, None])
def test_an_account_needs_no_cash_and_an_unknown_method_gives_no_verdict(brand, payment):
    refunded(brand, payment=payment)
    assert brand.found("refund_not_settled", 200) == {}


@pytest.mark.parametrize(
    "said",
    [{"kind": "credit_note"}, {"kind": "store_credit"}, {"status": "failed"}, {"status": "draft"}, {"settled": None}],
)
def test_only_a_live_refund_that_says_no_money_has_moved(brand, said):
    refunded(brand, **said)
    assert brand.found("refund_not_settled", 200) == {}


def test_three_days_where_no_credit_flow_leads_into_the_system(brand):
    refunded(brand, status="void")
    said = {"kind": "refund", "currency": "GBP", "amount": "9.00", "status": "applied", "settled": False}
    brand.take("credit", "shop", "RF-1", 111, **said, issued_at="2025-09-06T02:00:00Z", refs={"sales_order": "SO-1"})
    assert brand.found("refund_not_settled", 182 - 1 / 3600) == {}
    assert brand.found("refund_not_settled", 182) == {"credit:shop:RF-1": ("9.00", "GBP")}
    assert brand.case("refund_not_settled").evidence[0]["expected_from"] == "three days, where no flow says"


def test_the_shortest_grace_of_the_flows_that_begin_in_the_group(brand):
    flow = '[[flows]]\nkey = "{0}-credits"\nrecord = "credit"\nsource = "{0}"\ntarget = "erp"\n'
    flow += 'cadence = "1h"\ngrace = "{1}"\n'
    brand.rewire(more=flow.format("shop", "12h") + flow.format("ipaas", "1h"))
    refunded(brand)
    assert brand.found("refund_not_settled", 122 - 1 / 3600) == {}
    assert list(brand.found("refund_not_settled", 122)) == [SUBJECT]


def test_the_authoritys_copy_speaks_and_a_reference_of_any_copy_is_the_documents(brand):
    refunded(brand, refs={"credit_number": "N-1", "purchase_order": "PO-1"})
    copy = {"kind": "refund", "currency": "GBP", "amount": "20.00", "status": "issued", "settled": True}
    refs = REFS | {"credit_number": "N-1"}
    brand.take("credit", "shop", "SC-1", 111, **copy, issued_at="2025-09-06T03:00:00Z", refs=refs)
    assert brand.found("refund_not_settled", 134) == {SUBJECT: ("20.00", "GBP")}
    brand.credit(said=135, kind="refund", settled=True, refs={"credit_number": "N-1", "purchase_order": "PO-1"})
    brand.take("credit", "shop", "SC-1", 135, **copy | {"settled": False}, refs=refs)
    assert brand.found("refund_not_settled", 300) == {}


def test_the_evidence_says_by_when_and_by_which_flow(brand):
    refunded(brand)
    brand.found("refund_not_settled", 134)
    case = brand.case("refund_not_settled")
    assert case.title == "Refund CN-1 of £20.00 was booked on 6 Sep 2025 and has not been paid out"
    (piece,) = case.evidence
    assert piece["expected"].startswith("true by 2025-09-07 02:00:00")
    assert (piece["expected_from"], piece["actual"], piece["actual_from"]) == ("flow:credits", "false", SUBJECT)
    assert (case.refs["sales_order"], case.refs["purchase_order"], case.refs["rma"]) == ("SO-1", "PO-1", "RMA-1")
