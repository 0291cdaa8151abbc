"""Each kind says what it is: declaration, resolutions, SELECT of one shape, runbook, an entry on the page of all."""

import re
import tomllib
from pathlib import Path

import pytest
from django.db import connection

from exceptions.checks_page import PAGE, checks_page
from exceptions.models import ACCEPT_REASONS
from exceptions.queue.cases import TEAMS
from reconciliation import stage
from reconciliation.declarations import CHECKS, DeclarationRefused, checks
from tests.checks.shapes import COLUMNS

ROOT = Path(__file__).parents[2]
RESOLUTIONS = tomllib.loads((ROOT / "exceptions" / "resolutions.toml").read_text(encoding="utf-8"))
HEADINGS = [
    "What it means",
    "What it costs",
    "How to confirm",
    "How to fix",
    "When to accept it",
    "Who to escalate to",
    "Example",
]


@pytest.mark.parametrize("kind", checks())
def test_a_kind_says_all_that_people_need(kind):
    check = checks()[kind]
    assert check.title
    assert check.question.endswith("?")
    assert len(check.rule.split()) > 10
    assert check.severity in ("low", "medium", "high", "critical")
    assert check.team in TEAMS
    assert check.resolutions
    assert set(check.resolutions) <= set(RESOLUTIONS)
    assert all(re.fullmatch("[1-9][0-9]*h", span) for span in (check.claim_within, check.resolve_within))


def test_titles_are_told_apart_and_every_resolution_is_used():
    titles = [check.title for check in checks().values()]
    assert len(titles) == len(set(titles)) == 60
    assert {name for check in checks().values() for name in check.resolutions} == set(RESOLUTIONS)


def test_declarations_and_selects_stand_side_by_side():
    assert {path.stem for path in CHECKS.glob("*/*.toml")} == {path.stem for path in CHECKS.glob("*/*.sql")}


def test_a_kind_comes_after_all_it_yields_to():
    seen = set()
    for kind, check in checks().items():
        assert {rule.to for rule in check.yields} <= seen
        seen.add(kind)


def test_a_declaration_with_an_unknown_key_is_refused(tmp_path):
    from reconciliation.declarations import _read

    (tmp_path / "orders").mkdir()
    sql = tmp_path / "orders" / "some_kind.sql"
    sql.write_text("select 1")
    with pytest.raises(DeclarationRefused, match=r"no some_kind\.toml"):
        _read(sql)
    sql.with_suffix(".toml").write_text('titel = "x"')
    with pytest.raises(DeclarationRefused, match="titel"):
        _read(sql)


@pytest.mark.django_db(transaction=True)
def test_all_selects_return_the_same_columns_in_the_same_order():
    from datetime import UTC, datetime

    with connection.cursor() as cursor:
        cursor.execute("begin")
        stage.clear(cursor)
        for kind, check in checks().items():
            cursor.execute(check.sql, {"as_of": datetime(2026, 1, 1, tzinfo=UTC)})
            assert [column.name for column in cursor.description] == COLUMNS, kind
        cursor.execute("rollback")


def test_the_page_of_all_kinds_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == checks_page()


def test_a_resolution_says_what_it_does_and_whether_it_needs_approval():
    for said in RESOLUTIONS.values():
        assert set(said) - {"reason"} == {"label", "explains", "effect", "approval"}
        assert said.get("reason", "write_off") in ACCEPT_REASONS
        assert said["effect"] in ("elsewhere", "own_data", "wait", "accept", "draft")
        assert said["approval"] in ("never", "limit", "money", "always")


def test_there_is_no_runbook_without_a_kind():
    assert {path.stem for path in (ROOT / "docs" / "runbooks").glob("*.md")} == set(checks())


@pytest.mark.parametrize("kind", checks())
def test_a_runbook_has_every_part_and_an_example_with_numbers(kind):
    text = (ROOT / "docs" / "runbooks" / f"{kind}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {checks()[kind].title}\n")
    assert re.findall(r"^## (.+)$", text, flags=re.M) == HEADINGS
    assert re.search(r"\d", text.split("## Example")[1])


@pytest.mark.parametrize("kind", checks())
def test_a_kind_has_its_own_tests(kind):
    text = (ROOT / "tests" / "checks" / f"test_{kind}.py").read_text(encoding="utf-8")
    assert text.count("\ndef test_") + text.startswith("def test_") >= 3
