"""A claimed fix: proven or disproved by newer data of every system in the evidence, never by the claim itself."""

from datetime import timedelta

import pytest

from connectors.models import Connection, Outbox, PullRun
from exceptions.models import ExceptionCase, TrailEntry, WriteBack
from exceptions.trail.sentences import sentence
from tests.checks.conftest import NOON, Brand
from tests.exceptions.findings import SUBJECT, found, gone, illegal_moves, moves_of, run, the_case


@pytest.fixture
def brand(db):
    return Brand()


@pytest.fixture(autouse=True)
def lawful(brand):
    yield
    assert illegal_moves() == []


def claimed(effect="elsewhere", leg="credits", **fields):
    """Found by credits (a day of grace) between the ERP and the portal; its owner says that it is done."""
    found(leg=leg, **fields)
    run(200, since=NOON)
    ExceptionCase.objects.update(
        state="fix_applied",
        resolution="request_corrected_credit",
        applied_at=NOON + timedelta(hours=200),
        touched_at=NOON + timedelta(hours=200),
        parameters={"effect": effect},
    )


def run_after(hours):
    return run(200 + hours, since=NOON)


def speaks(brand, system, after):
    if system == "erp":
        brand.credit(f"CN-{after}", said=200 + after, refs={"sales_order": f"SO-{after}"})
    else:
        brand.returned(f"N{after}", said=200 + after)


def test_agreement_in_newer_data_of_every_system_proves_it(brand):
    claimed()
    speaks(brand, "erp", 1)
    speaks(brand, "portal", 2)
    gone()
    run_after(3)
    known = the_case()
    assert (known.state, known.resolved_by, moves_of(known)[-1]) == ("resolved", "data", "verify")
    assert sentence(TrailEntry.objects.filter(case=known).last()) == "Newer data agrees: the fix is proven."


@pytest.mark.parametrize(("state", "then"), [("unknown", "fix_applied"), ("done", "in_progress")])
def test_what_is_still_to_be_written_for_it_is_waited_for(brand, state, then):
    claimed()
    at = NOON + timedelta(hours=200)
    reach = Connection.objects.create(system="erp", kind="erp", vendor="xero")
    sent = Outbox.objects.create(connection=reach, key="E-1", action="draft_credit", payload={}, state=state, due_at=at)
    WriteBack.objects.create(case=the_case(), version=1, resolution="request_corrected_credit", change=sent)
    speaks(brand, "erp", 26)
    speaks(brand, "portal", 26)
    run_after(27)
    assert the_case().state == then


@pytest.mark.parametrize("who", [(), ("erp",), ("portal",)])
def test_agreement_without_newer_data_of_every_system_resolves_but_is_not_called_proof(brand, who):
    claimed()
    for system in who:
        speaks(brand, system, 1)
    gone()
    run_after(3)
    known = the_case()
    assert (known.state, known.resolved_by, moves_of(known)[-1]) == ("resolved", "data", "auto-resolve")


def test_what_is_not_found_but_was_no_news_is_proven_once_every_system_has_spoken(brand):
    claimed()
    ExceptionCase.objects.update(subject="return:portal:quiet")
    speaks(brand, "erp", 1)
    run_after(2)
    assert the_case("return:portal:quiet").state == "fix_applied"
    speaks(brand, "portal", 3)
    run_after(4)
    assert moves_of(the_case("return:portal:quiet"))[-1] == "verify"


def test_it_is_disproved_by_newer_data_of_every_system_after_the_grace_of_the_flow(brand):
    claimed()
    speaks(brand, "erp", 1)
    run_after(30)
    assert the_case().state == "fix_applied"  # the portal has said nothing since
    speaks(brand, "portal", 2)
    run_after(30)
    known = the_case()
    assert (known.state, known.resolution, known.applied_at) == ("in_progress", None, None)
    assert moves_of(known)[-1] == "fix_failed"
    details = TrailEntry.objects.filter(case=known).last().details
    assert details["resolution"] == "request_corrected_credit"


def test_within_the_grace_of_the_flow_nothing_is_disproved(brand):
    claimed()
    speaks(brand, "erp", 1)
    speaks(brand, "portal", 2)
    run_after(23)
    assert the_case().state == "fix_applied"
    run_after(25)
    assert the_case().state == "in_progress"


def test_a_record_of_before_the_claim_that_arrives_late_proves_nothing(brand):
    claimed()
    speaks(brand, "erp", -5)
    speaks(brand, "portal", -5)
    run_after(48)
    assert the_case().state == "fix_applied"


def test_a_change_of_our_own_data_is_judged_by_the_next_run(brand):
    claimed(effect="own_data", leg="")
    run_after(1)
    assert moves_of(the_case())[-1] == "fix_failed"
    ExceptionCase.objects.update(
        state="fix_applied", applied_at=NOON + timedelta(hours=202), parameters={"effect": "own_data"}
    )
    gone()
    run_after(3)
    assert moves_of(the_case(SUBJECT))[-1] == "verify"


def test_what_a_corrected_credit_settles_is_proven_from_end_to_end(brand):
    """Found by the checks themselves in real records, claimed, and proven by what the systems then say."""
    kind = "credit_value_mismatch"
    brand.everywhere()
    brand.shipped()
    brand.returned(status="closed")
    brand.credit(amount="15.00")
    assert brand.found(kind, 150)
    claim = {"state": "fix_applied", "applied_at": NOON + timedelta(hours=150), "touched_at": NOON}
    ExceptionCase.objects.filter(kind=kind).update(**claim, parameters={"effect": "elsewhere"})
    systems = ExceptionCase.objects.get(kind=kind).systems
    for system in systems:
        brand.order("news", system=system, said=151, status="cancelled", po="PO-N")
    brand.credit(amount="20.00", said=151)
    assert brand.found(kind, 152) == {}
    assert moves_of(ExceptionCase.objects.get(kind=kind))[-1] == "verify"


def pulled(system, after, **fields):
    connection, _ = Connection.objects.get_or_create(system=system, defaults={"kind": "erp"})
    at = NOON + timedelta(hours=200 + after)
    PullRun.objects.create(connection=connection, feed="credits", **{"until": at, "finished_at": at} | fields)


def test_a_pull_that_went_through_is_newer_data_even_with_nothing_to_tell(brand):
    claimed()
    pulled("erp", 1)
    pulled("portal", 1)
    run_after(26)
    assert moves_of(the_case())[-1] == "fix_failed"


@pytest.mark.parametrize("fields", [{"finished_at": None}, {"error": "401"}, {"until": NOON}])
def test_a_pull_that_failed_goes_on_or_looked_further_back_is_not(brand, fields):
    claimed()
    pulled("erp", 1)
    pulled("portal", 1, **fields)
    run_after(26)
    assert the_case().state == "fix_applied"
