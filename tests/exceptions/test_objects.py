"""Whose a thing is: every address that names one, with ids of somebody else's, another team's and another case's.

An address with a parameter that is in none of the tables below fails the first test.
"""

import uuid
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exceptions.access import ANYBODY, CALLS, PAGES, SIGNED_IN
from exceptions.models import (
    Attachment,
    BulkJob,
    ChangePreview,
    Checklist,
    ChecklistItem,
    ChecklistRound,
    ExceptionCase,
    Notification,
    OpeningItem,
    OwnChange,
    RoundItem,
    SavedView,
    TrailEntry,
)
from exceptions.people.tokens import create_token
from exceptions.runbooks.steps import steps_of
from exceptions.runbooks.texts import runbook_of
from tests.connectors.vendors import undone
from tests.exceptions.people import bands, case, someone
from tests.exceptions.test_access import ADDRESSES, addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits_left_over")]
NOW = timezone.now()

# the company's own: whoever has the right of the page sees all of them (docs/people.md); test_access.py tries the right
COMPANYS = {
    *("home_of", "queue_export", "exception", "attachment", "draft", "order", "return", "run", "rejected_line"),
    *("record", "version", "table", "trail_export", "close_month", "close_line", "close_breakdown", "close_beside"),
    *("export_month", "connection_windows", "system_page"),
}
# an admin's: all of them take the right to configure, or to manage people
ADMINS = {name for name, right in PAGES.items() if right in ("configure", "manage_people")} - {"settings_preview"}
# a person's own; nobody else finds them
OWN = {"bulk_job", "drop_view", "open_news", "settings_preview", "mfa_edit_webauthn", "mfa_remove_webauthn"}
# a team's: everybody sees them, who works in the team changes them
TEAMS = {
    *("owner", "move", "undo_change", "attach_file", "tick_step", "answer_item", "sign_round", "ask_round"),
    *("withdraw_opening", "decide", "sign_month", "sign_opening"),
}
# whoever has the secret that the address holds; tried in test_people.py, test_hooks.py and test_sign_in.py
SECRETS = {"accept_invitation", "hook", "account_reset_password_from_key", "account_confirm_email"}
NOBODYS = {"openid_connect_login", "openid_connect_callback"}


def takes_something(name):
    return any(part.pattern.converters or part.pattern.regex.groupindex for part in ADDRESSES[name])


def test_every_address_that_names_something_says_whose_it_is():
    named = {name for name in PAGES if takes_something(name)}
    assert sorted(named - COMPANYS - ADMINS - OWN - TEAMS - SECRETS - NOBODYS) == []
    assert sorted((COMPANYS | OWN | TEAMS | SECRETS) - set(PAGES)) == []
    assert all(PAGES[name] not in (ANYBODY, SIGNED_IN) for name in COMPANYS | TEAMS)
    assert {call for call in CALLS if "{" in call[1]} == {("POST", "/exceptions/{id}/moves")}
    assert len(list(addresses([]))) == 0


@pytest.fixture
def fay():
    bands()
    return someone("fay", "agent", "lead", "approver", team="finance", lead=True)


@pytest.fixture
def oli():
    return someone("oli", "agent", "lead", "approver", team="ops", lead=True)


def browser(person):
    client = Client()
    if person:
        client.force_login(person.user)
    return client


def turn():
    """A round of finance's checks with one item."""
    checks, _ = Checklist.objects.get_or_create(
        key="x", defaults={"name": "X", "team_id": "finance", "rhythm": "daily"}
    )
    ChecklistItem.objects.get_or_create(checklist=checks, sort="manual", text="Look")
    made = ChecklistRound.objects.create(checklist=checks, period="2026-09-30", opens_at=NOW, due_at=NOW + timedelta(1))
    RoundItem.objects.create(round=made, position=1, sort="automatic", text="Ask", query="stale_run")
    return made


def own(name, person):
    """Something of a person's own: its address, how it is asked for, and what is there of it."""
    if name == "bulk_job":
        job = BulkJob.objects.create(by=person.user, move="release", query="", total=1)
        return reverse(name, args=[job.pk]), "get", lambda: None
    if name == "drop_view":
        view = SavedView.objects.create(person=person.user, name="mine", query="")
        return reverse(name, args=[view.pk]), "post", SavedView.objects.count
    if name == "open_news":
        told = Notification.objects.create(
            person=person.user, sort="assigned", kind="missing_po", team="finance", at=NOW
        )
        return reverse(name, args=[told.pk]), "get", lambda: Notification.objects.get(id=told.pk).read_at
    if name == "settings_preview":
        made = ChangePreview.objects.create(by=person.user, asked_at=NOW, finished_at=NOW, result={"refused": "no"})
        return reverse(name, args=[made.pk]), "get", lambda: None
    key = Authenticator.objects.create(user=person.user, type="webauthn", data={"name": "Key", "credential": {}})
    return reverse(name, args=[key.pk]), "get" if name == "mfa_edit_webauthn" else "post", Authenticator.objects.count


@pytest.mark.parametrize("name", sorted(OWN))
def test_what_is_a_persons_own_nobody_else_finds(name):
    roles = ("agent", "admin")
    ann, bob = someone("ann", *roles, team="finance"), someone("bob", *roles, team="finance", lead=True)
    address, method, there = own(name, ann)
    before = there()
    assert getattr(browser(bob), method)(address).status_code in (302 if name.startswith("mfa_") else 404, 404)
    assert there() == before
    assert getattr(browser(someone("out")), method)(address).status_code in (302, 403, 404)
    assert getattr(browser(None), method)(address).status_code == 302
    assert there() == before
    assert getattr(browser(ann), method)(address).status_code in (200, 302)


