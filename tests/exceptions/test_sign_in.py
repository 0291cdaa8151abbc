"""Signing in: names, second steps, passkeys, lock-out, sessions, passwords forgotten, and who is kept out."""

import base64
import hmac
import random
import re
import struct
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import generate_totp_secret
from axes.models import AccessAttempt
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cached import forget
from tests.factories import PASSWORD, PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits_left_over")]


@pytest.fixture
def tom():
    return PersonFactory(username="tom", roles=["agent"])


def sign_in(client, login="tom", password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": login, "password": password} | more)


def is_in(client):
    return client.get(reverse("account")).status_code == 200


def code(secret):
    """What an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def use_app(client):
    """Sets an authenticator app up; its secret."""
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": code(secret)}).status_code == 302
    client.post(reverse("account_logout"))
    return secret


@pytest.mark.parametrize("login", ["tom", "tom@example.com"])
def test_by_user_name_or_by_address(client, tom, login):
    assert sign_in(client, login)["Location"] == "/"
    assert is_in(client)


def test_a_wrong_password_and_an_unknown_name_read_alike(client, tom):
    known, unknown = sign_in(client, password="guess"), sign_in(client, login="nobody", password="guess")
    assert known.context["form"].errors == unknown.context["form"].errors
    assert not is_in(client)


def test_the_session_of_before_is_not_the_session_of_after(client, tom):
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    sign_in(client)
    assert is_in(client)
    assert client.session.session_key != before
    assert not session.exists(before)


def test_no_way_out_to_another_site(client, tom):
    assert sign_in(client, next="https://evil.example/")["Location"] == "/"
    assert sign_in(Client(), next="//evil.example/")["Location"] == "/"
    assert sign_in(Client(), next="/?kind=missing_po")["Location"] == "/?kind=missing_po"


def test_nobody_signs_up_by_themselves(client):
    said = {"username": "new", "email": "new@example.com", "password1": "seven-blue-kites"}
    for answer in (client.get(reverse("account_signup")), client.post(reverse("account_signup"), said)):
        assert "People come here by invitation." in answer.content.decode()
    assert not is_in(client)


def test_five_failures_lock_the_name_here_and_say_so(client, tom):
    EmailAddress.objects.create(user=tom, email="tom@home.example", verified=True)
    for login in ("tom", "tom@example.com", "TOM@example.com", "tom@home.example"):
        assert sign_in(client, login, "guess").status_code == 200
    answer = sign_in(client, password="guess")
    assert answer.status_code == 429
    assert "5 sign-ins with the name <strong>tom</strong> failed" in answer.content.decode()
    assert "15 minutes" in answer.content.decode()
    assert sign_in(client).status_code == 429
    PersonFactory(username="jo")
    assert sign_in(Client(), "jo").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="10.0.0.9")).status_code == 302


def test_signing_out_has_the_browser_forget_what_it_holds(client, tom):
    sign_in(client)
    assert "Clear-Site-Data" not in client.get(reverse("queue"))
    assert client.post(reverse("account_logout"))["Clear-Site-Data"] == '"cache", "storage"'


def test_a_lock_ends_by_itself(client, tom):
    for _ in range(5):
        sign_in(client, password="guess")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_a_person_sees_their_sessions_and_ends_the_others(client, tom):
    other = Client(HTTP_USER_AGENT="Phone")
    for browser in (client, other):
        sign_in(browser)
    page = client.get(reverse("usersessions_list")).content.decode()
    assert "Phone" in page
    client.post(reverse("usersessions_list"))
    assert (is_in(client), is_in(other)) == (True, False)


def test_a_new_password_ends_the_other_sessions(client, tom):
    other = Client()
    for browser in (client, other):
        sign_in(browser)
    said = {"oldpassword": PASSWORD, "password1": "seven-blue-kites", "password2": "seven-blue-kites"}
    assert client.post(reverse("account_change_password"), said).status_code == 302
    assert (is_in(client), is_in(other)) == (True, False)


def test_a_forgotten_password_is_set_anew_by_a_letter_once(client, tom):
    assert client.post(reverse("account_reset_password"), {"email": tom.email}).status_code == 302
    link = re.search(r"/account/password/reset/key/\S+", mail.outbox[0].body)[0]
    form = client.get(link, follow=True)
    new = {"password1": "seven-blue-kites", "password2": "seven-blue-kites"}
    assert client.post(form.request["PATH_INFO"], new).status_code == 302
    assert sign_in(Client(), password="seven-blue-kites").status_code == 302
    assert "was invalid" in Client().get(link, follow=True).content.decode()


def test_an_unknown_address_gets_no_letter_and_the_same_answer(client, tom):
    known = client.post(reverse("account_reset_password"), {"email": tom.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


def test_an_authenticator_app_is_a_second_step(client, tom):
    secret = use_app(client)
    assert sign_in(client)["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client)
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.context["form"].errors
    forget()  # else the code that set the app up counts as used
    assert client.post(reverse("mfa_authenticate"), {"code": code(secret)}).status_code == 302
    assert is_in(client)


def test_a_recovery_code_opens_once(client, tom):
    use_app(client)
    spare = Authenticator.objects.get(user=tom, type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (True, False):
        browser = Client()
        sign_in(browser)
        browser.post(reverse("mfa_authenticate"), {"code": spare})
        assert is_in(browser) is expected


def test_a_code_of_the_app_opens_once(client, tom):
    secret = use_app(client)
    forget()
    shown = code(secret)
    for expected in (True, False):
        browser = Client()
        sign_in(browser)
        browser.post(reverse("mfa_authenticate"), {"code": shown})
        assert is_in(browser) is expected


def test_recovery_codes_are_long_and_differ(client, tom):
    use_app(client)
    codes = Authenticator.objects.get(user=tom, type="recovery_codes").wrap().get_unused_codes()
    assert len(set(codes)) == 10
    assert min(len(code.replace("-", "")) for code in codes) >= 8


def test_a_code_of_the_app_ends_with_its_thirty_seconds(client, tom, monkeypatch):
    secret, began = use_app(client), int(time.time()) // 30 * 30 + 300
    for later, opens in ((-1, False), (0, True), (29, True), (30, False)):
        forget()
        monkeypatch.setattr(time, "time", lambda: began)
        shown = code(secret)
        monkeypatch.setattr(time, "time", lambda: began + later)  # noqa: B023 - used before the next turn
        browser = Client()
        sign_in(browser)
        browser.post(reverse("mfa_authenticate"), {"code": shown})
        assert is_in(browser) is opens, later


def test_seeds_and_recovery_codes_come_from_the_systems_random():
    drawn = []
    for _ in range(2):
        random.seed(1)  # who knows the state of the common generator learns nothing of them
        drawn += [generate_totp_secret(), RecoveryCodes.generate_seed()]
    assert len(set(drawn)) == 4
    assert [len(base64.b32decode(seed)) * 8 for seed in drawn[::2]] == [160, 160]
    assert [len(bytes.fromhex(seed)) * 8 for seed in drawn[1::2]] == [320, 320]


def test_no_password_runs_out(client, tom):
    long_ago = timezone.now() - timedelta(days=3_650)
    type(tom).objects.filter(pk=tom.pk).update(date_joined=long_ago, last_login=long_ago)
    assert sign_in(client)["Location"] == "/"
    assert client.get(reverse("queue")).status_code == 200


def test_a_new_password_does_not_go_around_the_second_step(client, tom):
    use_app(client)
    client.post(reverse("account_reset_password"), {"email": tom.email})
    link = re.search(r"/account/password/reset/key/\S+", mail.outbox[-1].body)[0]
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "seven-blue-kites", "password2": "seven-blue-kites"})
    assert not is_in(client)
    assert sign_in(client, password="seven-blue-kites")["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client)


def test_second_steps_are_sealed_and_outlive_a_change_of_keys(client, tom, settings):
    secret = use_app(client)
    assert secret not in str(list(Authenticator.objects.values()))
    settings.CREDENTIAL_KEYS = ["new", *settings.CREDENTIAL_KEYS]
    call_command("credentials", "reseal")
    settings.CREDENTIAL_KEYS = ["new"]
    forget()
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert is_in(client)
    assert len(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()) == 10


def test_guessing_second_steps_is_slowed(client, tom):
    secret = use_app(client)
    forget()
    sign_in(client)
    for _ in range(11):
        answer = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Too many" in str(answer.context["form"].errors)
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert not is_in(client)


def test_turning_the_second_step_off_takes_the_password_again(client, tom):
    use_app(client)
    client.force_login(tom)
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.filter(user=tom, type="totp").exists()


def test_more_tries_than_people_make_are_answered_in_words(client):
    answers = [sign_in(client, login=f"guess-{number}") for number in range(31)]
    assert answers[-1].status_code == 429
    assert "Wait a minute" in answers[-1].content.decode()


def test_a_form_from_before_signing_in_is_answered_in_words(tom):
    strict = Client(enforce_csrf_checks=True)
    answer = sign_in(strict)
    assert answer.status_code == 403
    assert "This page is out of date" in answer.content.decode()


def test_a_wrong_address_is_answered_in_words(client, tom):
    client.force_login(tom)
    for address in ("/nowhere", "/settings/people/1/nowhere"):
        answer = client.get(address)
        assert (answer.status_code, "Nothing is here" in answer.content.decode()) == (404, True)
