"""What the tests of cases share."""

import pytest

from tests.cached import forget
from tests.exceptions.findings import illegal_moves
from tests.exceptions.written import celigo_retry


@pytest.fixture
def no_limits_left_over():
    """Nobody has tried anything yet."""
    forget()


@pytest.fixture
def lawful(db):
    """Whatever the test does: every move that the system made is one of its own table."""
    yield
    assert illegal_moves() == []


@pytest.fixture
def retry(db):
    """A failed record that Celigo may be asked to try again, and the case about it."""
    return celigo_retry()
