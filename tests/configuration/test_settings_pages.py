"""The pages of the settings: rows are added, changed and removed, refused at the field, and every change is told."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exceptions.configuration.changes import history
from exceptions.configuration.sections import SECTIONS
from exceptions.models import (
    AcceptanceLimit,
    ApprovalBand,
    Calendar,
    Company,
    Cover,
    Membership,
    OwnershipRule,
    SlaPolicy,
    Suppression,
    Team,
    TrailEntry,
)
from exceptions.rights import RIGHTS
from exceptions.trail.sentences import sentence
from tests.cached import forget
from tests.configuration.conftest import errors, values
from tests.exceptions.test_queue_page import case
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}%s"
LISTED = [key for key in SECTIONS if key != "company"]


def told():
    return [sentence(entry) for entry in history().entries]


def test_a_policy_is_added_changed_and_removed_and_the_trail_says_so(admin):
    said = {"kind": "missing_po", "severity": "", "claim_hours": 4, "resolve_hours": 16, "pauses_while_waiting": "on"}
    assert admin.post("/settings/sla/edit", said).status_code == 302
    policy = SlaPolicy.objects.get()
    assert (policy.kind, policy.severity, policy.resolve_hours) == ("missing_po", None, 16)
    admin.post(f"/settings/sla/edit?row={policy.pk}", said | {"resolve_hours": 8})
    admin.post(f"/settings/sla/remove?row={policy.pk}")
    assert not SlaPolicy.objects.exists()
    removed, changed, added = told()
    assert added.startswith(f"Added SLA policy {policy.pk}: kind missing_po, claim hours 4, resolve hours 16")
    assert changed == f"Changed SLA policy {policy.pk}: resolve hours from 16 to 8."
    assert removed.startswith(f"Removed SLA policy {policy.pk}:")
    entry = TrailEntry.objects.get(move="change")
    assert (entry.by.username, entry.source, entry.details["before"]) == ("sam", "page", {"resolve_hours": 16})
    assert entry.request_id


def test_storing_what_is_there_already_says_nothing(admin):
    admin.post("/settings/company", {**values(admin.get("/settings/company")), "name": "Harbour & Pine"})
    assert len(told()) == 1
    admin.post("/settings/company", values(admin.get("/settings/company")))
    assert len(told()) == 1
    assert Company.objects.get().name == "Harbour & Pine"


@pytest.mark.parametrize(
    ("section", "said", "field", "why"),
    [
        ("sla", {"claim_hours": 1, "resolve_hours": 2}, "kind", "Choose a kind, a severity or both."),
        ("sla", {"severity": "low", "claim_hours": 9, "resolve_hours": 2}, "claim_hours", "cannot take longer"),
        ("sla", {"severity": "huge", "claim_hours": 1, "resolve_hours": 2}, "severity", "valid choice"),
        ("rules", {"name": "Big", "amount_from": "100", "team": "cx"}, "currency", "needs its currency"),
        ("rules", {"name": "Big", "team": "cx", "currency": "pounds"}, "currency", "three letters"),
        ("rules", {"name": "Big", "team": "cx", "ends_at": "2020-01-01T00:00"}, "ends_at", "to come"),
        ("rules", {"name": "Big", "team": "nobody"}, "team", "valid choice"),
        ("rules", {"name": "nul\0", "team": "cx"}, "name", "Null characters"),
        ("severities", {"currency": "GBP", "amount_from": "-1", "severity": "high"}, "amount_from", "greater than"),
        ("severities", {"currency": "GBP", "amount_from": "NaN", "severity": "high"}, "amount_from", "number"),
        ("severities", {"currency": "GBP", "amount_from": "1e99", "severity": "high"}, "amount_from", "digits"),
        ("limits", {"currency": "GBP", "per_exception": "50", "per_month": "10"}, "per_month", "less than one"),
        ("suppressions", {"kind": "missing_po", "reason": "x", "ends_at": "2999-01-01"}, "subject", "Say for which"),
        ("teams", {"key": "Two Words", "name": "x", "idle_hours": 4}, "key", "lower-case"),
        ("calendars", {"key": "uk", "name": "UK", "time_zone": "Mars/Base"}, "time_zone", "valid choice"),
        ("calendars", {"key": "uk", "time_zone": "UTC", "opens": "17:00", "closes": "09:00"}, "closes", "after"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(admin, teams, section, said, field, why):
    said = said | {"days": ["1", "2"], "name": said.get("name", "UK")}
    inline = {f"{name}-TOTAL_FORMS": 0 for name in SECTIONS[section].inlines}
    inline |= {f"{name}-INITIAL_FORMS": 0 for name in SECTIONS[section].inlines}
    answer = admin.post(f"/settings/{section}/edit", said | inline)
    assert answer.status_code == 200
    assert why in errors(answer).get(field, ""), errors(answer)
    assert not TrailEntry.objects.exists()


def test_each_form_names_the_field_of_whatever_the_database_forbids():
    forms = [section.form for section in SECTIONS.values()]
    forms += [formset.form for section in SECTIONS.values() for formset in section.inlines.values()]
    for form in forms:
        assert {constraint.name for constraint in form._meta.model._meta.constraints} == set(form.refused), form
        assert {field for field, _ in form.refused.values()} <= set(form.base_fields), form


def test_a_second_policy_for_the_same_is_refused_at_its_field(admin):
    SlaPolicy.objects.create(severity="high", claim_hours=1, resolve_hours=2)
    answer = admin.post("/settings/sla/edit", {"severity": "high", "claim_hours": 1, "resolve_hours": 2})
    assert errors(answer) == {"kind": "There is a policy for this kind and severity already."}


def test_a_team_with_its_people_and_steps(admin, teams):
    amira, tom = PersonFactory(username="amira"), PersonFactory(username="tom")
    said = values(admin.get("/settings/teams/edit?row=cx"))
    said |= {"name": "Customer care", "memberships-0-person": amira.pk, "memberships-0-is_lead": "on"}
    said |= {"memberships-1-person": tom.pk, "escalation_steps-0-after_hours": 8, "escalation_steps-0-person": tom.pk}
    assert admin.post("/settings/teams/edit?row=cx", said).status_code == 302
    assert set(Membership.objects.values_list("team", "person__username", "is_lead")) == {
        ("cx", "amira", True),
        ("cx", "tom", False),
    }
    assert "memberships from nothing to amira (leads), tom" in told()[0]
    assert "escalation steps from nothing to tom after 8 h" in told()[0]
    assert "name from Customer experience to Customer care" in told()[0]
    said = values(admin.get("/settings/teams/edit?row=cx"))
    first = "0" if int(said["memberships-0-person"]) == tom.pk else "1"
    admin.post("/settings/teams/edit?row=cx", said | {f"memberships-{first}-DELETE": "on"})
    assert list(Membership.objects.values_list("person__username", flat=True)) == ["amira"]


def test_nobody_is_in_a_team_twice(admin, teams):
    tom = PersonFactory(username="tom")
    said = values(admin.get("/settings/teams/edit?row=cx"))
    said |= {"memberships-0-person": tom.pk, "memberships-1-person": tom.pk}
    answer = admin.post("/settings/teams/edit?row=cx", said)
    assert answer.status_code == 200
    assert not Membership.objects.exists()


def test_what_somebody_changed_meanwhile_is_not_overwritten_unseen(admin, teams):
    mine = values(admin.get("/settings/teams/edit?row=cx")) | {"name": "Mine"}
    theirs = values(admin.get("/settings/teams/edit?row=cx")) | {"name": "Theirs"}
    admin.post("/settings/teams/edit?row=cx", theirs)
    answer = admin.post("/settings/teams/edit?row=cx", mine)
    assert "sam: Changed team cx: name from Customer experience to Theirs." in answer.content.decode()
    assert Team.objects.get(key="cx").name == "Theirs"
    admin.post("/settings/teams/edit?row=cx", values(answer))
    assert Team.objects.get(key="cx").name == "Mine"


def test_a_key_stays_for_life(admin, teams):
    said = values(admin.get("/settings/teams/edit?row=cx"))
    admin.post("/settings/teams/edit?row=cx", said | {"key": "other", "name": "Care"})
    assert Team.objects.get(key="cx").name == "Care"
    assert not Team.objects.filter(key="other").exists()


def test_a_calendar_with_holidays_in_the_companys_week(admin):
    Company.objects.update_or_create(id=1, defaults={"first_weekday": 7})
    page = admin.get("/settings/calendars/edit")
    assert [label for _, label in page.context["editing"].form.fields["days"].choices][:2] == ["Sunday", "Monday"]
    said = values(page) | {"key": "uk", "name": "UK", "time_zone": "Europe/London", "days": ["5", "1"]}
    said |= {"opens": "08:30", "closes": "17:00", "holidays-0-day": "2026-12-25", "holidays-0-name": "Christmas"}
    assert admin.post("/settings/calendars/edit", said).status_code == 302
    calendar = Calendar.objects.get(key="uk")
    assert (calendar.days, str(calendar.holidays.get())) == ([1, 5], "2026-12-25 Christmas")


def test_what_others_name_is_not_removed(admin, teams):
    rule = OwnershipRule.objects.create(position=1, name="All", team=Team.objects.create(key="vip", name="VIP"))
    answer = admin.post("/settings/teams/remove?row=vip", follow=True)
    assert "still named by 1 of: ownership rule" in answer.content.decode()
    assert "by default" in admin.post("/settings/teams/remove?row=cx", follow=True).content.decode()
    rule.delete()
    admin.post("/settings/teams/remove?row=vip")
    assert not Team.objects.filter(key="vip").exists()


def test_a_suppression_is_made_and_ended_once(admin):
    until = (timezone.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    said = {"kind": "missing_po", "customer": "C-1", "reason": "They never send one", "ends_at": until}
    admin.post("/settings/suppressions/edit", said)
    made = Suppression.objects.get()
    assert made.made_by.username == "sam"
    for _ in range(2):
        admin.post(f"/settings/suppressions/end?row={made.pk}")
    made.refresh_from_db()
    assert made.undone_at is not None
    assert len(told()) == 2
    assert told()[0].startswith(f"Ended suppression {made.pk}")
    assert admin.get(f"/settings/suppressions/edit?row={made.pk}").status_code == 404


def test_times_are_read_and_shown_in_the_companys_time_zone(admin):
    Company.objects.update_or_create(id=1, defaults={"time_zone": "Asia/Tokyo"})
    away, stands_in = PersonFactory(), PersonFactory()
    said = {"person": away.pk, "cover": stands_in.pk, "since": "2030-01-01T09:00", "until": "2030-01-02T09:00"}
    admin.post("/settings/covers/edit", said)
    assert Cover.objects.get().since.isoformat() == "2030-01-01T00:00:00+00:00"
    assert "1 Jan 2030 09:00 JST" in admin.get("/settings/covers").content.decode()


def test_the_changes_of_one_thing_and_page_by_page(admin):
    for hours in range(2, 60):
        policy, _ = SlaPolicy.objects.get_or_create(severity="low", defaults={"claim_hours": 1, "resolve_hours": 1})
        said = {"severity": "low", "claim_hours": 1, "resolve_hours": hours}
        admin.post(f"/settings/sla/edit?row={policy.pk}", said)
    first = admin.get(f"/settings/history?about=SLA+policy+{policy.pk}")
    assert len(first.context["page"].entries) == 50
    second = admin.get(f"/settings/history?below={first.context['page'].following}")
    assert len(second.context["page"].entries) == 8
    for odd in ("about=%00&below=x", "below=99999999999999999999999", "below=-1"):
        assert admin.get(f"/settings/history?{odd}").status_code == 200


@pytest.mark.parametrize("section", LISTED)
def test_odd_addresses_are_not_found(admin, section):
    for row in ("0", "x", "%00", "99999999999999999999999999", "", "../.."):
        for page in ("edit", "remove"):
            assert admin.get(f"/settings/{section}/{page}?row={row}").status_code == 404, row
    assert admin.get("/settings/nowhere").status_code == 404
    assert admin.get("/settings/rules/move/sideways").status_code == 404


def test_what_people_write_is_shown_as_text(admin, teams):
    OwnershipRule.objects.create(position=1, name=HOSTILE, team=teams["cx"], sku=HOSTILE, customer=HOSTILE)
    Team.objects.create(key=HOSTILE, name=HOSTILE)
    ApprovalBand.objects.create(role="lead", currency=HOSTILE, kind=HOSTILE)
    TrailEntry.objects.create(
        about=HOSTILE, at=timezone.now(), move=HOSTILE, source="page", details={"before": [HOSTILE]}
    )
    pages = ["/settings/", "/settings/history", *(f"/settings/{key}" for key in LISTED)]
    for page in pages:
        answer = admin.get(page)
        assert answer.status_code == 200, page
        assert "<script>alert" not in answer.content.decode(), page
    row = reverse("settings_edit", args=["teams"])
    assert admin.get(row, {"row": HOSTILE}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_rows(admin, teams, django_assert_max_num_queries):
    people = [PersonFactory() for _ in range(30)]
    for number in range(30):
        OwnershipRule.objects.create(position=number, name="x", team=teams["cx"], person=people[number])
        Suppression.objects.create(kind="x", sku="y", reason="z", ends_at=timezone.now(), made_by=people[number])
        Membership.objects.create(team=teams["cx"], person=people[number])
    for address, budget in [("/settings/", 30), ("/settings/history", 8), *((f"/settings/{key}", 8) for key in LISTED)]:
        with django_assert_max_num_queries(budget, info=address):
            admin.get(address)
    with django_assert_max_num_queries(20):
        admin.get("/settings/teams/edit?row=cx")


def test_what_needs_attention_leads_to_where_it_is_seen_to(admin, teams):
    forget()  # what is counted once a minute
    left = PersonFactory(username="left", is_active=False)
    case("order:shop:1")
    case("order:shop:2", owner=left)
    case("order:shop:3", owner=left, team="dissolved")
    case("order:shop:4", owner=left, state="resolved", closed_at=timezone.now())
    OwnershipRule.objects.create(position=1, name="x", team=teams["cx"], ends_at=timezone.now() + timedelta(days=3))
    found = {thing.words: thing.address for thing in admin.get("/settings/").context["attention"]}
    for words, subjects in {
        "2 open exceptions with left, who is no longer here.": ["order:shop:2", "order:shop:3"],
        "1 open exception with the team dissolved, which does not exist.": ["order:shop:3"],
        "1 open exception without an owner.": ["order:shop:1"],
    }.items():
        shown = admin.get(found[words]).context["page"].cases
        assert sorted(one.subject for one in shown) == subjects, words
    assert found["1 rule ends within 14 days."] == "/settings/rules"
    assert "Nobody is in: Administration, Customer experience, Finance, Operations." in found


@pytest.mark.parametrize("role", ["agent", "viewer", "lead", "finance_controller", None])
def test_nobody_but_an_admin_changes_a_setting(client, teams, role):
    client.force_login(PersonFactory(roles=[role] if role else []))
    assert role not in RIGHTS["configure"]
    answer = client.post("/settings/sla/edit", {"severity": "low", "claim_hours": 1, "resolve_hours": 2})
    assert answer.status_code == 403
    assert client.post("/settings/teams/remove?row=cx").status_code == 403
    assert not SlaPolicy.objects.exists()
    assert "Settings" not in client.get("/").content.decode()


def test_rows_without_a_name_of_their_own_are_called_by_what_they_say(admin):
    said = {"currency": "CHF", "per_exception": 25, "per_month": 60}
    limit = AcceptanceLimit.objects.create(**said)
    shown = admin.get(f"/settings/limits/remove?row={limit.pk}").content.decode()
    assert "Remove everybody without an own limit, 25.00 CHF, 60.00 CHF?" in shown
    policy = SlaPolicy.objects.create(kind="missing_po", severity="low", claim_hours=1, resolve_hours=2)
    assert "Purchase order missing or wrong, low" in admin.get(f"/settings/sla/edit?row={policy.pk}").content.decode()
    pages = [admin.get(f"/settings/{key}").content.decode() for key in SECTIONS if key != "company"]
    assert not any("object (" in page for page in pages)
