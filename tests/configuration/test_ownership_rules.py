"""Ownership rules on their pages: what a change would do is seen before it is stored, and told on each case after."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exceptions.models import ExceptionCase, OwnershipRule, TrailEntry
from exceptions.trail.sentences import sentence
from tests.exceptions.test_queue_page import case
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(teams):
    case("order:shop:1", amount=Decimal("40.00"), currency="GBP")
    case("order:shop:2", amount=Decimal("2.50"), currency="GBP")
    case("order:shop:3", amount=Decimal("900"), currency="JPY")
    case("order:shop:4", kind="silent_flow", team="ops")
    case("order:shop:5", placed_by_person=True)
    case("order:shop:6", state="resolved", closed_at=timezone.now())


def rule(name, place, team, **fields):
    return OwnershipRule.objects.create(name=name, position=place, team=team, **fields)


def where():
    return dict(ExceptionCase.objects.order_by("id").values_list("subject", "team"))


def moved(answer):
    return [(group.team_before, group.team, group.cases, dict(group.amounts)) for group in answer.context["moved"]]


def test_a_new_rule_shows_what_it_moves_before_it_is_stored(admin, cases):
    before = where()
    said = {"name": "PO to care", "kind": "missing_po", "team": "cx"}
    seen = admin.post("/settings/rules/edit", said)
    assert moved(seen) == [("Finance", "Customer experience", 3, {"GBP": Decimal("42.50"), "JPY": Decimal("900")})]
    assert "42.50 GBP" in seen.content.decode()
    assert where() == before
    assert not OwnershipRule.objects.exists()
    assert not TrailEntry.objects.exists()


def test_stored_it_moves_them_and_each_case_says_why(admin, cases):
    said = {"name": "PO to care", "kind": "missing_po", "team": "cx"}
    seen = admin.post("/settings/rules/edit", said).context["editing"].fingerprint
    assert admin.post("/settings/rules/edit", said | {"seen": seen}).status_code == 302
    stored = OwnershipRule.objects.get()
    after = where()
    assert [after[f"order:shop:{n}"] for n in range(1, 7)] == ["cx", "cx", "cx", "ops", "finance", "finance"]
    told = TrailEntry.objects.filter(case__subject="order:shop:1").get()
    assert sentence(told) == "Handed over to the team Customer experience."
    assert told.source == f"rule {stored.pk}"


def test_what_is_changed_after_the_preview_is_previewed_again(admin, cases):
    said = {"name": "PO to care", "kind": "missing_po", "team": "cx"}
    seen = admin.post("/settings/rules/edit", said).context["editing"].fingerprint
    answer = admin.post("/settings/rules/edit", said | {"team": "ops", "seen": seen})
    assert [group[1] for group in moved(answer)] == ["Operations"]
    assert not OwnershipRule.objects.exists()


def test_of_two_rules_the_last_counts_and_moving_one_shows_what_that_does(admin, cases, teams):
    rule("All to care", 1, teams["cx"])
    last = rule("PO to operations", 2, teams["ops"], kind="missing_po")
    asked = admin.get(f"/settings/rules/move/up?row={last.pk}")
    assert {group[:3] for group in moved(asked)} == {
        ("Finance", "Customer experience", 3),
        ("Operations", "Customer experience", 1),
    }
    admin.post(f"/settings/rules/move/up?row={last.pk}")
    assert list(OwnershipRule.objects.values_list("name", flat=True)) == ["PO to operations", "All to care"]
    assert where()["order:shop:1"] == "cx"
    assert admin.post(f"/settings/rules/move/up?row={last.pk}", follow=True).status_code == 200
    assert TrailEntry.objects.filter(about=f"rule {last.pk}", move="move").count() == 1


def test_a_removed_rule_gives_its_cases_back(admin, cases, teams):
    gone = rule("All to care", 1, teams["cx"], person=PersonFactory(username="tom"))
    admin.post(f"/settings/rules/edit?row={gone.pk}", {"name": "All to care", "team": "cx"})
    asked = admin.get(f"/settings/rules/remove?row={gone.pk}")
    assert asked.context["moved"] == []
    admin.post(f"/settings/rules/remove?row={gone.pk}")
    assert where()["order:shop:1"] == "finance"


def test_an_ended_rule_can_still_be_renamed(admin, teams):
    over = rule("Summer", 1, teams["cx"], ends_at=timezone.now() - timedelta(days=1))
    ends = timezone.localtime(over.ends_at).strftime("%Y-%m-%dT%H:%M")
    answer = admin.post(f"/settings/rules/edit?row={over.pk}", {"name": "Summer 2026", "team": "cx", "ends_at": ends})
    assert answer.context["editing"].form.errors == {}
