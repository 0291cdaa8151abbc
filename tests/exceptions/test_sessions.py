"""How long a sign-in lasts, what outlives it, who needs a second step, and what is asked for again."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from connectors.models import Credential
from exceptions.access import PAGES
from exceptions.models import ROLES, ApiToken, Company, Outgoing, RoleGrant
from exceptions.people.sessions import BEGAN, MOST, SEEN, forget_old_sessions
from exceptions.rights import RIGHTS
from tests.factories import PASSWORD, PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits_left_over")]


@pytest.fixture
def tom():
    return PersonFactory(username="tom", roles=["agent"])


@pytest.fixture
def ida():
    return PersonFactory(username="ida", roles=["admin"])


def sign_in(client, name, **more):
    said = {"login": name, "password": PASSWORD} | more
    return client.post(reverse("account_login"), said)


def is_in(client):
    return client.get(reverse("account")).status_code == 200


def pass_time(client, *, idle=timedelta(), whole=timedelta()):
    """Lets a sign-in have been unused, or have begun, so much earlier."""
    session = client.session
    session[SEEN] -= idle.total_seconds()
    session[BEGAN] -= whole.total_seconds()
    for record in session.get("account_authentication_methods", []):
        record["at"] -= max(idle, whole).total_seconds()
    session.save()


def demand_of(roles):
    """Has an admin demand a second step of these roles."""
    Company.objects.update_or_create(id=1, defaults={"second_step_roles": roles})


def with_passkey(person):
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={})
    return person


def test_who_does_nothing_for_half_an_hour_is_signed_out(client, tom):
    sign_in(client, "tom")
    pass_time(client, idle=timedelta(minutes=29))
    assert is_in(client)
    pass_time(client, idle=timedelta(minutes=31))
    old = client.session.session_key
    assert client.get(reverse("queue"))["Location"] == "/account/login/?next=/queue"
    assert not client.session.exists(old)


def test_after_twelve_hours_one_signs_in_again_however_busy(client, tom):
    sign_in(client, "tom")
    pass_time(client, whole=timedelta(hours=11, minutes=59))
    assert is_in(client)
    pass_time(client, whole=timedelta(minutes=2))
    assert not is_in(client)


def test_sessions_have_long_random_names(client, tom):
    names = set()
    for _ in range(3):
        browser = Client()
        sign_in(browser, "tom")
        names.add(browser.session.session_key)
    assert len(names) == 3
    assert min(map(len, names)) >= 32


def test_an_admin_sets_both_limits(client, ida, tom):
    sign_in(client, "ida")
    form = client.get(reverse("settings_company")).context["editing"].form
    said = {field.html_name: field.value() for field in form if field.value() is not None}
    client.post(reverse("settings_company"), said | {"idle_minutes": 5, "session_hours": 1})
    assert Company.objects.values_list("idle_minutes", "session_hours").get(id=1) == (5, 1)
    other = Client()
    sign_in(other, "tom")
    pass_time(other, idle=timedelta(minutes=6))
    assert not is_in(other)


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(client, tom):
    sign_in(client, "tom")
    pass_time(client, idle=timedelta(minutes=20))
    before = client.session[SEEN]
    client.get(reverse("home_month"), headers={"HX-Request": "true"})
    assert client.session[SEEN] == before
    client.get(reverse("queue"))
    assert client.session[SEEN] > before


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in(client, tom):
    sign_in(client, "tom")
    pass_time(client, idle=timedelta(hours=1))
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/queue?kind=missing_po"}
    answer = client.get(reverse("queue"), headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/account/login/?next=/queue%3Fkind%3Dmissing_po")


def type_note(client, **more):
    said = {"name": "mine", "note": "The customer says <b>no</b>", "password": "hidden-words", "seen": "seen-31"} | more
    return client.post(reverse("save_view"), said, headers={"Referer": "http://testserver/queue?kind=missing_po"})


def test_what_was_typed_is_there_after_signing_in_again(client, tom):
    sign_in(client, "tom")
    pass_time(client, idle=timedelta(hours=1))
    answer = type_note(client)
    assert answer["Location"] == "/account/login/?next=/queue%3Fkind%3Dmissing_po"
    assert sign_in(client, "tom", next="/queue?kind=missing_po")["Location"] == "/queue?kind=missing_po"
    page = client.get("/queue?kind=missing_po").content.decode()
    assert "What you had typed before you were signed out" in page
    assert "The customer says &lt;b&gt;no&lt;/b&gt;" in page
    assert "hidden-words" not in page
    assert "seen-31" not in page
    assert "What you had typed" not in client.get("/queue").content.decode()


def test_nobody_else_sees_what_was_typed(client, tom):
    PersonFactory(username="jo", roles=["agent"])
    sign_in(client, "tom")
    pass_time(client, idle=timedelta(hours=1))
    type_note(client)
    sign_in(client, "jo")
    assert "What you had typed" not in client.get("/queue").content.decode()


def test_a_page_that_takes_secrets_keeps_nothing_typed(client, ida):
    sign_in(client, "ida")
    pass_time(client, idle=timedelta(hours=1))
    client.post("/settings/connection?system=shop", {"access": "shpat_1234", "shop": "harbour"})
    assert "typed" not in client.session


def test_a_role_that_demands_a_second_step_opens_with_one_alone(client, ida):
    demand_of(["admin"])
    sign_in(client, "ida")
    for name in ("queue", "settings", "people"):
        assert client.get(reverse(name))["Location"] == reverse("second_step")
    assert client.post(reverse("tokens"), {"name": "x"})["Location"] == reverse("second_step")
    page = client.get(reverse("second_step")).content.decode()
    assert reverse("mfa_activate_totp") in page
    assert client.get(reverse("mfa_index")).status_code == 200
    with_passkey(ida)
    assert client.get(reverse("settings")).status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_where_every_role_demands_it_nobody_opens_anything_without_one(client, settings, role):
    settings.SECOND_STEP_ROLES = list(ROLES)
    client.force_login(PersonFactory(roles=[role]))
    for name in ("home", "queue", "records", "close_months", "settings", "people", "trail", "search"):
        if role in RIGHTS[PAGES[name]]:
            assert client.get(reverse(name))["Location"] == reverse("second_step"), name


def test_nothing_leaves_by_a_channel_of_ones_own_before_the_second_step_or_an_old_proof(client, tom):
    address, said = reverse("own_channel"), {"flavour": "slack", "address": "https://hooks.example.com/mine"}
    demand_of(["agent"])
    sign_in(client, "tom")
    assert client.post(address, said)["Location"] == reverse("second_step")
    demand_of([])
    pass_time(client, idle=timedelta(minutes=11))
    assert client.post(address, said)["Location"].startswith(reverse("account_reauthenticate"))
    assert "hooks.example.com" not in str(client.session.items())
    client.force_login(PersonFactory(username="out"))
    assert client.post(address, said).status_code == 403
    assert not Outgoing.objects.exists()


def test_recovery_codes_alone_are_no_second_step(client, ida):
    demand_of(["admin"])
    Authenticator.objects.create(user=ida, type=Authenticator.Type.RECOVERY_CODES, data={})
    client.force_login(ida)
    assert client.get(reverse("queue"))["Location"] == reverse("second_step")


def test_other_roles_go_on_without_one(client, tom):
    demand_of(["admin", "approver", "finance_controller"])
    client.force_login(tom)
    assert client.get(reverse("queue")).status_code == 200
    RoleGrant.objects.create(person=tom, role="approver", granted_by=tom, granted_at=timezone.now())
    assert client.get(reverse("queue"))["Location"] == reverse("second_step")


def test_the_installation_demands_it_until_an_admin_chooses(client, ida, settings):
    settings.SECOND_STEP_ROLES = ["admin"]
    client.force_login(ida)
    assert client.get(reverse("queue"))["Location"] == reverse("second_step")
    demand_of([])
    assert client.get(reverse("queue")).status_code == 200


def test_a_token_is_made_after_the_password_was_given_again(client, ida):
    sign_in(client, "ida")
    pass_time(client, idle=timedelta(minutes=11))
    asked = {"name": "ipaas", "scopes": ["read"], "days": "7"}
    answer = client.post(reverse("tokens"), asked)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not ApiToken.objects.exists()
    wrong = client.post(answer["Location"], {"password": "guess", "next": reverse("tokens")})
    assert (wrong.status_code, ApiToken.objects.count()) == (200, 0)
    done = client.post(answer["Location"], {"password": PASSWORD, "next": reverse("tokens")})
    assert "rec_" in done.content.decode()
    assert ApiToken.objects.get().name == "ipaas"


def sensitive(ida, tom):
    """What changes who may do what or how systems are reached, as (address, what is sent)."""
    return [
        (reverse("somebody", args=[tom.pk]), {"roles": ["admin"]}),
        (reverse("leave", args=[tom.pk]), {}),
        (reverse("come_back", args=[tom.pk]), {}),
        (reverse("lost_second_step", args=[tom.pk]), {}),
        (reverse("invite_somebody"), {"email": "new@example.com", "roles": ["agent"]}),
        (reverse("tokens"), {"name": "x", "scopes": ["read"], "days": "7"}),
        (reverse("settings_company"), {"idle_minutes": 1440}),
        (reverse("setup_company"), {"idle_minutes": 1440}),
        (reverse("settings_connection") + "?system=shop", {"token": "x"}),
        (reverse("settings_connection_do", args=[1, "secret"]), {}),
        (reverse("remove_connection", args=[1]), {}),
        (reverse("allow_writes", args=[1]), {}),
        (reverse("settings_channels"), {"name": "x", "address": "https://thief.example.com"}),
        (reverse("settings_channel_do", args=[1, "enable"]), {}),
        (reverse("account_email"), {"action_add": "", "email": "thief@example.com"}),
        (reverse("mfa_generate_recovery_codes"), {}),
        (reverse("usersessions_list"), {}),
    ]


def test_whatever_changes_rights_or_credentials_asks_who_one_is(client, ida, tom):
    sign_in(client, "ida")
    pass_time(client, idle=timedelta(minutes=11))
    for address, said in sensitive(ida, tom):
        answer = client.post(address, said)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith(reverse("account_reauthenticate")), address
    assert set(tom.roles.values_list("role", flat=True)) == {"agent"}
    assert not Credential.objects.exists()


def test_a_page_that_takes_secrets_asks_before_it_shows_its_form(client, ida):
    sign_in(client, "ida")
    pass_time(client, idle=timedelta(minutes=11))
    answer = client.get(reverse("settings_connection") + "?system=shop")
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_reading_asks_for_nothing(client, ida):
    sign_in(client, "ida")
    pass_time(client, idle=timedelta(minutes=11))
    for name in ("people", "tokens", "settings_company"):
        assert client.get(reverse(name)).status_code == 200


def test_who_has_no_password_here_signs_in_anew(client, ida):
    ida.set_unusable_password()
    ida.save()
    client.force_login(ida)
    client.get(reverse("tokens"))
    pass_time(client, idle=timedelta(minutes=11), whole=timedelta(minutes=11))
    answer = client.post(reverse("tokens"), {"name": "x"}, headers={"Referer": "http://testserver/settings/tokens"})
    assert answer["Location"] == "/account/login/?next=%2Fsettings%2Ftokens"
    assert not is_in(client)


def test_the_password_once_more_lasts_for_ten_minutes(client, ida):
    sign_in(client, "ida")
    pass_time(client, idle=timedelta(minutes=11))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for wait, asked in ((timedelta(minutes=9), False), (timedelta(minutes=2), True)):
        pass_time(client, idle=wait)
        answer = client.post(reverse("invite_somebody"), {})
        assert (answer.status_code == 302) is asked
    assert time.time() - client.session[BEGAN] < 60


def test_whoever_proves_anew_who_they_are_goes_on_in_a_new_session(client, ida):
    sign_in(client, "ida")
    pass_time(client, idle=timedelta(minutes=11))
    old = client.session.session_key
    thief = Client()
    thief.cookies["sessionid"] = old
    assert is_in(thief)
    client.post(reverse("account_reauthenticate"), {"password": "guess"})
    assert client.session.session_key == old
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.session.session_key != old
    assert (is_in(client), is_in(thief)) == (True, False)
    assert [shown.session_key for shown in UserSession.objects.filter(user=ida)] == [client.session.session_key]


def test_of_more_than_ten_sign_ins_at_once_the_oldest_ends(tom):
    browsers = [Client() for _ in range(MOST + 1)]
    for browser in browsers:
        sign_in(browser, "tom")
    assert [is_in(browser) for browser in browsers] == [False] + [True] * MOST
    assert MOST == 10


def test_what_was_typed_and_tried_goes_with_the_sessions_that_held_it(client, tom):
    sign_in(client, "tom")
    sign_in(Client(), "hidden-words", password="guess")
    now, later = timezone.now(), timezone.now() + timedelta(days=15)
    forget_old_sessions(at=now)
    assert (is_in(client), AccessAttempt.objects.count()) == (True, 1)
    forget_old_sessions(at=later)
    assert not is_in(client)
    held = (Session, UserSession, AccessAttempt, AccessLog)
    assert [table.objects.count() for table in held] == [0, 0, 0, 0]


def test_every_page_lets_one_sign_out(client):
    client.force_login(PersonFactory(roles=["admin", "finance_controller", "agent"]))
    seen = 0
    for name, right in PAGES.items():
        try:
            answer = client.get(reverse(name)) if right in RIGHTS else None
        except NoReverseMatch:
            continue
        if answer is not None and answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            page = answer.content.decode()
            assert "<body" not in page or f'action="{reverse("account_logout")}"' in page, name
            seen += "<body" in page
    assert seen > 25
