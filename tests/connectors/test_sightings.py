"""The `at` of what is read: a later reading counts, also where the vendor's date does not move."""

from datetime import timedelta

import pytest

from connectors.sightings import dated, forget_readings
from tests.connectors.vendors import BEGIN, connected

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def connection():
    return connected("generic", "toy")


def read(connection, title, at, read_at, **how):
    line = {"type": "product", "system": "toy", "id": "P1", "at": at.isoformat(), "title": title}
    return [line["at"] for line in dated(connection, [line], read_at=read_at, **how)]


def test_the_vendors_date_counts(connection):
    assert read(connection, "one", BEGIN, BEGIN + SECOND) == [BEGIN.isoformat()]
    assert read(connection, "two", BEGIN + SECOND, BEGIN + 2 * SECOND) == [(BEGIN + SECOND).isoformat()]


def test_two_changes_within_the_vendors_second_are_two_versions(connection):
    read(connection, "one", BEGIN, BEGIN)
    (at,) = read(connection, "two", BEGIN, BEGIN + SECOND)
    assert at == (BEGIN + timedelta(microseconds=1)).isoformat()


def test_the_same_again_has_the_same_date(connection):
    read(connection, "one", BEGIN, BEGIN)
    first = read(connection, "two", BEGIN, BEGIN + SECOND)
    assert read(connection, "two", BEGIN, BEGIN + 2 * SECOND) == first


def test_a_change_that_the_vendor_does_not_date_is_dated_when_it_was_read(connection):
    undated = frozenset({"product"})
    read(connection, "one", BEGIN, BEGIN, undated=undated)
    later = BEGIN + timedelta(days=2)
    assert read(connection, "one", BEGIN, later, undated=undated) == [BEGIN.isoformat()]
    assert read(connection, "two", BEGIN, later + SECOND, undated=undated) == [(later + SECOND).isoformat()]


def test_a_reading_that_comes_late_does_not_undo_a_later_one(connection):
    read(connection, "two", BEGIN, BEGIN + 2 * SECOND)
    assert read(connection, "one", BEGIN, BEGIN + SECOND) == []


def test_an_older_version_keeps_its_own_date(connection):
    read(connection, "two", BEGIN + SECOND, BEGIN + SECOND)
    assert read(connection, "one", BEGIN, BEGIN + 2 * SECOND) == [BEGIN.isoformat()]
    assert read(connection, "two", BEGIN + SECOND, BEGIN + 3 * SECOND) == [(BEGIN + SECOND).isoformat()]


def test_a_line_without_a_readable_date_is_left_for_intake_to_refuse(connection):
    lines = [{"type": "product", "id": "P1"}, {"type": "product", "id": "P1", "at": "yesterday"}]
    assert dated(connection, lines, read_at=BEGIN) == lines


def test_what_was_taken_for_gone_comes_back(connection):
    read(connection, "one", BEGIN, BEGIN)
    gone = {"type": "product", "system": "toy", "id": "P1", "at": (BEGIN + 60 * SECOND).isoformat(), "deleted": True}
    dated(connection, [gone], read_at=BEGIN + 60 * SECOND)
    assert read(connection, "one", BEGIN, BEGIN + 90 * SECOND) == [(BEGIN + 90 * SECOND).isoformat()]


def test_a_reading_that_was_noted_while_the_clock_stood_ahead_hides_no_change(connection):
    undated = frozenset({"product"})
    read(connection, "one", BEGIN, BEGIN, undated=undated)
    ahead = BEGIN + timedelta(hours=2)
    (at,) = read(connection, "two", BEGIN, ahead, undated=undated)
    assert at == ahead.isoformat()
    assert read(connection, "three", BEGIN, BEGIN + 9 * SECOND, undated=undated) == [
        (ahead + timedelta(microseconds=1)).isoformat()
    ]


def test_one_moment_is_spelled_one_way_however_often_it_is_read(connection):
    lines = [{"type": "product", "system": "toy", "id": "P1", "at": "2026-11-20T12:00:00.000Z"} for _ in range(2)]
    first, second = (dated(connection, [line], read_at=BEGIN + SECOND)[0] for line in lines)
    assert first == second


def test_after_a_reading_that_was_refused_the_next_is_a_later_version(connection):
    first = read(connection, "one", BEGIN, BEGIN)
    forget_readings(connection, {("product", "P1"), ("product", None), (None, "P1")})
    again = read(connection, "one", BEGIN, BEGIN + SECOND)
    assert again > first
    assert read(connection, "one", BEGIN, BEGIN + 2 * SECOND) == again
    forget_readings(connection, {("order", "P1"), ("product", "P2")})
    assert read(connection, "one", BEGIN, BEGIN + 3 * SECOND) == again


def test_a_refused_reading_is_forgotten_of_its_own_connection_alone(connection):
    other = connected("generic", "toy", system="other")
    for one in (connection, other):
        read(one, "one", BEGIN, BEGIN)
    forget_readings(connection, {("product", "P1")})
    assert read(other, "one", BEGIN, BEGIN + SECOND) == [BEGIN.isoformat()]
    assert read(connection, "one", BEGIN, BEGIN + SECOND) > [BEGIN.isoformat()]
