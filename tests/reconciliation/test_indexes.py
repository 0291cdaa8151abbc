"""Every index has a reason, and the page of reasons names no index that is no more."""

import re
from pathlib import Path

from django.apps import apps

PAGE = (Path(__file__).parents[2] / "docs" / "indexes.md").read_text(encoding="utf-8")


def test_the_page_names_every_index_and_no_other():
    models = apps.get_app_config("reconciliation").get_models()
    indexes = {index.name for model in models for index in model._meta.indexes}
    firsts = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert {name for cell in firsts for name in re.findall(r"`(\w+)`", cell)} == indexes
