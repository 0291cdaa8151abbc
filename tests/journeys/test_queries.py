"""No page asks the database often, and none more often because there is more to show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exceptions import proposals
from exceptions.models import ExceptionCase
from exceptions.resolutions import resolutions_of
from tests.exceptions.people import case, someone
from tests.journeys.places import places

MANY = 300
MOST = 15
# a month that nobody has signed is summed anew: each part of its statement, and each thing in its way, is one query
SUMMED = {"close_month": 26, "close_line": 18, "close_breakdown": 18}


def asked(client, address):
    """How many queries a page takes once what it keeps in the cache is warm."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code in (200, 302), address
    return len(queries)


def test_no_page_takes_more_queries_with_many_more_rows(filled, client):
    client.force_login(filled.user)
    found = places()
    before = {place.address: asked(client, place.address) for place in found}
    for number in range(MANY):
        case(f"order:shop:{number}", sku="HP-100", customer="C-1000", owner=filled.user)
    for number in range(20):
        someone(f"person-{number}", "agent", team="finance")
    after = {place.address: asked(client, place.address) for place in found}
    grown = {address: (before[address], now) for address, now in after.items() if now > before[address]}
    assert grown == {}


def test_no_page_takes_more_than_fifteen_queries(filled, client):
    client.force_login(filled.user)
    taken = {(place.name, place.address): asked(client, place.address) for place in places()}
    assert {place: n for place, n in taken.items() if n > SUMMED.get(place[0], MOST)} == {}


@pytest.mark.parametrize("state", ["new", "in_progress", "waiting", "pending_approval", "fix_applied"])
def test_the_page_of_an_exception_takes_no_more_whatever_its_kind_and_state(filled, client, company, state):
    now, found = timezone.now(), {}
    cases = ExceptionCase.objects.filter(state="new").order_by("kind", "-amount").distinct("kind")
    for known in cases:
        ExceptionCase.objects.filter(id=known.pk).update(
            state=state, owner=company.amira.user, until=now, team="finance"
        )
        if state == "pending_approval":
            resolution = resolutions_of(known.kind)[0].key
            proposals.make(known, resolution, {}, note="why", by=company.amira.user, at=now)
        for person in (company.amira, company.fay):
            client.force_login(person.user)
            found[known.kind, person.user.username] = asked(client, f"/exceptions/{known.pk}")
    assert len(found) > 40
    assert {case: n for case, n in found.items() if n > MOST} == {}
