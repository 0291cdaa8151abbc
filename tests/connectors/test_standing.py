"""Dates that a vendor only flags: the first that was read stands; and withdrawals of what may never have been told."""

from datetime import timedelta

import pytest

from connectors.models import Sighting
from connectors.sightings import dated
from connectors.standing import with_standing_dates
from tests.connectors.vendors import BEGIN, connected

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def connection():
    return connected("generic", "toy")


def line(id="R1", *, at=BEGIN, inspected_at=BEGIN, **said):
    """A return whose date of inspection is not the vendor's own."""
    head = {"type": "return", "system": "toy", "id": id, "at": at.isoformat(), "stands": ["inspected_at"]}
    return head | {"inspected_at": None if inspected_at is None else inspected_at.isoformat()} | said


def told(connection, *lines):
    return [one["inspected_at"] for one in with_standing_dates(connection, lines)]


def test_the_first_date_stands_for_its_own_record(connection):
    assert told(connection, line(), line("R2", inspected_at=BEGIN + HOUR)) == [
        BEGIN.isoformat(),
        (BEGIN + HOUR).isoformat(),
    ]
    later = BEGIN + 9 * HOUR
    again = told(connection, line(inspected_at=later), line("R2", inspected_at=later), line("R3", inspected_at=later))
    assert again == [BEGIN.isoformat(), (BEGIN + HOUR).isoformat(), later.isoformat()]


def test_of_two_readings_in_one_page_the_first_stands(connection):
    assert set(told(connection, line(), line(inspected_at=BEGIN + HOUR))) == {BEGIN.isoformat()}


def test_it_stands_for_one_connection_alone(connection):
    told(connection, line())
    other = connected("generic", "toy", system="another")
    assert told(other, line(inspected_at=BEGIN + HOUR)) == [(BEGIN + HOUR).isoformat()]


def test_what_is_taken_back_begins_anew(connection):
    told(connection, line(), line("R2"))
    assert told(connection, line(inspected_at=None)) == [None]
    later = (BEGIN + HOUR).isoformat()
    assert told(connection, line(inspected_at=BEGIN + HOUR), line("R2", inspected_at=BEGIN + HOUR)) == [
        later,
        BEGIN.isoformat(),
    ]


def test_a_date_that_is_none_is_left_for_intake_to_refuse(connection):
    (found,) = with_standing_dates(connection, [line(inspected_at=None) | {"inspected_at": "lately"}])
    assert found["inspected_at"] == "lately"


def test_lines_that_name_no_date_are_left_alone(connection):
    plain = {"type": "order", "id": "O1", "at": BEGIN.isoformat()}
    assert with_standing_dates(connection, [plain]) == [plain]
    assert not Sighting.objects.exists()


def withdrawn(id="R1", **said):
    head = {"type": "return", "system": "toy", "id": id, "at": (BEGIN + HOUR).isoformat()}
    return head | {"deleted": True, "if_known": True} | said


def test_only_what_was_told_is_withdrawn(connection):
    dated(connection, [{"type": "return", "system": "toy", "id": "R1", "at": BEGIN.isoformat()}], read_at=BEGIN)
    found = dated(connection, [withdrawn(), withdrawn("R2"), withdrawn("R3", at=None)], read_at=BEGIN + HOUR)
    assert found == [{"type": "return", "system": "toy", "id": "R1", "at": withdrawn()["at"], "deleted": True}]
    assert not Sighting.objects.filter(record="R2").exists()
