"""What docs/security.md claims: its tests exist, and what holds for every answer in production."""

import re
import subprocess

import pytest
from django.test import Client
from django.urls import reverse

from reconciliation.project.access_log import without_secrets
from reconciliation.project.embedded import ROOT
from tests.exceptions.people import someone

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| \d", line)]
PRODUCTION = {"ENVIRONMENT": "production", "SECRET_KEY": "k3" * 40}


def test_every_test_that_is_named_exists():
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    found = subprocess.run(["git", "grep", "-hoE", r"def test_\w+"], cwd=ROOT / "tests", capture_output=True, text=True)
    assert len(named) > 60
    assert sorted(named - {line.removeprefix("def ") for line in found.stdout.splitlines()}) == []


def test_nothing_is_called_met_without_a_test():
    assert ROWS
    for row in ROWS:
        section, _, verdict, proof = (cell.strip() for cell in row.strip("|").split("|"))
        assert verdict in ("met", "partly", "not met", "does not apply"), section
        assert verdict not in ("met", "partly") or "`test_" in proof, f"{section} is {verdict} without a test"


IN_PRODUCTION = {
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SAMESITE": "Lax",
    "SECURE_HSTS_SECONDS": 31536000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_CONTENT_TYPE_NOSNIFF": True,
    "X_FRAME_OPTIONS": "DENY",
    "DEBUG": False,
    "SECOND_STEP_ROLES": ["approver", "finance_controller", "admin"],
}


def test_in_production(manage):
    said = manage("diffsettings", "--all", **PRODUCTION)
    assert said.returncode == 0, said.stderr
    found = dict(re.findall(r"^(?:### )?([A-Z_]+) = (.+?)(?:  ###)?$", said.stdout, re.MULTILINE))
    assert {name: found[name] for name in IN_PRODUCTION} == {name: repr(value) for name, value in IN_PRODUCTION.items()}


@pytest.mark.django_db
def test_a_form_from_another_site_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.force_login(someone("tom", "agent").user)
    assert client.post(reverse("preferences"), {"theme": "dark"}).status_code == 403


class Encrypted(Client):
    """A browser that speaks https alone."""

    def generic(self, *arguments, **more):
        return super().generic(*arguments, **more | {"secure": True})


def answers(client):
    """An answer of every sort by its name: pages, refusals, errors, files, redirects, programs' and static ones."""
    client.raise_request_exception = False
    yield "entrance", client.get(reverse("account_login"))
    yield "sign of life", client.get("/alive")
    yield "nothing here", client.get("/nowhere")
    yield "not this method", client.post("/alive")
    yield "to sign in", client.get(reverse("queue"))
    yield "program refused", client.get("/api/v1/exceptions")
    yield "openapi", client.get("/api/v1/openapi.json")
    yield "program's wrong address", client.get("/api/v1/nothing")
    yield "vendor's wrong address", client.post("/hooks/nothing")
    yield "static file", client.get("/static/js/theme.js")
    yield "no static file", client.get("/static/js/nothing.js")
    yield "wrong host", client.get("/alive", headers={"Host": "evil.example"})
    client.force_login(someone("tom", "agent").user)
    yield "page", client.get(reverse("queue"))
    yield "forbidden", client.get(reverse("settings"))
    yield "file", client.get("/queue/export/csv")
    client.force_login(someone("ada", "admin").user)
    yield "error", client.get(reverse("runs"))


@pytest.mark.django_db
def test_answers_say_that_nothing_may_be_guessed_framed_or_sent_on(monkeypatch, settings):
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr("exceptions.ledgers.views.render", lambda *_, **__: 1 / 0)
    seen = {}
    for name, answer in answers(Encrypted()):
        seen[name] = answer.status_code
        b"".join(answer.streaming_content if answer.streaming else ())  # a file is closed at its end
        policy = answer["Content-Security-Policy"]
        for directive in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert directive in policy, name
        assert "unsafe" not in policy, name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["Referrer-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", name
        kind = answer.headers.get("Content-Type", "")
        assert not kind.startswith("text/") or "charset=utf-8" in kind.replace('"', ""), (name, kind)
        assert "Access-Control-Allow-Origin" not in answer, name
    expected = {"page": 200, "forbidden": 403, "error": 500, "static file": 200, "nothing here": 404, "wrong host": 400}
    assert {name: seen[name] for name in expected} == expected


@pytest.mark.django_db
def test_programs_that_call_without_encryption_are_refused_and_people_sent_on(client, settings):
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    page = client.get("/queue")
    assert (page.status_code, page["Location"]) == (301, "https://testserver/queue")
    for address in ("/api/v1/exceptions", "/hooks/anything"):
        answer = client.post(address, b"{}", content_type="application/json")
        assert (answer.status_code, answer.json()["title"]) == (403, "Not encrypted")


def test_the_access_log_leaves_secrets_and_questions_out():
    for secret in ("/invitation/s3cret", "/hooks/s3cret", "/account/password/reset/key/1-s3cret/", "/queue?q=s3cret"):
        assert "s3cret" not in without_secrets(secret)
        assert "s3cret" not in without_secrets(f"https://books.example{secret}")
    assert without_secrets("/orders/1?page=2") == "/orders/1"


@pytest.mark.django_db
def test_no_browser_keeps_what_only_people_who_are_signed_in_see(client):
    client.force_login(someone("tom", "agent").user)
    for name in ("queue", "records", "account"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"]
