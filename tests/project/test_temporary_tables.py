"""One connection does everything a process does, so a temporary table is made in one place alone."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from exceptions.notify import tell_news
from exceptions.reconciling import reconcile
from tests.exceptions.people import NOW

ROOT = Path(__file__).parents[2]
MADE = re.compile(r"create temp table (?:if not exists )?(\w+)")


def test_no_name_is_given_twice():
    makers = defaultdict(set)
    for file in sorted(
        path for app in ("reconciliation", "exceptions") for path in (ROOT / app / "sql").rglob("*.sql")
    ):
        for name in MADE.findall(file.read_text(encoding="utf-8")):
            makers[name].add(str(file.relative_to(ROOT)))
    assert len(makers) > 50
    assert {name: files for name, files in makers.items() if len(files) > 1} == {}


@pytest.mark.django_db
def test_a_process_that_reconciles_also_tells_news_and_reconciles_again():
    for _ in range(2):
        reconcile(as_of=NOW, now=NOW)
        assert tell_news(at=NOW) == 0
