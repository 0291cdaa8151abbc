"""A day's work with every sort of secret, logged as finely as can be: none of them is in a line, an error or a page."""

import io
import json
import logging
from datetime import timedelta

import httpcore
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors.mapping import mapped
from connectors.models import Connection
from exceptions.people.invitations import Place, invite
from exceptions.people.tokens import create_token
from reconciliation.project.logs import logging_config
from tests.cached import forget
from tests.connectors.signing import signature
from tests.connectors.vendors import connected
from tests.exceptions.people import case, someone
from tests.exceptions.test_sign_in import code
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db
FORGED, HOOK_SECRET, ACCESS_TOKEN = "a-guess-of-somebody", "hook-secret-7f3a", "shpat-5f9e-of-the-shop"
NEW_PASSWORD = "estuary-kestrel-at-noon"


@pytest.fixture
def lines(request):
    """All that is logged, by whoever, at the finest level, as the product writes it: for machines unless told."""
    written = io.StringIO()
    config = logging_config(level="DEBUG", as_json=getattr(request, "param", True))
    handler = logging.StreamHandler(written)
    formatter = dict(config["formatters"]["lines"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    levels = {name: said["level"] for name, said in config["loggers"].items()} | {"": "DEBUG"}
    loggers = [logging.getLogger(name) for name in levels]
    before = [one.level for one in loggers]
    for one, level in zip(loggers, levels.values(), strict=True):
        one.setLevel(level)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    for one, level in zip(loggers, before, strict=True):
        one.setLevel(level)


def signing_in(client):
    """Wrong and right passwords, a second step, a forgotten password; what was secret in it."""
    tom = PersonFactory(username="tom", roles=["agent"])
    client.post(reverse("account_login"), {"login": FORGED, "password": FORGED})
    client.post(reverse("account_login"), {"login": "tom", "password": FORGED})
    client.post(reverse("account_login"), {"login": "tom", "password": PASSWORD})
    secrets = [client.session.session_key, client.cookies["sessionid"].value, client.cookies["csrftoken"].value]
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    seed = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code(seed)})
    codes = Authenticator.objects.get(user=tom, type="recovery_codes").wrap().get_unused_codes()
    client.post(reverse("account_reset_password"), {"email": tom.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    return [*secrets, seed, *codes, link.rstrip("/").rpartition("-")[2], FORGED, PASSWORD, NEW_PASSWORD]


def administering(client):
    """An invitation, a token used and misused, a connection's credentials, deliveries rightly and wrongly signed."""
    ida = PersonFactory(username="ida", roles=["admin"])
    client.force_login(ida)
    page = client.post(reverse("tokens"), {"name": "ipaas", "scopes": ["read"], "days": "7"})
    token = page.context["text"]
    for text in (token, f"{token}x", FORGED):
        client.get("/api/v1/exceptions", headers={"Authorization": f"Bearer {text}"})
    place, now = Place(("agent",)), timezone.now()
    address = invite("new@example.com", place, by=ida, at=now, source="page")[1]
    Client().get(address)
    Client().get(f"{address}x")
    secrets = {"webhook_secret": HOOK_SECRET, "access_token": ACCESS_TOKEN}
    shop = connected("shopify", settings={"shop": "h.myshopify.com"}, secrets=secrets, at=now)
    hook, body = f"/hooks/{shop.hook_key}", b'{"id": 1}'
    for secret in (HOOK_SECRET, FORGED):
        headers = {"X-Shopify-Hmac-Sha256": signature(body, secret), "X-Shopify-Topic": "orders/updated"}
        client.post(hook, body, content_type="application/json", headers=headers)
    client.post(reverse("test_connection", args=[Connection.objects.get().pk]))
    return [
        token,
        token.rpartition("_")[2],
        address.rpartition("/")[2],
        HOOK_SECRET,
        ACCESS_TOKEN,
        client.session.session_key,
    ]


def failing(client, monkeypatch):
    """An error in the middle of forms that hold a secret."""
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("django.contrib.auth.backends.ModelBackend.authenticate", lambda *_, **__: 1 / 0)
        answer = Client(raise_request_exception=False).post(
            reverse("account_login"), {"login": "tom", "password": PASSWORD}
        )
        assert answer.status_code == 500
    monkeypatch.setattr("exceptions.people.views.issue", lambda **_: 1 / 0)
    assert client.post(reverse("tokens"), {"name": "x", "scopes": ["read"], "days": "7"}).status_code == 500


@pytest.mark.parametrize("lines", [True, False], ids=["for machines", "on a console"], indirect=True)
def test_no_line_holds_a_secret(client, lines, monkeypatch):
    forget()
    secrets = signing_in(Client()) + administering(client)
    failing(client, monkeypatch)
    written = lines.getvalue()
    assert len(written.splitlines()) > 20
    assert "ZeroDivisionError" in written
    held = [secret for secret in {*secrets, settings.SECRET_KEY, *settings.CREDENTIAL_KEYS} if secret in written]
    assert held == [], [line for line in written.splitlines() if any(secret in line for secret in held)][:3]


def test_no_line_holds_the_headers_that_a_vendor_answers_with(lines):
    headers = [b"Set-Cookie: sitting=cookie-9c1d\r\n", b"Content-Length: 2\r\n", b"\r\n"]
    answer = httpcore.MockBackend([b"HTTP/1.1 200 OK\r\n", *headers, b"{}"])
    with httpcore.ConnectionPool(network_backend=answer) as pool:
        assert pool.request("GET", "http://shop.example/").status == 200
    assert "cookie-9c1d" not in lines.getvalue()


class Stumbling:
    """A connector whose mapper cannot read what it is given, and says what it was."""

    title, feeds = "Toy", ()

    def lines(self, feed, item, words):
        raise ValueError(f"no date: {item['customer']}")


def test_no_line_names_a_customer_whose_record_could_not_be_read(client, lines):
    shop = connected("shopify", settings={"shop": "h.myshopify.com"}, secrets={}, at=timezone.now())
    assert list(mapped(Stumbling(), "orders", {"id": "7", "customer": "Zoe Miller"}, shop))
    token = create_token(name="x", scopes=["ingest"], expires_at=timezone.now() + timedelta(days=1))[1]
    body = '{"type": "order", "customer": "Zoe Miller"}\n{"customer": "Zoe Miller"'
    sent = {"content_type": "application/json", "headers": {"Authorization": f"Bearer {token}"}}
    assert client.post("/api/v1/records", body, **sent).json()["rejected"] == 2
    client.force_login(PersonFactory(roles=["agent"]))
    client.get("/search?q=Zoe+Miller")
    client.get("/customer?id=Zoe+Miller")
    assert "item not readable" in lines.getvalue()
    assert "Zoe" not in lines.getvalue()


def test_attempts_to_get_around_what_holds_people_back_are_told(client, lines):
    forget()
    oli, known = someone("oli", "agent", team="ops"), case()
    client.force_login(oli.user)
    client.post(reverse("attach_file", args=[known.pk]), {"file": SimpleUploadedFile("a.txt", b"x")})
    client.post(reverse("preferences"), {"theme": "of my own", "digest_hour": "99"})
    client.get(reverse("settings"))
    for _ in range(11):
        client.post(reverse("own_channel"), {})
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(oli.user)
    strict.post(reverse("save_view"), {"name": "mine"})
    client.get("/api/v1/exceptions", headers={"Authorization": f"Bearer {FORGED}"})
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    ours = {(line["event"], line.get("page") or line.get("what")) for line in told if line.get("person") == oli.user.pk}
    assert {("refused", "attach_file"), ("form answered", "preferences"), ("too many", "channels")} <= ours
    events = " ".join(line["event"] for line in told)
    for words in ("Forbidden (Permission denied): /settings/", "Forbidden (CSRF", "Unauthorized: /api/v1/exceptions"):
        assert words in events


def test_signing_in_and_being_refused_is_told_with_who_and_whence(client, lines):
    forget()
    tom = PersonFactory(username="tom", roles=["agent"])
    client.post(reverse("account_login"), {"login": "tom", "password": FORGED})
    client.post(reverse("account_login"), {"login": "tom", "password": PASSWORD})
    client.get(reverse("settings"))
    client.post(reverse("account_logout"))
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    facts = {line["event"]: line for line in told}
    assert (facts["sign-in failed"]["person"], facts["sign-in failed"]["address"]) == (tom.pk, "127.0.0.1")
    assert (facts["signed in"]["person"], facts["signed in"]["by"]) == (tom.pk, ["password"])
    assert facts["signed out"]["person"] == tom.pk
    refused = next(line for line in told if line["event"].startswith("Forbidden"))
    assert (refused["person"], refused["request_id"] != "") == (tom.pk, True)
    made, text = create_token(name="ipaas", scopes=["read"], expires_at=timezone.now() + timedelta(days=1))
    for token in (text, f"{text}x"):
        for address in ("/api/v1/exceptions", "/api/v1/metrics"):
            client.get(address, headers={"Authorization": f"Bearer {token}"})
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    calls = [(line["token"], line["scope"], line["let_in"]) for line in told if line["event"] == "called"]
    assert calls == [(made.prefix, "read", True), (made.prefix, "measure", False)]
    assert [line["address"] for line in told if line["event"] == "token refused"] == ["127.0.0.1"] * 2
    assert all(line["timestamp"].endswith("Z") for line in told)
