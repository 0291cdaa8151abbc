"""Every index has a reason, and the page of reasons names no index that is no more."""

import re
from pathlib import Path

from django.apps import apps

PAGE = (Path(__file__).parents[2] / "docs" / "indexes.md").read_text(encoding="utf-8")


def test_the_page_names_every_index_and_no_other():
    ours = [indexes_of(app) for app in ("reconciliation", "exceptions", "connectors")]
    firsts = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    named = {name for cell in firsts for name in re.findall(r"`(\w+)`", cell)}
    assert ours[0] <= named <= set().union(*ours)


def indexes_of(app):
    models = apps.get_app_config(app).get_models()
    return {index.name for model in models for index in model._meta.indexes}
