"""No page asks the database more often because there is more to show."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.exceptions.people import case, someone
from tests.journeys.places import places

MANY = 300


def asked(client, address):
    """How many queries a page takes once what it keeps in the cache is warm."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200, address
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
