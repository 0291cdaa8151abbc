"""What the product's own code never does, read from the code itself; and what its answers never give."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from exceptions.models import RoleGrant
from reconciliation.project.embedded import ROOT
from tests.exceptions.people import someone

PYTHON = [path for app in ("connectors", "exceptions", "reconciliation") for path in (ROOT / app).rglob("*.py")]
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))


def found(pattern, paths, *, but=()):
    """Where a pattern stands, as file names; `but` names those where it may."""
    lines = re.compile(pattern, re.MULTILINE)
    return sorted({path.name for path in paths if path.name not in but and lines.search(path.read_text())})


def test_nothing_runs_text_as_code_or_as_a_command():
    assert len(PYTHON) > 300
    assert found(r"(?<![.\w])(eval|exec)\(|^\s*(import|from) (pickle|marshal|shelve)\b", PYTHON) == []
    assert found(r"shell=True|os\.system\(|os\.popen\(|yaml\.(unsafe_)?load\(", PYTHON) == []


def test_what_must_not_be_guessed_comes_from_the_system():
    """The random of pauses before another attempt, and of the sample brand, guards nothing."""
    sample = {path.name for path in (ROOT / "connectors" / "sample_brand").iterdir()}
    assert found(r"^\s*(import|from) random\b", PYTHON, but={*sample, "http.py", "sending.py"}) == []
    for name, use in (("connectors/http.py", r"random\.\w+"), ("exceptions/news/sending.py", r"random\.\w+")):
        assert set(re.findall(use, (ROOT / name).read_text())) <= {"random.uniform", "random.random"}


def test_no_weak_hash_and_no_cipher_of_our_own():
    assert found(r"\b(md5|sha1|DES|ARC4|Blowfish)\b|modes\.ECB|PKCS1v15", PYTHON) == []
    assert found(r"hazmat\.primitives\.ciphers", PYTHON) == []


def test_statements_are_never_put_together_from_values():
    """A rehearsal sets its own time limit, a number that stands beside it."""
    assert found(r"(execute|executemany|raw)\(\s*f[\"']", PYTHON, but={"rehearsal.py"}) == []
    assert found(r"\.extra\(", PYTHON) == []


def test_only_cleaned_markdown_is_said_to_be_safe():
    assert found(r"mark_safe\(", PYTHON) == ["texts.py"]
    assert "nh3.clean" in (ROOT / "exceptions" / "runbooks" / "texts.py").read_text()
    pages = (ROOT / "templates").rglob("*.html")
    assert found(r"\|\s*safe\b|autoescape off", pages, but={"_field_notes.html"}) == []


def test_scripts_make_no_markup_or_code_of_text_and_speak_to_no_other_window():
    assert SCRIPTS
    assert (
        found(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage|jsonp", SCRIPTS
        )
        == []
    )
    assert found(r"__proto__|Object\.assign\((?!\{)|\[\w+\]\[\w+\]\s*=", SCRIPTS) == []


def test_browsers_keep_nothing_but_when_somebody_was_last_at_work():
    kept = [line for path in SCRIPTS for line in path.read_text().splitlines() if "localStorage.setItem" in line]
    assert [line.strip() for line in kept] == ["localStorage.setItem(SEEN, Date.now());"]
    assert found(r"sessionStorage|indexedDB|document\.cookie", SCRIPTS) == []


def test_nothing_of_version_control_or_of_the_tests_is_in_the_image():
    steps = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    copied = {source for step in steps for source in step.split()}
    assert copied
    assert not [
        source for source in copied if source == "." or source.startswith((".git", "tests", "requirements-dev"))
    ]


def test_nobody_is_there_before_the_first_admin_is_invited():
    files = [
        path for app in ("connectors", "exceptions", "reconciliation") for path in (ROOT / app).rglob("migrations/*.py")
    ]
    assert found(r"create_user|create_superuser|set_password|\"auth\", \"User\"\)\.objects", files) == []


@pytest.mark.django_db
def test_no_trace_no_listing_and_no_notes_on_how_it_is_made():
    client = Client()
    client.force_login(someone("ada", "admin").user)
    assert client.trace("/queue").status_code == 405
    for address in ("/static/", "/static/js/", "/.git/config", "/docs/", "/settings.py", "/admin/", "/api/v1/docs"):
        assert client.get(address).status_code == 404, address


@pytest.mark.django_db
def test_a_form_changes_nothing_but_its_own_fields():
    client, tom = Client(), someone("tom", "agent")
    client.force_login(tom.user)
    more = {
        "is_superuser": "1",
        "is_staff": "1",
        "username": "root",
        "roles": ["admin"],
        "person": "1",
        "password": "x",
    }
    client.post(reverse("preferences"), {"theme": "dark", "digest_at": "8"} | more)
    client.post(reverse("save_view"), {"name": "mine", "query": ""} | more)
    tom.user.refresh_from_db()
    assert (tom.user.is_superuser, tom.user.is_staff, tom.user.username) == (False, False, "tom")
    assert tom.user.check_password("harbour-and-pine")
    assert set(RoleGrant.objects.filter(person=tom.user).values_list("role", flat=True)) == {"agent"}


@pytest.mark.django_db
def test_a_parameter_of_the_address_does_not_pass_for_one_of_the_form():
    client = Client(enforce_csrf_checks=True)
    client.force_login(someone("tom", "agent").user)
    token = "a" * 32
    assert client.post(f"{reverse('save_view')}?csrfmiddlewaretoken={token}&name=mine").status_code == 403
    assert Client().post(f"{reverse('account_login')}?login=tom&password=harbour-and-pine").context["form"].errors
