SUBJECT = "order:front:front-1>shop"


def test_reported_and_not_there_after_the_grace(brand):
    brand.order()
    brand.order(system="warehouse")
    brand.outcome("to-shop", result="success", said=1)
    assert brand.found("false_success", 1.5 - 1 / 3600) == {}
    assert brand.found("false_success", 1.5) == {SUBJECT: ("50.00", "GBP")}
    assert brand.found("order_missing_downstream", 1.5) == {}
    brand.order(system="shop", said=2)
    assert brand.found("false_success", 3) == {}


def test_the_target_id_decides_where_there_is_one(brand):
    brand.everywhere()
    brand.outcome("to-shop", result="success", said=1, target_id="elsewhere")
    assert SUBJECT in brand.found("false_success", 9)
    brand.outcome("to-shop", result="success", said=10, target_id="shop-1")
    assert brand.found("false_success", 20) == {}


def said_of_return(brand, flow, said):
    about = {"type": "return", "id": "R-1", "refs": {"rma": "RMA-1"}}
    brand.take("outcome", "ipaas", f"{flow}-R-1", said, flow=flow, record=about, result="success")


def test_a_cancelled_or_withdrawn_order_is_no_matter_and_a_restored_one_is(brand):
    brand.order()
    brand.outcome("to-shop", result="success", said=1)
    assert SUBJECT in brand.found("false_success", 2)
    brand.order(said=3, status="cancelled")
    assert brand.found("false_success", 4) == {}
    brand.take("order", "front", "front-1", 5, deleted=True)
    assert brand.found("false_success", 6) == {}
    brand.order(said=7)
    assert SUBJECT in brand.found("false_success", 8)


def test_only_the_last_report_counts_whichever_came_first(brand):
    brand.order()
    brand.outcome("to-shop", code="validation", said=2)
    brand.outcome("to-shop", result="success", said=1)
    assert brand.found("false_success", 9) == {}
    assert SUBJECT in brand.found("sync_failure", 9)


def test_a_copy_that_was_there_and_was_deleted_is_none(brand):
    brand.everywhere()
    brand.outcome("to-shop", result="success", said=1, target_id="shop-1")
    assert brand.found("false_success", 2) == {}
    brand.take("order", "shop", "shop-1", 3, deleted=True)
    assert SUBJECT in brand.found("false_success", 4)
    brand.order(system="shop", said=5, status="cancelled")
    assert brand.found("false_success", 6) == {}


def test_a_return_is_sought_by_its_rma(brand):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned()
    brand.returned(2, system="shop", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    said_of_return(brand, "returns", 101)
    assert brand.found("false_success", 105 - 1 / 3600) == {}
    assert brand.found("false_success", 105) == {"return:portal:R-1>shop": (None, None)}
    assert brand.found("return_missing_downstream", 105) == {}
    brand.returned(system="shop", said=106)
    assert brand.found("false_success", 107) == {}


def test_a_credit_that_was_reported_and_never_issued(brand):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned()
    said_of_return(brand, "credits", 101)
    assert brand.found("false_success", 125 - 1 / 3600) == {}
    assert brand.found("false_success", 125) == {"return:portal:R-1>erp": (None, None)}
    assert brand.found("missing_credit", 300) == {}
    brand.credit(said=301)
    assert brand.found("false_success", 302) == {}


def test_the_report_and_the_gap_are_said(brand):
    brand.order()
    brand.outcome("to-shop", result="success", said=1, target_id="9001")
    titles, evidence = brand.said("false_success", 9)
    assert titles == ["Order front-1 is reported as synced to shop, which has no such order"]
    assert evidence == [("order", "9001", "outcome:to-shop-1", "none", "shop")]


def test_a_return_that_nobody_sent_arrived_by_the_rma_that_its_outcome_names(brand):
    brand.everywhere()
    said = {"record": {"type": "return", "id": "R-9", "refs": {"rma": "RMA-1"}}, "flow": "credits"}
    brand.take("outcome", "ipaas", "credits-R-9", 1, result="success", **said)
    assert list(brand.found("false_success", 30)) == ["return:portal:R-9>erp"]
    brand.credit(said=31)
    assert brand.found("false_success", 32) == {}
    brand.take("outcome", "ipaas", "credits-R-9-b", 30.5, result="failed", **said)
    assert brand.found("sync_failure", 33) == {}


def test_a_return_that_names_no_rma_arrived_by_its_outcomes_or_else_as_any_of_its_group(brand):
    brand.everywhere()
    brand.returned(refs={"sales_order": "SO-1"})
    brand.returned(2, system="shop", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    about = {"type": "return", "id": "R-1"}
    brand.take("outcome", "ipaas", "1", 101, flow="returns", record=about, result="success")
    assert brand.found("false_success", 130) == {}
    about |= {"refs": {"rma": "RMA-1"}}
    brand.take("outcome", "ipaas", "2", 131, flow="returns", record=about, result="success")
    assert brand.found("false_success", 160) == {"return:portal:R-1>shop": (None, None)}
