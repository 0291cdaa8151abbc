"""The state machine: who may make which move from where, what it takes, and what never happens."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from exceptions.models import (
    CLOSED,
    OPEN,
    Acceptance,
    ExceptionCase,
    Membership,
    Proposal,
    Suppression,
    Team,
)
from exceptions.moves import MOVES, SYSTEM, FieldMissing, MovedMeanwhile, MoveNotAllowed
from exceptions.rights import person_of
from exceptions.trail.sentences import sentence
from exceptions.workflow import Origin, move, move_many
from tests.exceptions.people import NOW, bands, case, someone, teams

pytestmark = pytest.mark.django_db
PAGE = Origin("page", "req-1")


@pytest.fixture
def people():
    bands()
    teams()
    return {
        "tom": someone("tom", "agent", team="finance"),
        "ann": someone("ann", "agent", team="finance"),
        "lea": someone("lea", "agent", "lead", team="finance", lead=True),
        "pat": someone("pat", "approver", "agent", team="finance"),
        "vera": someone("vera", "viewer", team="finance"),
        "sam": someone("sam", "admin"),
        "out": someone("out", "agent", "lead", team="cx", lead=True),
    }


def make(known, name, by, at=NOW, **said):
    known.refresh_from_db()
    entry = move(known.pk, name, by=by, at=at, seen=known.version, origin=PAGE, **said)
    known.refresh_from_db()
    return entry


def taken(people, **fields):
    known = case(**{"amount": Decimal("18.00"), "currency": "GBP", "customer": "C-1"} | fields)
    make(known, "claim", people["tom"])
    return known


def test_a_member_takes_it_and_the_trail_says_who_from_where(people):
    known = case()
    entry = make(known, "claim", people["tom"])
    assert (known.state, known.owner.username, known.version) == ("in_progress", "tom", 2)
    assert (entry.by.username, entry.from_state, entry.to_state) == ("tom", "new", "in_progress")
    assert (entry.source, entry.request_id) == ("page", "req-1")


@pytest.mark.parametrize("who", ["out", "vera", "sam"])
def test_who_is_not_in_the_team_takes_nothing(people, who):
    known = case()
    with pytest.raises(MoveNotAllowed, match="member of its team"):
        make(known, "claim", people[who])
    assert known.version == 1


def test_of_two_people_exactly_one_wins_and_the_other_learns_who_was_first(people):
    known = case()
    make(known, "claim", people["tom"])
    with pytest.raises(MovedMeanwhile, match=r"Tom was first.*Taken"):
        move(known.pk, "claim", by=people["ann"], at=NOW, seen=1, origin=PAGE)
    assert known.owner.username == "tom"


def test_a_lead_assigns_to_members_of_the_team_alone(people):
    known = case()
    with pytest.raises(FieldMissing, match="not in the team"):
        make(known, "assign", people["lea"], person=people["out"].user)
    make(known, "assign", people["lea"], person=people["ann"].user)
    assert (known.owner.username, known.state, known.placed_by_person) == ("ann", "in_progress", True)
    make(known, "reassign", people["lea"], person=people["tom"].user)
    assert (known.owner.username, known.state) == ("tom", "in_progress")
    with pytest.raises(MoveNotAllowed, match="lead"):
        make(known, "reassign", people["tom"], person=people["ann"].user)


def test_a_team_is_called_as_it_was_called_when_it_was_handed_something(people):
    entry = make(taken(people), "transfer", people["lea"], team="cx", note="theirs")
    Team.objects.filter(key="cx").update(name="Care")
    assert sentence(entry) == "Handed over to the team Customer experience."
    entry.details = {"team": "cx"}  # as it was once written
    assert sentence(entry) == "Handed over to the team cx."


def test_waiting_needs_whom_why_and_until_when_and_stops_the_clock(people):
    known = taken(people)
    for missing in ("waiting_for", "note", "until"):
        said = {"waiting_for": "the buyer", "note": "asked by mail", "until": NOW + timedelta(days=3)}
        with pytest.raises(FieldMissing) as refused:
            make(known, "wait", people["tom"], **said | {missing: ""})
        assert refused.value.field == missing
    due = known.due_at
    make(known, "wait", people["tom"], waiting_for="the buyer", note="asked", until=NOW + timedelta(days=3))
    assert (known.state, known.paused_at) == ("waiting", NOW)
    make(known, "resume", people["tom"], at=NOW + timedelta(days=1))
    assert (known.state, known.until, known.due_at) == ("in_progress", None, due + timedelta(days=1))


def test_snoozing_ends_within_14_days_and_critical_is_for_leads(people):
    known = taken(people)
    with pytest.raises(FieldMissing, match="latest"):
        make(known, "snooze", people["tom"], until=NOW + timedelta(days=15))
    make(known, "snooze", people["tom"], until=NOW + timedelta(days=1))
    assert known.state == "snoozed"
    grave = taken(people, subject="order:shop:2", severity="critical")
    with pytest.raises(MoveNotAllowed, match="Only a lead"):
        make(grave, "snooze", people["tom"], until=NOW + timedelta(days=1))


def test_a_snooze_never_outlasts_the_closing_of_the_month(people):
    known = taken(people)
    # the fifth working day of October is Wednesday the 7th
    with pytest.raises(FieldMissing, match="08 Oct"):
        make(known, "snooze", people["tom"], until=NOW + timedelta(days=9))


def test_a_claimed_fix_is_only_a_claim(people):
    known = taken(people)
    make(known, "apply", people["tom"], resolution="request_corrected_credit", parameters={"where": "the ERP"})
    assert (known.state, known.resolution, known.applied_at) == ("fix_applied", "request_corrected_credit", NOW)
    make(known, "retract", people["tom"])
    assert (known.state, known.resolution) == ("in_progress", None)


def test_a_fix_elsewhere_says_where_so_that_somebody_can_find_it(people):
    known = taken(people)
    for where in ({}, {"where": "  "}):
        with pytest.raises(FieldMissing) as refused:
            make(known, "apply", people["tom"], resolution="void_duplicate", parameters=where)
        assert refused.value.field == "where"
    entry = make(known, "apply", people["tom"], resolution="void_duplicate", parameters={"where": "CN-9 in the ERP"})
    assert sentence(entry).endswith("Where: CN-9 in the ERP")


def test_a_line_is_discarded_with_a_note_alone_and_a_variance_only_with_one_of_the_reasons(people):
    line = case("rejected:erp:abcdefabcdef", kind="rejected_record", team="finance")
    make(line, "claim", people["tom"])
    with pytest.raises(FieldMissing) as refused:
        make(line, "accept", people["tom"], resolution="discard_line", note=" ")
    assert refused.value.field == "note"
    make(line, "accept", people["tom"], resolution="discard_line", note="a test of theirs")
    assert (line.state, line.resolution) == ("accepted", "discard_line")
    for reason in ("", "because"):
        with pytest.raises(FieldMissing) as refused:
            make(taken(people, subject=f"credit:erp:{reason}"), "accept", people["tom"], reason=reason, note="n")
        assert refused.value.field == "reason"


def test_a_resolution_of_another_kind_is_none(people):
    known = taken(people)
    with pytest.raises(FieldMissing, match="of this kind"):
        make(known, "apply", people["tom"], resolution="restock")


def test_a_small_variance_is_accepted_alone_up_to_the_month_s_limit(people):
    for number in range(3):
        known = taken(people, subject=f"credit:erp:{number}", amount=Decimal("20.00"))
        make(known, "accept", people["tom"], reason="rounding", note="pennies")
        assert (known.state, known.accepted_amount) == ("accepted", Decimal("20.00"))
    last = taken(people, subject="credit:erp:9", amount=Decimal("0.01"))
    with pytest.raises(MoveNotAllowed, match=r"60.* this month"):
        make(last, "accept", people["tom"], reason="rounding", note="pennies")
    assert Acceptance.objects.filter(by=people["tom"].user, customer="C-1").count() == 3


def test_above_the_limit_another_person_has_to_agree(people):
    known = taken(people, amount=Decimal("300.00"))
    with pytest.raises(MoveNotAllowed, match="limit of 25"):
        make(known, "accept", people["tom"], reason="goodwill", note="old customer")
    said = {"resolution": "accept_variance", "reason": "goodwill", "note": "old customer"}
    make(known, "propose", people["tom"], **said)
    assert known.state == "pending_approval"
    for who in ("tom", "ann", "lea", "sam", "vera"):
        with pytest.raises(MoveNotAllowed):
            make(known, "approve", people[who])
    make(known, "approve", people["pat"])
    accepted = Acceptance.objects.get(case=known)
    assert (known.state, accepted.by.username, accepted.approved_by.username) == ("accepted", "tom", "pat")


def test_who_proposes_never_approves_not_even_in_the_database(people):
    known = case(amount=Decimal("300.00"), currency="GBP")
    make(known, "claim", people["pat"])
    make(known, "propose", people["pat"], resolution="accept_variance", reason="fx", note="n")
    with pytest.raises(MoveNotAllowed, match="somebody else"):
        make(known, "approve", people["pat"])
    with pytest.raises(IntegrityError, match="proposal_four_eyes"), transaction.atomic():
        Proposal.objects.filter(case=known).update(decision="approved", decided_by=people["pat"].user)


def test_a_band_covers_so_much_and_no_more(people):
    known = taken(people, amount=Decimal("5000.01"))
    make(known, "propose", people["tom"], resolution="accept_variance", reason="write_off", note="n")
    with pytest.raises(MoveNotAllowed, match="beyond what you may approve"):
        make(known, "approve", people["pat"])
    controller = someone("amira", "finance_controller", "approver")
    make(known, "approve", controller)
    assert known.state == "accepted"


def test_a_proposal_is_void_when_the_evidence_has_moved(people):
    known = taken(people, amount=Decimal("300.00"))
    make(known, "propose", people["tom"], resolution="accept_variance", reason="fx", note="n")
    ExceptionCase.objects.filter(id=known.pk).update(evidence=[{"field": "amount", "actual": "301.00"}])
    with pytest.raises(MoveNotAllowed, match="evidence has changed"):
        make(known, "approve", people["pat"])


def test_a_rejection_says_why_and_returns_it(people):
    known = taken(people, amount=Decimal("300.00"))
    make(known, "propose", people["tom"], resolution="accept_variance", reason="fx", note="n")
    with pytest.raises(FieldMissing):
        make(known, "reject", people["pat"], note=" ")
    make(known, "reject", people["pat"], note="ask them first")
    assert (known.state, known.owner.username) == ("in_progress", "tom")
    assert Proposal.objects.get(case=known).decision == "rejected"


def test_what_always_needs_approval_is_not_simply_accepted(people):
    known = taken(people, kind="credit_before_receipt", amount=Decimal("1.00"))
    with pytest.raises(MoveNotAllowed, match="needs approval"):
        make(known, "accept", people["tom"], reason="goodwill", note="n")


def test_dismissing_is_the_owner_s_or_a_lead_s_and_only_an_admin_suppresses(people):
    known = case()
    with pytest.raises(MoveNotAllowed):
        make(known, "dismiss", people["tom"], note="a test order")
    make(known, "claim", people["tom"])
    with pytest.raises(FieldMissing, match="Only an admin"):
        make(known, "dismiss", people["tom"], note="a test", suppress_until=NOW + timedelta(days=3))
    make(known, "dismiss", people["tom"], note="a test order")
    assert known.state == "dismissed"
    assert not Suppression.objects.exists()


def test_only_one_currency_is_merged(people):
    pounds, euros = (case(f"credit:erp:{c}", amount=Decimal(1), currency=c) for c in ("GBP", "EUR"))
    with pytest.raises(FieldMissing, match="one currency"):
        make(pounds, "merge", people["lea"], target=euros.pk)
    more = case("credit:erp:2", amount=Decimal(2), currency="GBP")
    make(more, "merge", people["lea"], target=pounds.pk)
    assert (more.state, more.merged_into) == ("merged", pounds)
    make(more, "unmerge", people["lea"])
    assert (more.state, more.merged_into) == ("new", None)


def test_what_stands_in_a_closed_month_is_continued_by_a_linked_case(people):
    known = case(state="accepted", closed_at=NOW, frozen_in="2026-08", amount=Decimal(5), currency="GBP")
    entry = make(known, "reopen", people["lea"], note="the customer objects")
    assert known.state == "accepted"
    assert (entry.case.continues, entry.case.state) == (known, "in_progress")
    with pytest.raises(MoveNotAllowed, match="already"):
        make(known, "reopen", people["lea"], note="again")


def test_many_at_once_are_done_each_for_itself(people):
    mine, theirs, done = case("order:shop:1"), case("order:shop:2", team="cx"), case("order:shop:3")
    make(done, "claim", people["ann"])
    seen = {mine.pk: 1, theirs.pk: 1, done.pk: 1, 10**9: 1}
    entries, refused = move_many(seen, "claim", by=people["tom"], at=NOW, origin=Origin("bulk"))
    assert [entry.case_id for entry in entries] == [mine.pk]
    assert set(refused) == {theirs.pk, done.pk, 10**9}
    assert "Ann was first" in refused[done.pk]


def test_more_than_a_thousand_are_for_a_job_in_the_background(people):
    with pytest.raises(MoveNotAllowed, match="1,000"):
        move_many(dict.fromkeys(range(1, 1_002), 1), "claim", by=people["tom"], at=NOW, origin=Origin("bulk"))


def test_every_open_state_can_be_left_by_people_and_every_closed_one_has_a_way_back():
    for state in (*OPEN, *CLOSED):
        onward = {m.target for m in MOVES.values() if state in m.sources and m.target not in (None, state)}
        assert onward, state
        if state in CLOSED:
            assert onward & set(OPEN), state


def test_no_move_closes_money_but_by_acceptance_approval_or_data():
    closing = {name for name, m in (MOVES | SYSTEM).items() if m.target in CLOSED}
    assert closing == {"approve", "accept", "dismiss", "merge", "verify", "auto-resolve", "supersede"}


def test_a_person_who_leaves_the_team_can_no_longer_move_what_they_own(people):
    known = taken(people)
    Membership.objects.filter(person=people["tom"].user).delete()
    people["tom"].user.roles.all().delete()
    with pytest.raises(MoveNotAllowed):
        make(known, "release", person_of(people["tom"].user))
