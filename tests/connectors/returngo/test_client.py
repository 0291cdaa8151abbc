"""Reading ReturnGO: whole returns, none lost while they move, few requests, and the drift that its dates hide."""

import pytest

from connectors.http import NotAllowed, NotLetIn
from connectors.models import Connection, PullRun
from connectors.registry import connector
from connectors.returngo.client import ReturnGoClient
from connectors.simulating import breaking_off, failing, served
from tests.connectors.returngo.portal import SHOP, rma
from tests.connectors.vendors import BEGIN, access, ledger, pull_all, survives_a_kill_between_any_two_requests


def test_returns_are_read_whole(portals):
    connection, portal, clock = portals(25)
    pull_all(connection, portal, clock, "rmas")
    assert len(ledger("return")) == 25
    assert PullRun.objects.exclude(rejected=0).count() == 0
    # one request lists up to 500, each return costs one more
    assert len(portal.requests) == 26
    assert portal.requests[0].url.params["sort_by"] == "+rma_created_at"


def test_a_kill_between_any_two_requests_loses_nothing(portals, answered):
    assert survives_a_kill_between_any_two_requests(portals, "rmas", "open_rmas", answered=answered) == 13


def test_returns_that_move_while_paging_are_all_read(portals, monkeypatch):
    monkeypatch.setattr("connectors.returngo.client.LONGEST_LIST", 2)
    connection, portal, clock = portals(9)
    moves = iter([8, 0, 4, 6])

    def between():
        clock.pass_by(seconds=1)
        if (place := next(moves, None)) is not None:
            portal.touch(portal.rmas[place], status="Received")
            portal.rmas.append(rma(100 + place, createdAt=clock().isoformat(), lastUpdated=clock().isoformat()))

    portal.between = between
    pull_all(connection, portal, clock, "rmas")
    portal.between = lambda: None
    clock.pass_by(minutes=15)
    pull_all(connection, portal, clock, "rmas")
    read = {id: found["status"] for (_, id), found in ledger("return").items()}
    words = {"Approved": "authorised", "Received": "received"}
    assert read == {one["rmaSummary"]["rmaId"]: words[one["rmaSummary"]["status"]] for one in portal.rmas}


def test_only_what_changed_is_read_again(portals):
    connection, portal, clock = portals()
    pull_all(connection, portal, clock, "rmas")
    clock.pass_by(hours=1)
    portal.touch(portal.rmas[2], status="Received")
    clock.pass_by(minutes=1)
    pull_all(connection, portal, clock, "rmas")
    assert PullRun.objects.filter(feed="rmas").latest("id").records == 1
    assert ledger()["return", "3"]["status"] == "received"
    *_, asked = [request.url.params["rma_updated_at"] for request in portal.requests if request.url.path == "/rmas"]
    assert asked == f"gte:{BEGIN - connector('returngo').feed('rmas').overlap:%Y-%m-%dT%H:%M:%S}"


def test_a_parcel_that_moves_no_date_is_found_by_the_daily_reading(portals):
    connection, portal, clock = portals()
    pull_all(connection, portal, clock)
    portal.rmas[1]["shipments"] = [{"shipmentId": "1", "status": "Shipped", "isOutbound": False}]
    clock.pass_by(days=1)
    pull_all(connection, portal, clock, "rmas")
    assert ledger()["return", "2"]["status"] == "authorised"
    pull_all(connection, portal, clock, "open_rmas")
    assert ledger()["return", "2"]["status"] == "in_transit"


@pytest.mark.parametrize(
    ("status", "read"),
    [
        *((status, 1) for status in ("Pending", "Approved", "Received", "Validated")),
        *((status, 0) for status in ("Done", "Rejected", "Canceled")),
    ],
)
def test_what_is_open_is_read_daily_however_old_it_is(portals, status, read):
    connection, portal, clock = portals()
    portal.rmas = [rma(1, status, hours=24 * 90)]
    pull_all(connection, portal, clock, "open_rmas")
    assert len(ledger("return")) == read


def test_a_settled_return_is_read_on_for_a_while(portals):
    connection, portal, clock = portals()
    portal.touch(portal.rmas[0], status="Done")
    pull_all(connection, portal, clock)
    portal.rmas[0]["items"][0]["restockingFee"] = 3
    clock.pass_by(days=2)
    pull_all(connection, portal, clock, "open_rmas")
    assert ledger()["return", "1"]["fees"] == "3"
    portal.rmas[0]["items"][0]["restockingFee"] = 4
    clock.pass_by(days=14)
    pull_all(connection, portal, clock, "open_rmas")
    assert ledger()["return", "1"]["fees"] == "3"


def test_a_return_that_is_gone_is_withdrawn(portals):
    connection, portal, clock = portals()
    pull_all(connection, portal, clock, "rmas")
    clock.pass_by(minutes=5)
    portal.touch(portal.rmas[0])
    clock.pass_by(minutes=15)
    portal.between = lambda: portal.rmas.pop(0)  # between the list and its reading
    pull_all(connection, portal, clock, "rmas")
    assert ("return", "1") not in ledger()


@pytest.mark.parametrize("fault", [failing(429, Retry_After="7"), failing(429), failing(503), breaking_off])
def test_what_passes_is_tried_again(portals, fault):
    connection, portal, clock = portals()
    portal.fail_next(fault, None, fault)
    pull_all(connection, portal, clock, "rmas")
    assert len(ledger("return")) == 5
    assert len(clock.slept) == 2


def test_the_wait_is_as_long_as_asked_for(portals):
    connection, portal, clock = portals()
    portal.fail_next(failing(429, Retry_After="7"))
    pull_all(connection, portal, clock, "rmas")
    assert 7 <= clock.slept[0] < 8


def test_a_spent_day_ends_the_pull_and_it_goes_on_later(portals):
    connection, portal, clock = portals()
    portal.a_day.left = 3
    pull_all(connection, portal, clock, "rmas")
    assert len(ledger("return")) == 5
    assert sum(clock.slept) > 0


def test_the_connection_test_uses_the_vendors_words(portals):
    connection, portal, clock = portals()
    assert ReturnGoClient(access(connection, portal, clock)).missing() == []
    Connection.objects.update(settings={"shop": "other.myshopify.com"})
    connection.refresh_from_db()
    with pytest.raises(NotAllowed, match="No such shop for this user"):
        ReturnGoClient(access(connection, portal, clock)).missing()
    portal.api_key = "another"
    with pytest.raises(NotLetIn):
        ReturnGoClient(access(connection, portal, clock)).missing()


def test_over_a_real_connection(portals):
    connection, portal, clock = portals(2)
    with served(portal) as base:
        connection.settings = {"shop": SHOP, "base": base}
        assert [id for _, id in _ids(ReturnGoClient(access(connection, None, clock)))] == ["return", "return"]


def _ids(client):
    found = client.reread("rma", "1") + client.reread("rma", "2")
    client.close()
    return [(item["rmaSummary"]["rmaId"], "return") for _, item in found]
