"""One connection does everything a process does, so a temporary table is made in one place alone."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.db import connection

from exceptions.notify import tell_news
from exceptions.reconciling import reconcile
from tests.exceptions.people import NOW

ROOT = Path(__file__).parents[2]
MADE = re.compile(r"create temp table (?:if not exists )?(\w+)")
EMPTIED = re.compile(r"empty_tables\('\{([^}]*)\}'\)")


def test_no_name_is_given_twice():
    makers = defaultdict(set)
    for file in sorted(
        path for app in ("reconciliation", "exceptions") for path in (ROOT / app / "sql").rglob("*.sql")
    ):
        for name in MADE.findall(file.read_text(encoding="utf-8")):
            makers[name].add(str(file.relative_to(ROOT)))
    assert len(makers) > 50
    assert {name: files for name, files in makers.items() if len(files) > 1} == {}


def test_what_is_made_together_is_emptied_together():
    texts = [file.read_text(encoding="utf-8") for file in ROOT.glob("*/sql/*/tables.sql")]
    together = [(MADE.findall(text), names) for text in texts for names in EMPTIED.findall(text)]
    assert len(together) > 5
    for made, emptied in together:
        assert sorted(made) == sorted(name.strip() for name in emptied.split(","))


@pytest.mark.django_db
def test_tables_are_emptied_whether_they_hold_nothing_little_or_much():
    with connection.cursor() as cursor:
        for name, rows in {"nothing": 0, "little": 10, "much": 100_000}.items():
            cursor.execute(f"create temp table {name} as select generate_series(1, {rows}) as number")
        cursor.execute("select empty_tables('{nothing, little, much}')")
        for name in ("nothing", "little", "much"):
            cursor.execute(f"select count(*) from {name}")
            assert cursor.fetchone() == (0,), name


@pytest.mark.django_db
def test_a_process_that_reconciles_also_tells_news_and_reconciles_again():
    for _ in range(2):
        reconcile(as_of=NOW, now=NOW)
        assert tell_news(at=NOW) == 0
