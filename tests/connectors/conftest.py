"""The toy vendor, connected."""

from datetime import timedelta

import pytest

from connectors import registry
from tests.connectors.toy import Toy
from tests.connectors.vendors import BEGIN, Clock, connected


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.slow)], ids=["before", "after"])
def answered(request):
    """Whether a pull is killed before each request, or when it was answered; those of two vendors always do both."""
    return request.param


@pytest.fixture
def toy_kind(monkeypatch):
    monkeypatch.setitem(registry.FOLDERS, ("generic", "toy"), "tests.connectors.toy")


@pytest.fixture
def toys(toy_kind):
    """A function that connects a toy vendor of some products: (connection, simulator, clock)."""

    def make(count=10):
        clock = Clock()
        toy = Toy(clock)
        for number in range(count):
            toy.put(f"P{number:02}", changed=BEGIN - timedelta(hours=2, minutes=-number))
        connection = connected("generic", "toy", settings={"client_id": "me"}, secrets={"client_secret": "hush-hush"})
        return connection, toy, clock

    return make
