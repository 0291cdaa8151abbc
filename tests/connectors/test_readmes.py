"""A connector's README names, for each fact of its vendor, the test that fails when the fact is broken."""

import re
from pathlib import Path

import pytest

from connectors.registry import FOLDERS
from tests.exceptions.written import SCENES

TESTS = Path(__file__).parent
CONNECTORS = TESTS.parents[1] / "connectors"
READMES = sorted(CONNECTORS.glob("**/README.md"))
NAMED = re.compile(r"`(test_\w+)`")
FILES = re.compile(r"`(tests/[\w/]+\.py)`")
SCENE = re.compile(rf"`((?:{'|'.join({name.split()[0] for name in SCENES})}) [a-z ]+)`")
DEFINED = re.compile(r"^def (test_\w+)\(", re.MULTILINE)
TABLE = re.compile(r"^\|.*\| test\b.*\n\|[-:| ]+\|\n((?:\|.*\n?)+)", re.MULTILINE)  # of facts, or rules
OTHERWISE = re.compile(r"(?:not used|unverified|configurable): \S+ \S|those of `(?P<others>[^`]+)`")

every_readme = pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.parent.name)


def defined_for(readme):
    """The tests of the connector's folder (of all platforms together), of the contract runs, of all connectors, and of
    the files that it names.
    """
    folder = readme.parent.relative_to(CONNECTORS)
    own = TESTS / (folder.parent if folder.parts[0] == "ipaas" else folder)
    files = [*own.glob("test_*.py"), *(TESTS / "contract").glob("test_*.py"), *TESTS.glob("test_*.py"), *named(readme)]
    return {name for file in files for name in DEFINED.findall(file.read_text(encoding="utf-8"))}


def named(readme):
    """The files of tests that it names."""
    return [TESTS.parents[1] / name for name in FILES.findall(readme.read_text(encoding="utf-8"))]


def facts(readme):
    """The rows of the tables of facts: (fact, test or why there is none)."""
    rows = [row for table in TABLE.findall(readme.read_text(encoding="utf-8")) for row in table.splitlines()]
    return [row.strip("| ").rsplit(" | ", 1) for row in rows]


def says_why(why):
    """Whether it says why no test is named, or names a change, a file or a folder of tests that stand for one."""
    found = OTHERWISE.match(why)
    others = found and found["others"]
    return bool(found) and (others is None or others in SCENES or (TESTS.parents[1] / others).exists())


def test_every_connector_has_one():
    folders = {CONNECTORS.parent.joinpath(*module.split(".")) for module in FOLDERS.values()}
    assert folders <= {readme.parent for readme in READMES}


@every_readme
def test_every_test_that_it_names_is_there(readme):
    told = set(NAMED.findall(readme.read_text(encoding="utf-8")))
    assert told
    assert told - defined_for(readme) == set()


@every_readme
def test_every_change_that_it_names_is_tried(readme):
    told = SCENE.findall(readme.read_text(encoding="utf-8"))
    assert set(told) <= set(SCENES)


@every_readme
def test_every_fact_has_a_test_or_says_why_not(readme):
    told = facts(readme)
    assert told
    assert [fact for fact, why in told if not NAMED.search(why) and not says_why(why)] == []


@pytest.mark.parametrize(
    "why",
    ["", "not used", "not used:", "unverified: yes", "see above", "those of `tests/gone/`", "those of `no scene`"],
)
def test_a_word_alone_is_no_reason(why):
    assert not says_why(why)
