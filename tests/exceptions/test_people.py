"""People: invited, given roles and teams, and off-boarded; each with its entry in the trail."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from exceptions.models import ApiToken, Invitation, Membership, OwnershipRule, RoleGrant, TrailEntry
from exceptions.people.invitations import InvitationNotAllowed, InvitationOver, Place, invitation_of, invite, take_up
from exceptions.people.membership import ChangeNotAllowed, deactivate, set_roles, set_teams
from exceptions.people.tokens import create_token, valid_token
from exceptions.rights import person_of
from tests.exceptions.test_queue_page import case
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db

PLACE = Place(("agent", "lead"), ("cx",), ("finance",))
CHOSEN = {"username": "ines", "full_name": "Ines Duarte", "password": "seven-blue-kites"}


@pytest.fixture
def boss():
    return PersonFactory(username="boss", roles=["admin"])


@pytest.fixture
def admin(client, boss):
    client.force_login(boss)
    return client


def now():
    return timezone.now()


def invited(by=None, email="ines@example.com", **times):
    invitation, address = invite(email, PLACE, by=by, at=times.get("at", now()), source="page")
    return invitation, address.rsplit("/", 1)[1]


def told(move):
    return list(TrailEntry.objects.filter(move=move).values_list("about", "by__username"))


def test_who_is_invited_comes_in_once_with_what_was_promised(client, boss):
    _, secret = invited(boss)
    page = reverse("accept_invitation", args=[secret])
    assert client.get(page).status_code == 200
    answer = client.post(page, CHOSEN | {"again": CHOSEN["password"]}, follow=True)
    ines = person_of(answer.context["user"])
    assert (ines.user.get_full_name(), ines.user.email) == ("Ines Duarte", "ines@example.com")
    assert (ines.roles, ines.teams, ines.leads) == ({"agent", "lead"}, {"cx", "finance"}, {"finance"})
    assert RoleGrant.objects.filter(person=ines.user, granted_by=boss).count() == 2
    assert (told("invite"), told("join")) == (
        [("invitation of ines@example.com", "boss")],
        [("person ines", "ines")],
    )
    assert client.get(page).status_code == 410


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "BOSS"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": ""}, "username"),
        ({"password": "12345"}, "password"),
        ({"password": "ines-duarte"}, "password"),
        ({"again": "another"}, "again"),
    ],
)
def test_a_name_taken_and_a_weak_password_are_said_at_the_field(client, boss, wrong, field):
    _, secret = invited(boss)
    said = CHOSEN | {"again": (CHOSEN | wrong)["password"]} | wrong
    answer = client.post(reverse("accept_invitation", args=[secret]), said)
    assert list(answer.context["form"].errors) == [field]
    assert Invitation.objects.get().accepted_at is None


def test_an_invitation_ends_by_time_by_withdrawal_and_by_the_next_one(admin, boss):
    _, old = invited(boss, at=now() - timedelta(days=8))
    with pytest.raises(InvitationOver, match="too old"):
        invitation_of(old, at=now())
    withdrawn, secret = invited(boss, email="kim@example.com")
    admin.post(reverse("withdraw_invitation", args=[withdrawn.id]))
    with pytest.raises(InvitationOver, match="withdrawn"):
        invitation_of(secret, at=now())
    _, first = invited(boss)
    _, second = invited(boss, email="INES@example.com")
    with pytest.raises(InvitationOver):
        invitation_of(first, at=now())
    assert invitation_of(second, at=now())
    with pytest.raises(InvitationOver, match="no such"):
        invitation_of("guessed\ud800", at=now())


def test_two_at_once_make_one_person(boss):
    invitation, _ = invited(boss)
    take_up(invitation, **CHOSEN, at=now())
    with pytest.raises(InvitationOver):
        take_up(invitation, **CHOSEN | {"username": "other"}, at=now())
    assert not type(boss).objects.filter(username="other").exists()


def test_nobody_is_invited_twice(boss):
    PersonFactory(username="ines")
    with pytest.raises(InvitationNotAllowed):
        invited(boss)


def test_only_a_hash_of_the_link_is_kept(boss):
    _, secret = invited(boss)
    assert secret not in str(Invitation.objects.values().get())
    assert not TrailEntry.objects.filter(details__icontains=secret).exists()


def test_the_page_sends_a_letter_and_shows_the_link_once(admin):
    said = {"email": "ines@example.com", "full_name": "Ines", "roles": ["agent"], "teams": ["cx"]}
    page = admin.post(reverse("invite_somebody"), said).content.decode()
    letter = mail.outbox[0]
    assert letter.to == ["ines@example.com"]
    link = next(line for line in letter.body.splitlines() if "/invitation/" in line)
    assert link in page
    assert link.rsplit("/", 1)[1] not in admin.get(reverse("people")).content.decode()


def test_leading_takes_the_role_of_a_lead(admin):
    said = {"email": "ines@example.com", "roles": ["agent"], "leads": ["cx"]}
    form = admin.post(reverse("invite_somebody"), said).context["form"]
    assert form.errors == {"leads": ["To lead a team takes the role lead."]}


def test_roles_and_teams_change_with_before_and_after_in_the_trail(admin):
    tom = PersonFactory(username="tom", roles=["agent"], teams=["cx"])
    said = {"roles": ["viewer", "lead"], "leads": ["ops"]}
    assert admin.post(reverse("somebody", args=[tom.id]), said).status_code == 302
    assert (person_of(tom).roles, person_of(tom).leads) == ({"viewer", "lead"}, {"ops"})
    changes = TrailEntry.objects.filter(about="person tom", by__username="boss").order_by("id")
    assert [(entry.move, entry.details["before"], entry.details["after"]) for entry in changes] == [
        ("grant", {"roles": ["agent"]}, {"roles": ["agent", "lead"]}),
        ("grant", {"roles": ["agent", "lead"]}, {"roles": ["agent", "lead", "viewer"]}),
        ("revoke", {"roles": ["agent", "lead", "viewer"]}, {"roles": ["lead", "viewer"]}),
        ("teams", {"teams": ["cx"]}, {"teams": ["ops (lead)"]}),
    ]
    page = admin.get(reverse("somebody", args=[tom.id])).content.decode()
    assert "Granted a role to person tom: roles from agent to agent, lead." in page


def test_saving_what_is_so_already_says_nothing(boss):
    tom = PersonFactory(roles=["agent"], teams=["cx"])
    set_roles(tom, ["agent"], by=boss, at=now(), source="page")
    set_teams(tom, ["cx"], [], by=boss, at=now(), source="page")
    assert not TrailEntry.objects.exists()


def test_the_last_admin_stays_one(admin, boss):
    gone = PersonFactory(roles=["admin"], is_active=False)
    form = admin.post(reverse("somebody", args=[boss.id]), {"roles": ["viewer"]}).context["form"]
    assert "last admin" in form.errors["roles"][0]
    with pytest.raises(ChangeNotAllowed, match="last admin"):
        deactivate(boss, hand_to=None, by=gone, at=now(), source="page")
    with pytest.raises(ChangeNotAllowed, match="themselves"):
        deactivate(boss, hand_to=None, by=boss, at=now(), source="page")


def test_who_leaves_hands_on_their_cases_by_team_and_state(admin, boss):
    tom, jo = (
        PersonFactory(username="tom", roles=["agent"]),
        PersonFactory(username="jo", roles=["agent"], teams=["cx"]),
    )
    until = now() + timedelta(days=3)
    cases = {
        "hers": case("order:a:1", owner=tom, team="cx", state="in_progress"),
        "other team": case("order:a:2", owner=tom, team="ops", state="in_progress"),
        "waiting": case("order:a:3", owner=tom, team="ops", state="waiting", until=until),
        "closed": case("order:a:4", owner=tom, team="cx", state="resolved", closed_at=now()),
        "not his": case("order:a:5", owner=jo, team="cx", state="in_progress"),
    }
    admin.post(reverse("leave", args=[tom.id]), {"hand_to": jo.id})
    for known in cases.values():
        known.refresh_from_db()
    assert {name: (c.owner and c.owner.username, c.state, c.version) for name, c in cases.items()} == {
        "hers": ("jo", "in_progress", 2),
        "other team": (None, "new", 2),
        "waiting": (None, "waiting", 2),
        "closed": ("tom", "resolved", 1),
        "not his": ("jo", "in_progress", 1),
    }
    moves = TrailEntry.objects.filter(case__isnull=False).order_by("id")
    assert [(m.case_id, m.move, m.from_state, m.to_state, m.by) for m in moves] == [
        (cases["hers"].id, "reassign", "in_progress", "in_progress", boss),
        (cases["other team"].id, "release", "in_progress", "new", boss),
        (cases["waiting"].id, "release", "waiting", "waiting", boss),
    ]
    assert all(m.details["owner_before"] == "tom" and m.source == "page" and m.request_id for m in moves)
    left = TrailEntry.objects.get(move="deactivate")
    after = left.details["after"]
    assert (left.about, after["cases_handed_over"], after["given_back"]) == ("person tom", 1, 2)


def test_who_leaves_comes_in_no_more_by_no_way(client, boss):
    tom = PersonFactory(username="tom", roles=["agent"], teams=["cx"])
    client.post(reverse("account_login"), {"login": "tom", "password": PASSWORD})
    assert client.get("/").status_code == 200
    _, text = create_token(name="his", scopes=["read"], expires_at=now() + timedelta(days=1), by=tom)
    deactivate(tom, hand_to=None, by=boss, at=now(), source="page")
    assert client.get("/").status_code == 302
    assert valid_token(text, at=now()) is None
    assert ApiToken.objects.get().revoked_at is not None
    client.post(reverse("account_login"), {"login": "tom", "password": PASSWORD})
    assert client.get("/").status_code == 302
    assert not Membership.objects.filter(person=tom).exists()
    assert not RoleGrant.objects.filter(person=tom).exists()


def test_who_comes_back_starts_without_rights(admin, boss):
    tom = PersonFactory(username="tom", roles=["agent"], teams=["cx"])
    deactivate(tom, hand_to=None, by=boss, at=now(), source="page")
    admin.post(reverse("come_back", args=[tom.id]))
    tom.refresh_from_db()
    assert tom.is_active
    assert person_of(tom).roles == set()


def test_rules_to_somebody_who_left_lead_to_the_team_alone(boss):
    tom = PersonFactory(username="tom", roles=["agent"], teams=["cx"])
    rule = OwnershipRule.objects.create(position=1, team_id="cx", person=tom)
    deactivate(tom, hand_to=None, by=boss, at=now(), source="page")
    rule.refresh_from_db()
    assert rule.person is None
    entry = TrailEntry.objects.get(about=f"rule {rule.id}")
    assert entry.details == {"before": {"person": "tom"}, "after": {"person": None}}


def test_a_lost_second_step_is_taken_away_and_ends_the_sessions(admin, client, boss):
    tom = PersonFactory(username="tom", roles=["agent"])
    Authenticator.objects.create(user=tom, type="totp", data={})
    said = {"known_by": "Came to my desk with their badge"}
    admin.post(reverse("lost_second_step", args=[tom.id]), said)
    assert not Authenticator.objects.filter(user=tom).exists()
    assert TrailEntry.objects.get(move="reset_second_step").details["before"] == {"second_step": ["totp"]}
    admin.post(reverse("lost_second_step", args=[tom.id]), said)
    assert TrailEntry.objects.filter(move="reset_second_step").count() == 1


def test_no_second_step_is_taken_away_without_saying_how_one_knows_who_asks(admin, boss):
    tom = PersonFactory(username="tom", roles=["agent"])
    Authenticator.objects.create(user=tom, type="totp", data={})
    for words in ("", "  yes  "):
        page = admin.post(reverse("lost_second_step", args=[tom.id]), {"known_by": words}, follow=True)
        assert "how you made sure" in page.content.decode()
        assert Authenticator.objects.filter(user=tom).exists()
    admin.post(reverse("lost_second_step", args=[tom.id]), {"known_by": "Called back on the number of HR"})
    assert TrailEntry.objects.get(move="reset_second_step").details["after"] == {
        "second_step": [],
        "known_by": "Called back on the number of HR",
    }
    assert "Called back on the number of HR" in admin.get(reverse("somebody", args=[tom.id])).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_people(admin, django_assert_max_num_queries):
    for _ in range(30):
        PersonFactory(roles=["agent"], teams=["cx"])
    with django_assert_max_num_queries(12):
        admin.get(reverse("people"))


def test_hostile_names_are_text(admin, boss):
    PersonFactory(username="x", first_name='<script>alert("x")</script>', roles=["agent"])
    assert "<script>alert" not in admin.get(reverse("people")).content.decode()


def test_the_first_admin_comes_in_by_a_printed_link_and_only_the_first(client, capsys):
    call_command("first_admin", "sam@example.com")
    call_command("first_admin", "sam@example.com")
    first, second = capsys.readouterr().out.split()
    answers = [
        client.post("/invitation/" + link.rsplit("/", 1)[1], CHOSEN | {"again": CHOSEN["password"]}, follow=True)
        for link in (first, second)
    ]
    assert answers[0].status_code == 410
    assert person_of(answers[1].context["user"]).may["manage_people"]
    with pytest.raises(CommandError, match="There is an admin already"):
        call_command("first_admin", "other@example.com")


def test_the_first_admin_needs_an_address():
    with pytest.raises(CommandError, match="no e-mail address"):
        call_command("first_admin", "sam")


def test_tokens_are_made_shown_once_and_revoked_in_the_trail(admin, boss):
    page = admin.post(reverse("tokens"), {"name": "<b>ipaas</b>", "scopes": ["read", "act"], "days": "30"})
    text = page.context["text"]
    assert text in page.content.decode()
    assert "<b>ipaas</b>" not in page.content.decode()
    assert valid_token(text, at=now()).scopes == ["act", "read"]
    assert text not in admin.get(reverse("tokens")).content.decode()
    admin.post(reverse("revoke_token", args=[ApiToken.objects.get().id]))
    assert valid_token(text, at=now()) is None
    assert list(TrailEntry.objects.values_list("move", "by__username").order_by("id")) == [
        ("issue", "boss"),
        ("revoke_token", "boss"),
    ]
    assert text.split("_", 2)[2] not in str(list(TrailEntry.objects.values()))
