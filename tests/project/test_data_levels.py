"""docs/security/data.md against the database: each column of free content has a level, and what it promises holds."""

import re

import pytest
from django.apps import apps
from django.db import models

from connectors.deliveries import KEPT_FOR
from exceptions.erasure import RAW
from exceptions.news.sending import KEPT as MESSAGES
from exceptions.notify import KEPT as NEWS
from exceptions.people.invitations import LASTS
from reconciliation.models.fields import CodeField
from reconciliation.project.embedded import ROOT

PAGE = (ROOT / "docs" / "security" / "data.md").read_text(encoding="utf-8")
ERASING = (ROOT / "exceptions" / "sql" / "functions" / "erase_words.sql").read_text(encoding="utf-8")
FREE = (models.TextField, models.CharField, models.JSONField, models.BinaryField, models.GenericIPAddressField)
LEVELS = ("secret", "personal", "business", "settings")
LINE = re.compile(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
LISTED = {
    table: (level, *(set(re.findall(r"`(\w+)`", cell)) for cell in cells))
    for table, level, *cells in LINE.findall(PAGE)
}


def free_columns(model):
    """The columns of a table that may hold anything, but for codes."""
    fields = model._meta.concrete_fields
    return {field.column for field in fields if isinstance(field, FREE) and not isinstance(field, CodeField)}


def test_every_column_of_free_content_has_its_place_in_the_list():
    stored = {model._meta.db_table: free_columns(model) for model in apps.get_models() if model._meta.managed}
    assert sorted(set(stored) ^ set(LISTED)) == [], "tables without a line in docs/security/data.md, or the reverse"
    for table, columns in stored.items():
        _, *cells = LISTED[table]
        assert set().union(*cells) == columns, table
        assert sum(map(len, cells)) == len(columns), f"{table}: a column stands twice"


@pytest.mark.parametrize("table", LISTED)
def test_a_table_is_of_the_highest_level_of_what_it_holds(table):
    level, secret, personal, _ = LISTED[table]
    assert level in LEVELS
    assert (level == "secret") == bool(secret)
    assert secret or (level == "personal") == bool(personal)


def test_each_level_is_described_once():
    described = PAGE.partition("## Four levels")[2].partition("## How long")[0]
    assert re.findall(r"^\| (\w+) \| (?!what it is|---)", described, re.MULTILINE) == list(LEVELS)


def test_every_column_that_may_name_a_customer_is_searched():
    searched = set(re.findall(r"'(\w+\.\w+)'", ERASING)) | {f"{table._meta.db_table}.{name}" for table, name in RAW}
    left = set(re.findall(r"`([\w.]+)`", PAGE.partition("## What erasing leaves")[2]))
    personal = {f"{table}.{column}" for table, (_, _, columns, _) in LISTED.items() for column in columns}
    assert {name for name in personal - searched if name not in left and name.partition(".")[0] not in left} == set()
    assert {name for name in left if "." in name} <= personal - searched
    assert searched - {"reconciliation.erasing"} <= personal, "what is searched may name somebody"


def test_what_is_kept_for_so_long_is_written_so():
    assert (KEPT_FOR.days, MESSAGES.days, NEWS.days, LASTS.days) == (30, 30, 90, 7)
    assert "| deliveries that were handled | 30 days |" in PAGE
    assert "| messages that were sent, news that were read | 30 and 90 days |" in PAGE
    assert "| invitations' links | 7 days |" in PAGE
