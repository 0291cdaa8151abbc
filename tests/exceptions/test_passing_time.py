"""What passing time does to cases: dates that come, limits, escalation, storms; and data and time in any order."""

from datetime import timedelta

import pytest

from exceptions.models import EscalationStep, ExceptionCase, Team, TrailEntry
from exceptions.workflow import Origin, move
from reconciliation.models import Run
from tests.exceptions.findings import KIND, found, gone, moved, moves_of, opened, run, the_case
from tests.exceptions.people import NOW, someone, teams

pytestmark = pytest.mark.usefixtures("lawful")


def test_waiting_ends_at_its_date_and_the_clock_goes_on_with_what_was_left():
    known = opened()
    paused_at = NOW + timedelta(hours=1)
    moved(known, "waiting", until=NOW + timedelta(days=1), paused_at=paused_at, waiting_for="the buyer")
    run(23)
    assert the_case().state == "waiting"
    run(24)
    again = the_case()
    assert (again.state, again.until, again.paused_at, again.waiting_for) == ("in_progress", None, None, "")
    # fifteen hours were left on Wednesday at 13:00; from Thursday noon they last until Monday 11:00
    assert again.due_at == NOW + timedelta(days=5, hours=-1)
    assert moves_of(again)[-1] == "resume"


def test_a_clock_that_never_stood_keeps_its_time():
    known = moved(opened(), "snoozed", until=NOW + timedelta(hours=2))
    run(2)
    assert (the_case().state, the_case().due_at) == ("new", known.due_at)


def test_who_does_nothing_for_the_team_s_limit_gives_it_back():
    tom = someone("tom", "agent", team="finance").user
    Team.objects.filter(key="finance").update(idle_hours=8)
    moved(opened(), "in_progress", owner=tom)
    run(24)  # exactly eight working hours
    assert the_case().owner == tom
    run(25)
    known = the_case()
    assert (known.state, known.owner, known.previous_owner, moves_of(known)[-1]) == ("new", None, tom, "release")


@pytest.mark.parametrize(
    ("state", "data"),
    [
        ("waiting", {"until": NOW + timedelta(days=9), "waiting_for": "the buyer"}),
        ("pending_approval", {}),
        ("fix_applied", {"applied_at": NOW + timedelta(days=8), "parameters": {"effect": "own_data"}}),
    ],
)
def test_what_comes_back_to_its_owner_after_long_is_not_taken_away_at_once(state, data):
    tom = someone("tom", "agent", team="finance").user
    Team.objects.filter(key="finance").update(idle_hours=8)
    moved(opened(), state, owner=tom, **data)
    found(amount="19.00")
    run(9 * 24)
    assert (the_case().state, the_case().owner) == ("in_progress", tom)
    run(13 * 24)
    assert the_case().owner is None, "then the limit counts from that day on"


def test_a_note_of_another_does_not_keep_what_its_owner_leaves_alone():
    tom, lea = (someone(name, "agent", team="finance") for name in ("tom", "lea"))
    Team.objects.filter(key="finance").update(idle_hours=8)
    known = moved(opened(), "in_progress", owner=tom.user)
    later = {"at": NOW + timedelta(hours=23), "seen": known.version, "origin": Origin("page")}
    move(known.pk, "note", by=lea, note="any news?", **later)
    run(25)
    assert the_case().owner is None


def test_what_comes_back_begins_its_time_anew_and_is_not_late_by_the_old_one():
    first = opened()
    gone()
    run(1)
    found()
    run(200)
    again = the_case()
    assert again.id == first.id
    assert again.due_at > NOW + timedelta(hours=200) > first.due_at
    assert "escalate" not in moves_of(again)


@pytest.mark.parametrize("frozen_in", [None, "2026-09"])
def test_what_a_lead_opens_again_begins_its_time_anew(frozen_in):
    teams()
    lead = someone("lea", "agent", "lead", team="finance", lead=True)
    known, later = opened(), NOW + timedelta(days=14)
    run(100)
    assert the_case().escalated == 2
    accepted = {"accepted_amount": 20, "closed_at": NOW, "frozen_in": frozen_in, "state": "accepted"}
    ExceptionCase.objects.update(**accepted)
    said = {"seen": known.version, "origin": Origin("page"), "note": "the customer objects"}
    move(known.pk, "reopen", by=lead, at=later, **said)
    again = the_case()
    assert (again.due_at, again.claim_due_at) == (later + timedelta(days=2), later + timedelta(hours=4))
    assert (again.escalated, again.owner, again.team) == (0, lead.user, "finance")


def test_each_level_of_escalation_comes_once():
    teams()
    boss = someone("boss", "lead").user
    EscalationStep.objects.create(team_id="finance", after_hours=4, person=boss)
    known = opened()
    for hours in (40, 41, 48, 49, 53, 54, 80):
        run(hours)
    told = TrailEntry.objects.filter(case=known, move="escalate").order_by("id")
    assert [(e.details["level"], e.details["to"]) for e in told] == [
        (1, "its owner"),
        (2, "the leads of its team"),
        (3, "Boss"),
    ]
    assert the_case().escalated == 3


def test_what_nobody_takes_in_its_time_is_told_once_and_what_somebody_touched_never():
    for subject in ("return:portal:taken", "return:portal:back"):
        found(subject)
    known = opened()
    tom = someone("tom", "agent", team="finance").user
    moved(the_case("return:portal:taken"), "in_progress", owner=tom)
    moved(the_case("return:portal:back"), "new")  # taken and given back
    run(3)
    assert the_case().claim_missed_at is None
    run(5)
    run(6)
    assert moves_of(the_case()).count("unclaimed") == 1
    assert the_case().claim_missed_at == NOW + timedelta(hours=5)
    assert not TrailEntry.objects.filter(move="unclaimed").exclude(case=known).exists()
    gone()
    run(7)
    found()
    run(200)
    assert (the_case().claim_missed_at, the_case().touched_at) == (None, None), "its time begins anew"
    run(230)
    assert moves_of(the_case()).count("unclaimed") == 2


def test_nobody_is_told_of_time_while_the_clock_stands():
    moved(opened(), "waiting", until=NOW + timedelta(days=30), paused_at=NOW)
    run(200)
    assert the_case().escalated == 0


def many(count, kind=KIND):
    for number in range(count):
        found(f"return:portal:{kind}{number}", kind=kind, leg="credits")


def test_more_than_200_of_a_kind_and_flow_are_one_storm():
    Run.objects.create(as_of=NOW, full=True, advanced=True, configuration=0, finished_at=NOW)
    many(201)
    many(200, "orphan_return")
    run()
    head = ExceptionCase.objects.filter(kind=KIND).earliest("id")
    assert ExceptionCase.objects.filter(storm=head).count() == 200
    assert head.storm is None
    assert not ExceptionCase.objects.filter(kind="orphan_return", storm__isnull=False).exists()


def test_a_storm_gathers_over_ten_minutes():
    Run.objects.create(as_of=NOW, full=True, advanced=True, configuration=0, finished_at=NOW)
    many(150)
    run()
    found("return:portal:late", leg="credits")
    for number in range(60):
        found(f"return:portal:more{number}", leg="credits")
    run(minutes=5)
    assert ExceptionCase.objects.filter(storm__isnull=False).count() == 210


def test_what_the_first_run_finds_is_no_storm():
    many(201)
    run()
    assert not ExceptionCase.objects.filter(storm__isnull=False).exists()
