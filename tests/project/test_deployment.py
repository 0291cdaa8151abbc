"""The files that say how the product is run elsewhere, held against what they name."""

import json
import re
import subprocess

import pytest
import yaml

from reconciliation.project.embedded import ROOT
from reconciliation.project.management.commands.demo import programs

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = ("migrate", "web", "worker", "beat")
IMAGE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
STEPS = re.findall(r"^COPY (?!--)(.+) \S+$", IMAGE, re.MULTILINE)
WEB = json.loads(re.search(r"^CMD (\[.+\])$", IMAGE, re.MULTILINE)[1])
SETTLED = {
    "ENVIRONMENT": "the image is for production",
    "DEBUG": "never in production",
    "HOST": "of make demo",
    "PORT": "of make demo",
    "DEMO_ORDERS": "of make demo",
    "DEMO_LIVES": "of make demo",
    "DATA_DIR": "the volume of the image",
    "FILE_FEEDS_DIR": "on the volume",
    "EMBEDDED_POSTGRES": "PostgreSQL has a container of its own",
    "DATABASE_OWNER_URL": "of the step that migrates alone",
}


def test_every_variable_is_a_setting():
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    given = {name for service in OURS for name in COMPOSE["services"][service]["environment"]}
    assert given
    assert [name for name in sorted(given) if f"`{name}`" not in settings] == []


def test_every_setting_is_passed_on_or_settled():
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([A-Z_]+)` \|", settings, re.MULTILINE)
    given = COMPOSE["services"]["web"]["environment"]
    assert sorted(named) == sorted([*given, *SETTLED])
    settled = {name for name, value in given.items() if f"${{{name}:" not in value}
    assert settled == {"DATABASE_URL", "REDIS_URL"}  # the servers beside it


@pytest.mark.parametrize(
    ("given", "size"),
    [({}, ["2", "8"]), ({"WEB_PROCESSES": "", "WEB_THREADS": ""}, ["2", "8"]), ({"WEB_PROCESSES": "6"}, ["6", "8"])],
)
def test_the_web_server_of_the_image_has_the_size_that_is_set(tmp_path, given, size):
    stand_in = tmp_path / "gunicorn"
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    stand_in.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", **given}
    told = subprocess.run(WEB, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [told[told.index(option) + 1] for option in ("--workers", "--threads")] == size


def test_on_plain_servers_the_web_server_is_told_what_the_image_tells_it():
    line = re.search(r"gunicorn (reconciliation\S+ .+)", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))
    own = {"--bind", "--workers", "--threads"}
    ours, theirs = (re.findall(r"(--[a-z-]+)((?: [^-\s]\S*| -(?=\s))?)", each) for each in (WEB[-1], line[1]))
    assert [said for said in ours if said[0] not in own] == [said for said in theirs if said[0] not in own]
    assert ("--access-logfile", " -") in theirs


def test_the_owner_of_the_tables_migrates_and_does_nothing_else():
    who = [name for name in OURS if "DATABASE_OWNER_URL" in COMPOSE["services"][name]["environment"]]
    assert who == ["migrate"]


def test_nothing_starts_before_the_tables_are_there():
    for name in ("web", "worker", "beat"):
        assert COMPOSE["services"][name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_the_only_open_port_is_of_the_loopback():
    ports = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert ports == {"web": ["${LISTEN:-127.0.0.1:8000}:8000"]}


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_containers_run_what_the_demo_runs(name):
    of_the_demo = {program.name: program.command for program in programs("127.0.0.1", 8000)}[name]
    words = [word for word in COMPOSE["services"][name]["command"] if word not in ("celery", "--loglevel", "WARNING")]
    assert set(words) <= set(of_the_demo)


def test_whatever_the_image_copies_is_there_and_nothing_of_the_product_is_left_out():
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    copied = {source for step in STEPS for source in step.split()}
    assert [name for name in copied if not any(path == name or path.startswith(f"{name}/") for path in kept)] == []
    for needed in ("connectors", "reconciliation", "exceptions", "templates", "static", "docs", "manage.py"):
        assert needed in copied
