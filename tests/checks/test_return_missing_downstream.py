import pytest

SUBJECT = "return:portal:R-1>shop"


def came_back(brand, said=5, status="authorised", **fields):
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned(said=said, status=status, **fields)


def copied(brand, said, rma="RMA-1", status="authorised"):
    fields = {"requested_at": "2025-09-01T17:00:00Z", "refs": {"rma": rma, "sales_order": "SO-1"}}
    brand.take("return", "shop", f"SR-{rma}", said, status=status, **fields)


def of_the_return(brand, result, said, **fields):
    record = {"type": "return", "id": "R-1", "refs": {"rma": "RMA-1"}}
    brand.take("outcome", "ipaas", "O-1", said, flow="returns", record=record, result=result, **fields)


def test_from_the_grace_after_it_moved_past_requested_until_the_copy_comes(brand):
    came_back(brand, status="requested")
    brand.returned(said=8, status="authorised", requested_at="2025-09-01T17:00:00Z")
    brand.returned(said=10, status="in_transit", requested_at="2025-09-01T17:00:00Z")
    assert brand.found("return_missing_downstream", 12 - 1 / 3600) == {}
    assert brand.found("return_missing_downstream", 12) == {SUBJECT: ("20.00", "GBP")}
    copied(brand, 13)
    assert brand.found("return_missing_downstream", 13) == {}


def test_an_older_version_that_comes_late_makes_it_older(brand):
    came_back(brand, said=10, status="received")
    assert brand.found("return_missing_downstream", 13) == {}
    brand.returned(said=6, status="authorised")
    assert list(brand.found("return_missing_downstream", 13.1)) == [SUBJECT]


@pytest.mark.parametrize("status", ["requested", "rejected", "cancelled", "who knows"])
def test_what_only_was_asked_for_or_ended_need_not_travel(brand, status):
    came_back(brand, status=status)
    assert brand.found("return_missing_downstream", 99) == {}


def test_a_copy_counts_in_whatever_status_and_by_its_number_alone(brand):
    came_back(brand)
    copied(brand, 6, rma="RMA-9")
    assert list(brand.found("return_missing_downstream", 9)) == [SUBJECT]
    copied(brand, 10, rma=" #rma-1", status="cancelled")
    assert brand.found("return_missing_downstream", 10) == {}
    brand.take("return", "shop", "SR- #rma-1", 11, deleted=True)
    assert list(brand.found("return_missing_downstream", 11)) == [SUBJECT]


def test_an_amount_nobody_states_is_unknown(brand):
    came_back(brand, refund_amount=None)
    assert brand.found("return_missing_downstream", 9) == {SUBJECT: (None, None)}


def test_a_target_that_never_sent_a_return_gives_no_verdict(brand):
    flow = 'record = "return"\nsource = "portal"\ntarget = '
    brand.rewire(flow + '"shop"', flow + '"erp"')
    came_back(brand)
    assert brand.found("return_missing_downstream", 99) == {}


def test_a_failed_and_a_false_report_tell_it_better(brand):
    came_back(brand)
    of_the_return(brand, "failed", 6, error={"code": "validation"})
    assert brand.found("return_missing_downstream", 12) == {}
    assert list(brand.found("sync_failure", 12)) == [SUBJECT]
    of_the_return(brand, "success", 13)
    assert list(brand.found("return_missing_downstream", 14)) == [SUBJECT]
    assert list(brand.found("false_success", 17)) == [SUBJECT]
    assert brand.found("return_missing_downstream", 17) == {}


def test_a_silent_flow_speaks_for_it(brand):
    came_back(brand)
    copied(brand, 5.5)
    of_the_return(brand, "success", 5.6, target_id="SR-RMA-1")
    brand.returned(2, said=6, status="authorised", refs={"rma": "RMA-2", "sales_order": "SO-1"})
    assert list(brand.found("return_missing_downstream", 13)) == ["return:portal:R-2>shop"]
    assert brand.found("silent_flow", 13 + 1 / 3600) == {"flow:returns": ("20.00", "GBP")}
    assert brand.found("return_missing_downstream", 13 + 1 / 3600) == {}
