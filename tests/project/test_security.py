"""What docs/security.md claims: its tests exist, and what holds for every answer in production."""

import re
import subprocess

import pytest
from django.test import Client
from django.urls import reverse

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


@pytest.mark.django_db
def test_answers_say_that_nothing_may_be_guessed_framed_or_sent_on(client):
    answer = client.get(reverse("account_login"))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_no_browser_keeps_what_only_people_who_are_signed_in_see(client):
    client.force_login(someone("tom", "agent").user)
    for name in ("queue", "records", "account"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"]