def test_nobody_takes_away_or_renames_another_ones_passkey():
    ann, bob = someone("ann", "agent"), someone("bob", "agent")
    key = Authenticator.objects.create(user=ann.user, type="webauthn", data={"name": "Key", "credential": {}})
    client = browser(bob)
    client.get(reverse("account"))
    client.post(reverse("account_reauthenticate"), {"password": "harbour-and-pine"})
    assert client.get(reverse("mfa_edit_webauthn", args=[key.pk])).status_code == 404
    assert client.post(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 404
    assert Authenticator.objects.filter(user=ann.user).count() == 1


def changed():
    """All that a page of a team could have changed."""
    tables = (ExceptionCase, Attachment, RoundItem, ChecklistRound, OpeningItem, OwnChange)
    return TrailEntry.objects.count(), [list(table.objects.order_by("pk").values()) for table in tables]


def of_the_team(name, fay):
    """An address of finance's, and what is sent there by whoever may."""
    known = case(state="in_progress", owner=fay.user, kind="missing_reference", amount="10", currency="GBP")
    args, said = [known.pk], {}
    if name == "owner":
        return f"{reverse(name, args=args)}?seen={known.version}", {f"owner_of_{known.pk}": "nobody"}
    if name == "move":
        args, said = [known.pk, "release"], {"seen": known.version}
    elif name == "undo_change":
        change = OwnChange.objects.create(case=known, what="ignored", parameters={}, made_by=fay.user, made_at=NOW)
        args = [known.pk, change.pk]
    elif name == "attach_file":
        said = {"file": SimpleUploadedFile("proof.txt", b"seen")}
    elif name == "tick_step":
        args = [known.pk, steps_of(runbook_of(known.kind).text)[0].key]
    elif name == "answer_item":
        made = turn()
        item = RoundItem.objects.create(round=made, position=2, sort="manual", text="Look")
        args, said = [item.pk], {"answer": "ok"}
    elif name in ("sign_round", "ask_round"):
        made = turn()
        if name == "sign_round":
            made.items.all().delete()
        args = [made.pk]
    elif name == "withdraw_opening":
        day = date(2026, 9, 1)
        item = OpeningItem.objects.create(
            currency="GBP", reference="rma1", amount=5, at=day, entered_by=fay.user, entered_at=NOW
        )
        args = [item.pk]
    return reverse(name, args=args), said


MOVED = sorted(TEAMS - {"decide", "sign_month", "sign_opening", "undo_change", "owner"})


@pytest.mark.parametrize("name", MOVED)
def test_who_is_of_the_team_changes_what_is_the_teams(name, fay):
    address, said = of_the_team(name, fay)
    before = changed()
    assert browser(fay).post(address, said).status_code in (200, 302)
    assert changed() != before


@pytest.mark.parametrize("name", sorted(TEAMS - {"decide", "sign_month", "sign_opening"}))
def test_who_is_not_of_the_team_changes_nothing(name, fay, oli):
    address, said = of_the_team(name, fay)
    viewer, outsider = someone("vera", "viewer", team="finance"), someone("out")
    before = changed()
    for person in (oli, viewer, outsider, None):
        with undone():
            for value in said.values():
                value.seek(0) if hasattr(value, "seek") else None
            assert browser(person).post(address, said).status_code < 500
            assert changed() == before, person and person.user


def test_money_is_decided_and_months_are_signed_by_who_may(fay, oli):
    """Bands, four eyes and periods have tests of their own; here: not by a role that lacks the right, whatever id."""
    for name, args in (("decide", [1]), ("sign_month", ["2026-09", "GBP", "sign"]), ("sign_opening", ["GBP"])):
        before = changed()
        for person in (someone(f"vera-{name}", "viewer"), someone(f"out-{name}"), None):
            assert browser(person).post(reverse(name, args=args)).status_code in (302, 403)
        assert changed() == before


def test_a_thing_is_found_only_below_what_it_belongs_to(fay):
    first, second = case("order:shop:1"), case("order:shop:2")
    file = Attachment.objects.create(case=first, name="a.txt", content_type="", size=1, sha256="0" * 64, by=fay.user)
    change = OwnChange.objects.create(case=first, what="ignored", parameters={}, made_by=fay.user, made_at=NOW)
    client = browser(fay)
    assert client.get(reverse("attachment", args=[second.pk, file.pk])).status_code == 404
    assert client.post(reverse("undo_change", args=[second.pk, change.pk])).status_code == 404
    assert client.get(reverse("version", args=[uuid.uuid4(), uuid.uuid4()])).status_code == 404
    change.refresh_from_db()
    assert change.undone_at is None


@pytest.mark.parametrize("who", ["of the team", "of another team", "without a role"])
def test_a_token_moves_what_its_maker_may(who, client, fay, oli):
    maker = {"of the team": fay, "of another team": oli, "without a role": someone("out")}[who]
    known = case(state="in_progress", owner=fay.user)
    text = create_token(name="x", scopes=["act"], expires_at=timezone.now() + timedelta(1), by=maker.user)[1]
    answer = client.post(
        f"/api/v1/exceptions/{known.pk}/moves",
        {"move": "release", "seen": known.version},
        content_type="application/json",
        headers={"Authorization": f"Bearer {text}"},
    )
    known.refresh_from_db()
    assert (answer.status_code, known.state) == ((200, "new") if who == "of the team" else (403, "in_progress"))
