"""Every test takes its own figures, and keeps them from the tests that run beside it."""

import pytest
from django.core.cache.backends.locmem import LocMemCache


@pytest.fixture(autouse=True)
def own_figures(monkeypatch, request):
    figures = LocMemCache(request.node.nodeid, {})
    monkeypatch.setattr("exceptions.homes.snapshots.cache", figures)
    monkeypatch.setattr("exceptions.homes.insight_page.cache", figures)
    yield figures
    figures.clear()
