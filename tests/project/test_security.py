"""What docs/security.md claims: its tests exist and its sums are right; and what holds for every answer."""

import re
import subprocess

import pytest
from django.test import Client
from django.urls import reverse

from reconciliation.project.access_log import without_secrets
from reconciliation.project.embedded import ROOT
from tests.exceptions.people import someone

FOLDER = ROOT / "docs" / "security"
INDEX = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
CHAPTERS = {int(path.stem[1:]): path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("v*.md"))}
# the requirements of levels 1 and 2 of ASVS 5.0.0, by chapter and section: up to which number; level 3 comes after them
LAST = {
    1: {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    2: {1: 3, 2: 3, 3: 4, 4: 1},
    3: {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    4: {1: 3, 2: 1, 3: 2, 4: 4},
    5: {1: 1, 2: 3, 3: 2, 4: 3},
    6: {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    8: {1: 2, 2: 3, 3: 1, 4: 1},
    9: {1: 3, 2: 4},
    10: {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    11: {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    12: {1: 3, 2: 2, 3: 4},
    13: {1: 1, 2: 5, 3: 2, 4: 5},
    14: {1: 2, 2: 4, 3: 3},
    15: {1: 3, 2: 3, 3: 7},
    16: {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    17: {1: 1, 2: 4, 3: 2},
}
VERDICTS = ("met", "not applicable", "not met")
PRODUCTION = {"ENVIRONMENT": "production", "SECRET_KEY": "k3" * 40}


def rows(chapter):
    """The rows of a chapter's table, as lists of cells."""
    lines = [line for line in CHAPTERS[chapter].splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_test_that_is_named_exists():
    named = set(re.findall(r"`(test_\w+)`", "".join([INDEX, *(path.read_text() for path in FOLDER.glob("*.md"))])))
    found = subprocess.run(["git", "grep", "-hoE", r"def test_\w+"], cwd=ROOT / "tests", capture_output=True, text=True)
    assert len(named) > 100
    assert sorted(named - {line.removeprefix("def ") for line in found.stdout.splitlines()}) == []


@pytest.mark.parametrize("chapter", sorted(LAST))
def test_each_requirement_has_one_verdict_and_each_that_is_met_a_test(chapter):
    numbers = [f"{chapter}.{section}.{n}" for section, last in LAST[chapter].items() for n in range(1, last + 1)]
    assert [cells[0] for cells in rows(chapter)] == numbers
    for number, words, verdict, proof in rows(chapter):
        assert min(words, proof), number
        assert verdict in VERDICTS, number
        assert verdict != "met" or re.fullmatch(r"(`test_\w+`(, )?)+", proof), f"{number} is met without a test"


def test_the_sums_of_the_index_are_those_of_the_chapters():
    told = {
        int(chapter): tuple(map(int, sums.split("|")))
        for chapter, sums in re.findall(r"^\| \[V(\d+)[^|]*\| ([\d |]+) \|$", INDEX, re.MULTILINE)
    }
    counted = {
        chapter: tuple(sum(cells[2] == verdict for cells in rows(chapter)) for verdict in VERDICTS) for chapter in LAST
    }
    assert told == counted
    whole = tuple(map(sum, zip(*counted.values(), strict=True)))
    assert "| all | {} | {} | {} |".format(*whole) in INDEX
    assert sum(whole) == 253


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
    "SECOND_STEP_ROLES": ["viewer", "agent", "lead", "approver", "finance_controller", "admin"],
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
def test_every_cookie_is_for_this_host_alone_and_for_no_script(settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    someone("tom", "agent")
    client = Encrypted()
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": "tom", "password": "harbour-and-pine"})
    client.post(reverse("save_view"), {"name": "", "query": ""})  # is answered with a message
    client.get(reverse("queue"))
    assert set(client.cookies) == {"__Host-sessionid", "__Host-csrftoken"}
    for name, cookie in client.cookies.items():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax"), name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


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
