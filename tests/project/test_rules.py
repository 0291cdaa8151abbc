"""What docs/rules claims: each row has a place that is there and tests that exist."""

import re

import pytest

from reconciliation.project.embedded import ROOT

PAGES = sorted((ROOT / "docs/rules").glob("*.md"))
ROW = re.compile(r"\| (?!what holds|---)(.+) \| (.+) \| (.+) \|")


@pytest.fixture(scope="module")
def tests():
    """The names of all tests."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in texts for name in re.findall(r"^ *def (test_\w+)", text, re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_row_names_a_place_and_tests_that_are_there(page, tests):
    rows = [found.groups() for line in page.read_text(encoding="utf-8").splitlines() if (found := ROW.fullmatch(line))]
    assert rows
    places = {place for _, where, _ in rows for place in re.findall(r"`([^`]+/[^`]*)`", where)}
    assert [place for place in sorted(places) if not (ROOT / place).exists()] == []
    assert [what for what, _, proof in rows if not re.search(r"`test_\w+`", proof)] == []
    assert sorted({name for *_, proof in rows for name in re.findall(r"`(test_\w+)`", proof)} - tests) == []
