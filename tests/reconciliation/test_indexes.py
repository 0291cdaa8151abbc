"""Every index has a reason, and the page of reasons names no index that is no more."""

import re
from pathlib import Path

from django.apps import apps

PAGE = (Path(__file__).parents[2] / "docs" / "indexes.md").read_text(encoding="utf-8")


def test_the_page_names_every_index_and_no_other():
    ours = [indexes_of(app) for app in ("reconciliation", "exceptions", "connectors")]
    firsts = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    named = {name for cell in firsts for name in re.findall(r"`(\w+)`", cell)}
    unique = {name for app in ("reconciliation", "exceptions", "connectors") for name in names_of(app, "constraints")}
    assert ours[0] <= named <= set().union(*ours, unique)


def indexes_of(app):
    return names_of(app, "indexes")


def names_of(app, what):
    models = apps.get_app_config(app).get_models()
    return {one.name for model in models for one in getattr(model._meta, what)}
