"""The files that say how the product is run elsewhere, held against what they name."""

import re
import subprocess

import pytest
import yaml

from reconciliation.project.embedded import ROOT
from reconciliation.project.management.commands.demo import programs

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = ("migrate", "web", "worker", "beat")
STEPS = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_variable_is_a_setting():
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    given = {name for service in OURS for name in COMPOSE["services"][service]["environment"]}
    assert given
    assert [name for name in sorted(given) if f"`{name}`" not in settings] == []


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
