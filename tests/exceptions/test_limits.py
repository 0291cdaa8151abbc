"""How often may be asked: signing in and second steps are tried in test_sign_in.py; here is the rest."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors.models import Refusals
from exceptions.api.tokens import WRONG_TOKENS_A_MINUTE
from exceptions.attachments import attach
from exceptions.hooks import REFUSALS_A_MINUTE
from exceptions.models import ApiToken
from exceptions.people.sign_in import address_of
from exceptions.people.tokens import create_token
from exceptions.workflow import Origin
from reconciliation.models import RejectedLine
from reconciliation.project.embedded import ROOT
from tests.connectors.vendors import connected
from tests.exceptions.people import case, someone
from tests.exceptions.test_access import ADDRESSES
from tests.factories import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits_left_over")]


@pytest.fixture
def ida(client):
    person = PersonFactory(username="ida", roles=["admin"])
    client.force_login(person)
    return person


def test_sixty_files_a_minute_and_then_words(client, ida):
    answers = [client.get("/tables/people.csv").status_code for _ in range(60)]
    assert 429 not in answers
    page = client.get("/trail/export.csv")
    assert (page.status_code, page["Retry-After"]) == (429, "60")
    assert "Too many files at once" in page.content.decode()
    other = Client()
    other.force_login(PersonFactory(roles=["admin"]))
    assert other.get("/trail/export.csv").status_code == 200


def test_what_was_put_and_what_was_received_count_as_files_too(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ann, known = someone("ann", "agent", team="finance"), case()
    file = attach(known, SimpleUploadedFile("a.txt", b"x"), by=ann, at=timezone.now(), origin=Origin("page"))
    line = RejectedLine.objects.create(sha256=bytes(32), raw=b"x", reason="no JSON", code="json", line_number=1)
    client.force_login(ann.user)
    addresses = [reverse("attachment", args=[known.pk, file.pk]), f"/records/rejected/{line.sha256.hex()}?as=received"]
    for number in range(60):
        answer = client.get(addresses[number % 2])
        b"".join(answer)  # a file is closed at its end
        assert answer.status_code == 200
    assert [client.get(address).status_code for address in addresses] == [429, 429]


def test_channels_are_not_tried_by_the_dozen(client, ida):
    answers = [client.post(reverse("own_channel"), {"trial": ""}).status_code for _ in range(11)]
    assert (answers[9], answers[10]) == (302, 429)


def test_tokens_are_not_made_by_the_hundred(client, ida):
    asked = {"name": "x", "scopes": ["read"], "days": "7"}
    answers = [client.post(reverse("tokens"), asked).status_code for _ in range(31)]
    assert (answers[29], answers[30]) == (200, 429)
    assert ApiToken.objects.count() == 30


def test_guessing_tokens_is_slowed_and_stops_nobody_who_has_one(client):
    guess, last = {"Authorization": "Bearer rec_0000_guess"}, None
    for _ in range(WRONG_TOKENS_A_MINUTE + 1):
        last = client.get("/api/v1/exceptions", headers=guess)
    assert (last.status_code, last["Retry-After"]) == (429, "60")
    text = create_token(name="a", scopes=["read"], expires_at=timezone.now() + timedelta(days=1))[1]
    assert client.get("/api/v1/exceptions", headers={"Authorization": f"Bearer {text}"}).status_code == 200


def test_a_token_calls_six_hundred_times_a_minute(client, monkeypatch):
    text = create_token(name="a", scopes=["read"], expires_at=timezone.now() + timedelta(days=1))[1]
    headers = {"Authorization": f"Bearer {text}"}
    answers = {client.get("/api/v1/exceptions?limit=x", headers=headers).status_code for _ in range(600)}
    assert answers == {422}
    last = client.get("/api/v1/exceptions", headers=headers)
    assert last.status_code == 429
    assert int(last["Retry-After"]) <= 60


def test_forged_deliveries_of_one_sender_are_not_even_read(client):
    shop = connected(
        "shopify", settings={"shop": "h.myshopify.com"}, secrets={"webhook_secret": "s"}, at=timezone.now()
    )
    address = f"/hooks/{shop.hook_key}"
    for _ in range(REFUSALS_A_MINUTE + 1):
        assert client.post(address, b"{}", content_type="application/json").status_code in (400, 401, 403)
    refused = Refusals.objects.aggregate(all=Sum("count"))["all"]
    for _ in range(2):
        assert client.post(address, b"{}", content_type="application/json").status_code == 429
    assert Refusals.objects.get(reason="too many").count == 2
    assert Refusals.objects.aggregate(all=Sum("count"))["all"] == refused + 2
    assert Client(REMOTE_ADDR="10.0.0.9").post(address, b"{}", content_type="application/json").status_code != 429


def test_letters_for_a_new_password_are_not_sent_by_the_dozen(client):
    person = PersonFactory(username="tom")
    answers = [client.post(reverse("account_reset_password"), {"email": person.email}).status_code for _ in range(8)]
    assert answers[-1] == 429
    assert len(mail.outbox) == 5


def test_guessing_invitations_is_slowed(client):
    answers = [client.get(reverse("accept_invitation", args=[f"guess-{number}"])).status_code for number in range(31)]
    assert (answers[29], answers[30]) == (410, 429)


def test_the_brakes_are_those_that_are_written_down():
    page = (ROOT / "docs" / "security.md").read_text()
    written = {int(number): what for what, number in re.findall(r"^\| ([^|]+) \| (\d+) [^|]*\|", page, re.MULTILINE)}
    limits = {getattr(parts[-1].callback, "limit", None) for parts in ADDRESSES.values()} - {None}
    assert {what for what, _, _ in limits} == {"files", "tokens", "invitations", "measures", "channels"}
    assert all(most in written and seconds == 60 for _, most, seconds in limits)
    assert {WRONG_TOKENS_A_MINUTE, REFUSALS_A_MINUTE, settings.AXES_FAILURE_LIMIT, 600} <= set(written)
    assert "locked for 15 minutes" in page
    assert settings.AXES_COOLOFF_TIME * 60 == 15


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_nobody_says_by_a_header_where_they_come_from(rf, settings, proxies, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    asked = rf.get("/", headers={"X-Forwarded-For": "10.9.9.9, 203.0.113.9", "X-Real-IP": "10.8.8.8"})
    assert address_of(asked) == address


def test_nobody_says_by_a_header_that_they_came_encrypted(rf, settings):
    asked = rf.get("/", headers={"X-Forwarded-Proto": "https"})
    settings.SECURE_PROXY_SSL_HEADER = None
    assert not asked.is_secure()
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert rf.get("/", headers={"X-Forwarded-Proto": "https"}).is_secure()
    assert not rf.get("/").is_secure()
