"""The lists of docs/security and docs/limits.md against the code: uses of cryptography, keys, events, numbers."""

import logging
import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from exceptions.access import ANYBODY, PAGES
from exceptions.models import Company
from exceptions.people.sessions import MOST
from reconciliation.project.embedded import ROOT
from reconciliation.project.logs import logging_config
from tests.project.test_data_levels import LISTED
from tests.project.test_settings import documented

SECURITY = ROOT / "docs" / "security"
PRETENDED = ("simulator.py", "sample_brand")  # what plays a vendor signs as that vendor does
PYTHON = [
    path
    for app in ("connectors", "exceptions", "reconciliation")
    for path in (ROOT / app).rglob("*.py")
    if not any(part in path.parts for part in PRETENDED)
]
CRYPTOGRAPHY = re.compile(
    r"^\s*(?:import|from) (?:hashlib|hmac|secrets|ssl|jwt|asyncssh|cryptography\S*|django\.core\.signing)\b",
    re.MULTILINE,
)
EVENT = re.compile(r"\blog\.(debug|info|warning|error|exception|critical)\(\s*\"([^\"]+)\"")
LIMITS = (ROOT / "docs" / "limits.md").read_text()
NUMBER = re.compile(r"([^|`]*)`([\w.]+):([A-Z_]+)`")


def page(name):
    return (SECURITY / f"{name}.md").read_text(encoding="utf-8")


def test_every_use_of_cryptography_is_in_the_inventory():
    used = {str(path.relative_to(ROOT)) for path in PYTHON if CRYPTOGRAPHY.search(path.read_text())}
    uses = page("cryptography").partition("## Uses")[2]
    assert len(used) > 30
    assert used == set(re.findall(r"`([\w/]+\.py)`", uses))


def test_every_key_and_secret_has_a_life_that_is_written_down():
    keys = page("cryptography").partition("## Uses")[0]
    named = set(re.findall(r"`(\w+)`", keys))
    secret_settings = {name for name in documented() if re.search(r"SECRET|KEY|PASSWORD|DATABASE.*URL|REDIS_URL", name)}
    assert {"SECRET_KEY", "CREDENTIAL_KEYS", "OIDC_SECRET"} <= secret_settings <= named
    assert {table for table, (level, *_) in LISTED.items() if level == "secret"} <= named


def test_every_event_that_is_logged_is_in_the_list():
    logged = {event: level for path in PYTHON for level, event in EVENT.findall(path.read_text())}
    listed = dict(
        re.findall(r"^\| `([^`]+)` \| (info|warning|error) \|", page("logs").partition("## Events of l")[0], re.M)
    )
    assert logged == listed


def test_lines_go_to_standard_error_and_nowhere_else(monkeypatch):
    config = logging_config(level="INFO", as_json=True)
    assert config["handlers"] == {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}}
    assert {name for said in config["loggers"].values() for name in said} == {"level"}
    assert issubclass(logging.StreamHandler, logging.Handler)
    other = re.compile(r"\b(File|RotatingFile|Socket|Datagram|SysLog|HTTP|SMTP|NTEventLog)Handler\b|AdminEmailHandler")
    assert [path.name for path in PYTHON if other.search(path.read_text())] == []


SPEAKS = re.compile(
    r"httpx\.(Client|HTTPTransport|post|get)\b|asyncssh\.connect|import smtplib|django\.core\.mail|import requests|"
    r"import redis|from redis|psycopg\.connect|OTLPSpanExporter|socket\.(socket|create_connection|getaddrinfo)|urlopen"
)


def test_every_place_that_opens_a_connection_is_in_the_list():
    speaking = {str(path.relative_to(ROOT)) for path in PYTHON if SPEAKS.search(path.read_text())}
    assert speaking == set(re.findall(r"`([\w/]+\.py)`", page("outward")))


PEOPLE = (ROOT / "docs" / "people.md").read_text()


