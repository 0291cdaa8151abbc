"""What data does to cases."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from exceptions.models import (
    ExceptionCase,
    Proposal,
    SeverityThreshold,
    TrailEntry,
)
from exceptions.trail.sentences import sentence
from tests.exceptions.findings import KIND, SUBJECT, found, gone, moved, moves_of, opened, run, the_case
from tests.exceptions.people import NOW, case, someone

pytestmark = pytest.mark.usefixtures("lawful")


def test_a_finding_opens_one_case_with_team_terms_and_trail():
    found()
    assert run()[KIND].opened == 1
    known = the_case()
    assert (known.state, known.severity, known.team, known.owner) == ("new", "high", "finance", None)
    assert (known.amount, known.currency, known.systems) == (Decimal("20.00"), "GBP", ["erp", "portal"])
    # sixteen working hours from Wednesday noon: five that day, eight on Thursday, three on Friday
    assert known.due_at == NOW + timedelta(days=2)
    assert known.claim_due_at == NOW + timedelta(hours=4)
    entry = TrailEntry.objects.get(case=known)
    assert (entry.by, entry.from_state, entry.to_state) == (None, None, "new")
    assert sentence(entry) == "Found, with 20.00 GBP at risk."


def test_a_leg_that_is_no_flow_names_none():
    found(leg="#received")
    run()
    assert the_case().flow is None


def test_without_news_nothing_happens():
    opened()
    before = ExceptionCase.objects.values().get()
    run(1)
    assert ExceptionCase.objects.values().get() == before


def test_a_second_open_case_of_a_subject_is_refused_by_the_database():
    opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        case(SUBJECT, kind=KIND)


def test_the_legs_of_a_subject_are_one_case_with_the_greatest_amount():
    found(leg="to-shop", amount="5.00")
    found(leg="to-erp", amount="9.00", systems=["shop"])
    run()
    known = the_case()
    assert (known.amount, known.flow, known.systems) == (Decimal("9.00"), "to-erp", ["erp", "portal", "shop"])


def test_legs_in_two_currencies_have_no_amount():
    found(leg="a")
    found(leg="b", currency="EUR")
    run()
    assert (the_case().amount, the_case().currency) == (None, None)


def test_what_is_found_again_is_refreshed_without_a_move():
    opened()
    found(title="Another title")
    run(1)
    known = the_case()
    assert (known.title, known.occurrences, known.version) == ("Another title", 2, 1)
    assert known.last_seen == NOW + timedelta(hours=1)
    assert moves_of(known) == ["detect"]
    found(amount="25.00")
    run(2)
    assert moves_of(known) == ["detect", "re-detect"]
    last = TrailEntry.objects.filter(case=known).last()
    assert sentence(last) == "The amount at risk went from 20.00 GBP to 25.00 GBP."


def test_a_grown_amount_raises_the_severity_and_a_shrunken_one_does_not_lower_it():
    SeverityThreshold.objects.create(kind=None, currency="GBP", amount_from="100", severity="critical")
    SeverityThreshold.objects.create(kind="orphan_return", currency="GBP", amount_from="1", severity="critical")
    SeverityThreshold.objects.create(kind=None, currency="EUR", amount_from="1", severity="critical")
    assert opened("99.99").severity == "high"
    found(amount="100.00")
    run(1)
    assert the_case().severity == "critical"
    found(amount="1.00")
    run(2)
    assert the_case().severity == "critical"


def test_a_grown_amount_wakes_a_snoozed_case_and_the_same_one_does_not():
    known = moved(opened(), "snoozed", until=NOW + timedelta(days=3))
    found(title="the same amount")
    run(1)
    assert the_case().state == "snoozed"
    found(amount="20.01")
    run(2)
    assert (the_case().state, the_case().until, moves_of(known)[-1]) == ("new", None, "wake")


def test_an_amount_that_is_no_longer_known_wakes_nobody():
    moved(opened(), "snoozed", until=NOW + timedelta(days=3))
    found(amount=None)
    run(1)
    assert (the_case().state, the_case().until, the_case().amount) == ("snoozed", NOW + timedelta(days=3), None)


def test_other_evidence_voids_a_proposal_and_the_same_evidence_does_not():
    known, tom = opened(), someone("tom", "agent", team="finance").user
    known = moved(known, "pending_approval", owner=tom)
    asked = Proposal.objects.create(
        case=known, resolution="accept_variance", proposed_by=tom, proposed_at=NOW, evidence_hash="h"
    )
    found()
    run(1)
    assert the_case().state == "pending_approval"
    found(evidence=[{"field": "amount", "expected": "0.00", "actual": "21.00"}])
    run(2)
    asked.refresh_from_db()
    assert (the_case().state, asked.decision, moves_of(known)[-1]) == ("in_progress", "void", "void")


def test_what_agrees_again_is_resolved_by_the_data_from_any_open_state():
    for number, state in enumerate(("new", "in_progress", "waiting", "snoozed", "pending_approval", "fix_applied")):
        subject = f"return:portal:{number}"
        found(subject)
        run()
        moved(the_case(subject), state, until=NOW + timedelta(days=1), applied_at=NOW)
        gone(subject)
        run(1)
        known = the_case(subject)
        assert (known.state, known.resolved_by) == ("resolved", "data"), state
        assert moves_of(known)[-1] == "auto-resolve", state


def test_what_comes_back_keeps_its_history_and_knows_its_owner_of_before():
    tom = someone("tom", "agent", team="finance").user
    known = moved(opened(), "in_progress", owner=tom)
    gone()
    run(1)
    found()
    assert run(2)[KIND].reopened == 1
    again = the_case()
    assert (again.pk, again.state, again.regressed) == (known.pk, "new", True)
    assert (again.owner, again.previous_owner) == (None, tom)
    assert (again.closed_at, again.resolved_by) == (None, None)
    assert moves_of(again) == ["detect", "auto-resolve", "regress"]
    assert again.due_at > known.due_at


@pytest.mark.parametrize("now", [{"amount": "20.01"}, {"amount": "1.00", "currency": "EUR"}])
def test_another_amount_alone_voids_a_proposal_and_wakes(now):
    same = {"evidence": [{"field": "amount"}]}
    found(**same)
    found("return:portal:R2", **same)
    run()
    moved(the_case(), "pending_approval")
    moved(the_case("return:portal:R2"), "snoozed", until=NOW + timedelta(days=1))
    found(**same, **now)
    found("return:portal:R2", **same, **now)
    run(1)
    assert (the_case().state, the_case("return:portal:R2").state) == ("in_progress", "new")


def test_a_more_telling_kind_takes_over_and_gives_back():
    known = opened()
    greater = "duplicate_credit"
    found("return:portal:R1", kind=greater)
    found(state="yielded", yields_to=greater, yields_to_subject=SUBJECT)
    run(1)
    known = the_case()
    assert (known.state, known.resolved_by) == ("resolved", "superseded")
    assert known.superseded_by == the_case(SUBJECT, greater)
    gone(SUBJECT, greater)
    found()
    run(2)
    known = the_case()
    assert (known.state, known.regressed, known.superseded_by) == ("new", False, None)
    assert moves_of(known) == ["detect", "supersede", "return"]


def test_findings_of_a_merged_case_speak_for_its_target():
    found("return:portal:R2")
    run()
    target = the_case("return:portal:R2")
    child = moved(opened(), "merged", merged_into=target, closed_at=NOW)
    found(amount="30.00")
    run(1)
    target.refresh_from_db()
    assert (the_case().state, target.occurrences, target.last_seen) == ("merged", 2, NOW + timedelta(hours=1))
    gone("return:portal:R2")
    run(2)
    assert the_case("return:portal:R2").state == "new", "it still speaks for the other"
    gone()
    run(2)
    assert the_case("return:portal:R2").state == "resolved"
    found(amount="31.00")
    run(3)
    assert the_case("return:portal:R2").state == "new"
    assert moves_of(target)[-1] == "regress"
    assert moves_of(child) == ["detect"]


def test_what_was_merged_twice_speaks_for_the_last_of_the_chain_and_keeps_it_open():
    for subject in ("return:portal:R2", "return:portal:R3"):
        found(subject)
    run()
    last, middle = the_case("return:portal:R3"), the_case("return:portal:R2")
    moved(opened(), "merged", merged_into=middle, closed_at=NOW)
    moved(middle, "merged", merged_into=last, closed_at=NOW)
    gone("return:portal:R2")
    gone("return:portal:R3")
    run(1)
    assert the_case("return:portal:R3").state == "new"
    moved(last, "fix_applied", applied_at=NOW, parameters={"effect": "own_data"})
    run(2)
    assert the_case("return:portal:R3").state == "in_progress", "what it speaks for still disagrees"
    gone()
    run(3)
    assert the_case("return:portal:R3").state == "resolved"
    found()
    run(4)
    again = the_case("return:portal:R3")
    assert (again.state, again.regressed, the_case().state) == ("new", True, "merged")
