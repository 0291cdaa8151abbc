"""What the tests of cases share."""

import pytest

from tests.exceptions.findings import illegal_moves


@pytest.fixture
def lawful(db):
    """Whatever the test does: every move that the system made is one of its own table."""
    yield
    assert illegal_moves() == []