def test_every_way_in_is_described_with_its_strength():
    ways = PEOPLE.partition("## Every way in")[2].partition("## Fields")[0]
    named = set(re.findall(r"`([\w:-]+)`", ways))
    assert {name for name, who in PAGES.items() if who == ANYBODY} <= named
    assert set(settings.MFA_SUPPORTED_TYPES) <= named
    assert [path.rpartition(".")[2] for path in settings.AUTHENTICATION_BACKENDS] == [
        "AxesStandaloneBackend",
        "ModelBackend",
        "AuthenticationBackend",
    ], "a new backend is a new way in"
    assert set(re.findall(r"@csrf_exempt\n.*\ndef (\w+)", (ROOT / "exceptions" / "hooks.py").read_text())) <= named
    assert settings.PASSWORD_RESET_TIMEOUT == 3600
    assert "within an hour" in ways


def test_the_limits_of_a_sign_in_are_written_down_with_their_reason():
    company, said = Company(), " ".join(PEOPLE.split())
    limits = f"after {company.idle_minutes} minutes in which nothing was done, and after {company.session_hours} hours"
    assert f"A sign-in ends {limits} whatever was done" in said
    assert "what NIST SP 800-63B asks where two factors are used" in said


def test_how_many_sign_ins_last_at_once_is_written_down():
    assert MOST == 10
    assert "Ten sign-ins of one person may last beside one another; an eleventh ends the oldest." in " ".join(
        PEOPLE.split()
    )


def test_what_is_said_of_the_directorys_sign_in_is_how_it_is():
    assert Company().session_hours == 12
    assert Company().idle_minutes == 30
    assert "after twelve hours at\nthe latest" in PEOPLE
    assert not [name for name in PAGES if "backchannel" in name or "frontchannel" in name]


def test_every_secret_and_every_thing_of_ones_own_has_its_rule_of_who_reads_and_changes_it():
    rules = PEOPLE.partition("## Fields with rules of their own")[2]
    for words in ("credentials of connections", "address of a channel", "text of a token", "seeds, recovery codes"):
        assert words in rules
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", rules))
    assert len(named) > 12
    assert [name for name in named if f"def {name}(" not in tests] == []


def test_how_soon_weak_packages_are_replaced_is_written_down():
    days = re.findall(
        r"^\| (critical|high|medium|low)\b[^|]*\| (\d+) days \| ", (ROOT / "SECURITY.md").read_text(), re.MULTILINE
    )
    assert [name for name, _ in days] == ["critical", "high", "medium", "low"]
    assert sorted(days, key=lambda row: int(row[1])) == days


IGNORED = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line.endswith(".py")]
PLAYED = re.compile(
    r"\b(?:from|import) [\w.]*\b(?:simulator|simulating|living\w*)\b|management\.commands\.(?:demo|sample_brand)"
)


def test_nothing_that_runs_in_production_needs_what_plays_a_brand():
    left_out = {path for pattern in IGNORED for path in ROOT.glob(pattern) if ".venv" not in path.parts}
    assert len(left_out) > 20
    sources = {path for app in ("connectors", "exceptions", "reconciliation") for path in (ROOT / app).rglob("*.py")}
    within = {path for path in sources if "sample_brand" in path.parts}
    needing = [path for path in sources - left_out - within if PLAYED.search(path.read_text())]
    assert needing == []


@pytest.mark.parametrize("command", ["demo", "sample_brand", "living"])
def test_the_sample_brand_and_its_published_sign_ins_are_refused_in_production(settings, command):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not for production"):
        call_command(command)


def ways_to_write(value):
    """How a number of the code may stand in a text."""
    if isinstance(value, timedelta):
        days = value.days
        return {f"{days} day{'' if days == 1 else 's'}", f"{value // timedelta(hours=1)} hours"}
    return {f"{value:,.0f}", f"{value / 3600:g} hours", f"{value / 2**20:g} MiB", f"{value / 2**10:g} KiB"}


def numbers():
    return [(words.strip(), module, name) for words, module, name in NUMBER.findall(LIMITS)]


@pytest.mark.parametrize(("words", "module", "name"), numbers(), ids=[f"{m}:{n}" for _, m, n in numbers()])
def test_each_limit_is_the_number_that_is_written_down(words, module, name):
    value = getattr(import_module(module), name)
    assert any(re.search(rf"(?<![\d,.]){re.escape(way)}", words) for way in ways_to_write(value)), (words, value)


def test_the_page_of_limits_names_tests_that_exist():
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", LIMITS))
    assert len(numbers()) > 25
    assert [name for name in named if f"def {name}(" not in tests] == []
