"""Who is told what at once, once, and in how many lines."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as times
from hypothesis import strategies as st

from exceptions import proposals
from exceptions.models import ApprovalBand, Cover, EscalationStep, Membership, Notification, RoleGrant, ToldEntry
from exceptions.news.inbox import inbox_page
from exceptions.news.words import news_address
from exceptions.notify import forget_old_news, tell_news
from exceptions.rights import person_of
from exceptions.workflow import Origin, move
from tests.exceptions.people import NOW, case, someone

pytestmark = pytest.mark.django_db

PAGE = Origin("page", "r1")
SOON, LATER = NOW + timedelta(minutes=1), NOW + timedelta(minutes=3)


def sentences(name):
    return [line.sentence for line in reversed(inbox_page(get_user_model().objects.get(username=name)).lines)]


def assign(found, by, to, at=NOW):
    found.refresh_from_db()
    name = "assign" if found.state == "new" else "reassign"
    return move(found.pk, name, by=by, at=at, seen=found.version, origin=PAGE, person=to.user)


def test_who_is_given_work_hears_of_it_after_a_short_wait(company, told):
    found = case()
    assign(found, company["lea"], company["ana"])
    assert told(at=SOON) == {}
    assert told(at=LATER) == {"ana": [("assigned", str(found))]}
    assert sentences("ana") == [f"Lea assigned it to you: {found} About order:shop:1"]


def test_work_given_back_at_once_is_no_news(company, told):
    found = case()
    assign(found, company["lea"], company["ana"])
    found.refresh_from_db()
    move(found.pk, "release", by=company["ana"], at=SOON, seen=found.version, origin=PAGE)
    assert told() == {}


def test_of_two_owners_in_a_row_the_last_hears_once(company, told):
    found = case()
    assign(found, company["lea"], company["ana"])
    assign(found, company["lea"], company["ben"], at=SOON)
    assert told(at=NOW + timedelta(minutes=4)) == {"ben": [("assigned", str(found))]}


def test_who_takes_it_or_assigns_it_to_themselves_hears_nothing(company, told):
    found, other = case(), case("order:shop:2")
    move(found.pk, "claim", by=company["ana"], at=NOW, seen=1, origin=PAGE)
    assign(other, company["lea"], company["lea"])
    assert told() == {}


def test_what_a_rule_places_with_a_person_is_told_at_once(company, happens, told):
    found = case(owner=company["ana"].user)
    happens(found, "detect")
    assert told(at=NOW) == {"ana": [("assigned", str(found))]}
    assert sentences("ana")[0].startswith("A rule assigned it to you")


def test_approval_is_asked_of_those_whose_band_covers(company, told):
    someone("rich", "finance_controller")
    someone("mixed", "finance_controller", "admin")
    small, great = case(amount=400, currency="GBP"), case("order:shop:2", amount=9_000, currency="GBP")
    for found in (small, great):
        move(found.pk, "claim", by=company["ana"], at=NOW, seen=1, origin=PAGE)
        said = {"resolution": "accept_variance", "reason": "goodwill", "note": "agreed"}
        move(found.pk, "propose", by=company["ana"], at=NOW, seen=2, origin=PAGE, **said)
    heard = told(at=SOON)
    assert heard.pop("rich") == [("approval", str(small)), ("approval", str(great))]
    assert heard == {"max": [("approval", str(small))]}


@pytest.mark.parametrize(
    "roles",
    [["approver"], ["finance_controller"], ["approver", "admin"], ["agent"], ["approver", "finance_controller"]],
)
@pytest.mark.parametrize("amount", [None, "0", "5000", "5000.01"])
@pytest.mark.parametrize("kind_band", [None, "100", "9000"])
def test_who_is_asked_is_who_may_decide(company, told, roles, amount, kind_band):
    if kind_band:
        ApprovalBand.objects.create(role="approver", currency="GBP", kind="credit_value_mismatch", up_to=kind_band)
    decider = someone("decider", *roles)
    found = case(amount=amount, currency="GBP" if amount else None)
    move(found.pk, "claim", by=company["ana"], at=NOW, seen=1, origin=PAGE)
    said = {"resolution": "accept_variance", "reason": "goodwill", "note": "agreed"}
    move(found.pk, "propose", by=company["ana"], at=NOW, seen=2, origin=PAGE, **said)
    found.refresh_from_db()
    may = decider.may["approve"] and proposals.refusal(found, decider, deciding="approve") is None
    assert ("decider" in told(at=SOON)) == may


def test_the_critical_and_new_reach_the_team_that_works_on_it(company, happens, told):
    Membership.objects.create(person=company["ida"].user, team_id="finance")  # configures, and does not work
    happens(case(severity="critical"), "detect")
    happens(case("order:shop:2"), "detect")
    heard = told()
    assert set(heard) == {"ana", "ben", "lea"}
    assert {len(lines) for lines in heard.values()} == {1}


def test_a_team_hears_of_the_critical_that_is_handed_to_it(company, told):
    found = case(severity="critical")
    move(found.pk, "transfer", by=company["lea"], at=NOW, seen=1, origin=PAGE, team="ops", note="theirs")
    assert told() == {"tom": [("critical", str(found))]}


@pytest.mark.parametrize(
    ("level", "owner", "who"),
    [
        (1, "ana", {"ana": "due"}),
        (1, None, {"lea": "due"}),
        (2, "ana", {"ana": "breached", "lea": "breached"}),
        (3, "ana", {"max": "breached"}),
        (4, "ana", {"tom": "breached"}),
        (5, "ana", {}),
    ],
)
def test_each_level_of_escalation_has_its_listeners(company, happens, told, level, owner, who):
    EscalationStep.objects.create(team_id="finance", after_hours=8, person=company["tom"].user)
    EscalationStep.objects.create(team_id="finance", after_hours=4, person=company["max"].user)
    found = case(owner=company[owner].user if owner else None)
    happens(found, "escalate", level=level)
    assert {name: sort for name, [(sort, _)] in told().items()} == who


def test_what_nobody_took_in_its_time_is_told_to_the_leads_unless_somebody_has_meanwhile(company, happens, told):
    found, taken = case(), case("order:shop:2", state="in_progress", owner=company["ana"].user)
    for one in (found, taken):
        happens(one, "unclaimed", level=2, to="the leads of its team")
    assert told() == {"lea": [("breached", str(found))]}
    assert sentences("lea") == [f"Nobody has taken it in its time: {found} {found.title}"]


@pytest.mark.parametrize("came", ["regress", "return", "exceed"])
def test_what_comes_back_is_told_to_who_had_it_and_who_has_it(company, happens, told, came):
    found = case(previous_owner=company["ana"].user, owner=company["ben"].user)
    happens(found, came)
    assert told() == {"ana": [("came_back", str(found))], "ben": [("assigned", str(found)), ("came_back", str(found))]}


@pytest.mark.parametrize("healed", ["auto-resolve", "verify", "supersede", "re-detect", "wake", "resume", "release"])
def test_what_data_or_time_settles_is_left_to_the_digest(company, happens, told, healed):
    found = case(owner=company["ana"].user, previous_owner=company["ben"].user)
    happens(found, healed)
    assert told() == {}


@pytest.mark.parametrize("came", ["fix_failed", "reject", "void"])
def test_a_fix_or_a_proposal_that_did_not_hold_comes_back_to_its_owner(company, happens, told, came):
    found = case(state="in_progress", owner=company["ana"].user, previous_owner=company["ben"].user)
    happens(found, came, by=company["max"])
    assert told() == {"ana": [("came_back", str(found))]}


@pytest.mark.parametrize(
    ("note", "named"),
    [
        ("@ana look", ["ana"]),
        ("please look, @Ana.", ["ana"]),
        ("(@ana, @ben)", ["ana", "ben"]),
        ("@ana @ana", ["ana"]),
        ("mail to ana@example.com or x@ana", []),
        ("@anabel @nobody @", []),
        ("@outsider @gone", []),
        ("@tom", []),  # the author
    ],
)
def test_who_is_named_in_a_note_hears_of_it(company, happens, told, note, named):
    someone("outsider")
    gone = someone("gone", "agent").user
    gone.is_active = False
    gone.save()
    happens(case(), "note", by=company["tom"], note=note)
    assert sorted(told()) == named


def test_somebody_idle_is_reminded_once_before_the_case_is_released(company, told):
    wednesday = NOW
    found = case(state="in_progress", owner=company["ana"].user, touched_at=wednesday - timedelta(days=5))
    assert told(at=wednesday) == {}  # three of five days of work are not three quarters
    thursday = wednesday + timedelta(hours=28)
    assert told(at=thursday) == {"ana": [("idle", str(found))]}
    assert told(at=thursday + timedelta(hours=1)) == {"ana": [("idle", str(found))]}


def test_many_alike_at_once_are_one_line(company, happens, told):
    for number in range(6):
        happens(case(f"order:shop:{number}", severity="critical"), "detect")
    assert told()["ana"] == [("critical", 6)]
    assert sentences("ana")[0].startswith("6 critical and new in the team Finance: ")
    line = Notification.objects.filter(person=company["ana"].user).get()
    assert news_address(line) == f"{reverse('queue')}?kind=credit_value_mismatch&team=finance"


def test_of_many_of_several_kinds_each_kind_is_one_line(company, happens, told):
    for number, kind in enumerate(["missing_credit"] * 4 + ["stock_drift"] * 3 + ["oversell"]):
        happens(case(f"order:shop:{number}", severity="critical", kind=kind), "detect")
    assert sorted(count for _, count in told()["ana"] if isinstance(count, int)) == [3, 4]
    assert len(told()["ana"]) == 3


def test_a_storm_is_one_message_whatever_its_severity_and_however_long_it_goes_on(company, happens, told):
    head = case("order:shop:0", severity="critical")
    for number in range(1, 4):
        happens(case(f"order:shop:{number}", storm=head, severity="low"), "detect")
    happens(head, "detect")
    assert told() == {name: [("storm", str(head))] for name in ("ana", "ben", "lea")}
    assert sentences("ana")[0].startswith("A storm of 4 at once in the team Finance: ")
    happens(case("order:shop:9", storm=head, severity="critical"), "detect")
    assert told()["ana"] == [("storm", str(head))]


def test_an_entry_that_is_committed_late_is_told_and_an_old_one_is_not(company, happens, told):
    found = case(owner=company["ana"].user)
    happens(found, "escalate", level=1, at=NOW + timedelta(minutes=1))
    told()
    happens(found, "fix_failed", at=NOW)  # earlier by its moment, seen only now
    happens(found, "reject", at=NOW - timedelta(days=2))
    assert told()["ana"] == [("due", str(found)), ("came_back", str(found))]


def test_closed_meanwhile_is_no_news(company, happens, told):
    found = case(owner=company["ana"].user, state="resolved", closed_at=NOW)
    happens(found, "escalate", level=1)
    assert told() == {}


def test_a_pass_that_breaks_off_is_done_again(company, happens, told, monkeypatch):
    happens(case(owner=company["ana"].user), "escalate", level=1)
    with monkeypatch.context() as patched:
        patched.setattr("exceptions.notify.queue_news", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            told()
    assert (Notification.objects.count(), ToldEntry.objects.count()) == (0, 0)
    assert len(told()["ana"]) == 1


@times(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["tell", "escalate", "fix_failed", "note"]), max_size=12))
def test_however_often_it_is_told_each_entry_is_told_once(company, happens, told, steps):
    with transaction.atomic():
        found = case(owner=company["ana"].user)
        expected = 0
        pending = set()
        for step in [*steps, "tell"]:
            if step == "tell":
                tell_news(at=LATER)
                tell_news(at=LATER)
                expected, pending = expected + len(pending), set()
            else:
                happens(found, step, by=company["tom"], note="@ana" if step == "note" else "", level=1)
                pending.add(step)
        assert Notification.objects.filter(person=company["ana"].user).count() == expected
        transaction.set_rollback(True)


def test_the_number_of_queries_does_not_grow_with_the_news(company, happens, django_assert_max_num_queries):
    for number in range(30):
        happens(case(f"order:shop:{number}", severity="critical"), "detect")
    with django_assert_max_num_queries(30):
        tell_news(at=LATER)


def test_nothing_is_told_while_another_process_tells(company, happens, told):
    happens(case(owner=company["ana"].user), "escalate", level=1)
    key = int.from_bytes(sha256(b"notify").digest()[:8], "big", signed=True)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", [key])
            assert told() == {}
            cursor.execute("select pg_advisory_unlock(%s)", [key])
    finally:
        other.close()
    assert len(told()["ana"]) == 1


def test_what_was_read_long_ago_is_forgotten(company, happens, told):
    happens(case(owner=company["ana"].user), "escalate", level=1)
    told()
    assert forget_old_news(at=NOW + timedelta(days=200)) == 0
    Notification.objects.update(read_at=NOW)
    assert forget_old_news(at=NOW + timedelta(days=200)) == 1
    assert not ToldEntry.objects.exists()


def test_who_lost_every_role_hears_nothing(company, happens, told):
    RoleGrant.objects.filter(person=company["ana"].user).delete()
    assert person_of(company["ana"].user).roles == frozenset()
    happens(case(owner=company["ana"].user), "escalate", level=1)
    assert told() == {}


def away(person, cover, since=-1, until=1):
    days = {"since": NOW + timedelta(days=since), "until": NOW + timedelta(days=until)}
    return Cover.objects.create(person=person.user, cover=cover.user, **days)


def test_who_stands_in_hears_of_the_time_and_the_work_of_who_is_away(company, happens, told):
    away(company["ana"], company["ben"])
    due, breached = case(owner=company["ana"].user), case("order:shop:2", owner=company["ana"].user)
    happens(due, "escalate", level=1)
    happens(breached, "escalate", level=2)
    heard = told()
    assert set(heard["ben"]) == set(heard["ana"]) == {("due", str(due)), ("breached", str(breached))}
    assert f"Three quarters of the time are gone for Ana: {due} About order:shop:1" in sentences("ben")
    assert f"Three quarters of the time are gone: {due} About order:shop:1" in sentences("ana")


@pytest.mark.parametrize("away_days", [(-3, -1), (1, 2)])
def test_nobody_stands_in_before_or_after(company, happens, told, away_days):
    away(company["ana"], company["ben"], *away_days)
    happens(case(owner=company["ana"].user), "escalate", level=1)
    assert list(told()) == ["ana"]


def test_who_stands_in_hears_of_assignments_but_not_of_what_a_lead_is_told(company, told, happens):
    away(company["lea"], company["ben"])
    away(company["ana"], company["ben"])
    found = case()
    assign(found, company["lea"], company["ana"])
    happens(case("order:shop:2"), "escalate", level=1)
    assert told()["ben"] == [("assigned", str(found))]
    assert sentences("ben") == [f"Assigned to Ana: {found} About order:shop:1"]


def test_who_stands_in_without_a_role_hears_nothing(company, happens, told):
    away(company["ana"], company["ben"])
    RoleGrant.objects.filter(person=company["ben"].user).delete()
    happens(case(owner=company["ana"].user), "escalate", level=1)
    assert list(told()) == ["ana"]
