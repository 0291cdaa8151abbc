"""Reading ShipBob: complete in whichever order, within 150 calls a minute, never led to another host."""

from datetime import timedelta

import pytest

from connectors.http import NotLetIn
from connectors.models import PullRun
from connectors.simulating import breaking_off, failing
from connectors.warehouse.shipbob.client import ShipBobClient
from tests.connectors.vendors import BEGIN, access, ledger, pull_all, survives_a_kill_between_any_two_requests
from tests.connectors.warehouse.shipbob.merchant import fill, order, sent_back


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr("connectors.warehouse.shipbob.client.LONGEST_PAGE", 2)


def test_everything_is_read(merchants, small_pages):
    connection, merchant, clock = merchants()
    pull_all(connection, merchant, clock)
    assert PullRun.objects.exclude(rejected=0).count() == 0
    assert [len(ledger(type)) for type in ("order", "return", "stock_level", "product")] == [5, 5, 5, 5]
    assert {request.url.host for request in merchant.requests} == {"api.shipbob.com"}
    assert all(request.headers["shipbob_channel_id"] == "7" for request in merchant.requests)


def test_a_kill_between_any_two_requests_loses_nothing(merchants, small_pages, answered):
    assert survives_a_kill_between_any_two_requests(merchants, "orders", "returns", "stock", answered=answered) > 10


def test_an_action_that_is_put_right_moves_the_goods_once(merchants):
    connection, merchant, clock = merchants(1)
    taken = merchant.returns[0]["inventory"][0]["action_taken"]
    taken[:] = [{"action": "Restock", "action_reason": "Sellable", "quantity_processed": 2}]
    pull_all(connection, merchant, clock, "open_returns")
    assert [found["condition"] for found in ledger("stock_movement").values()] == ["sellable"]
    taken[0]["action"] = "Quarantine"
    clock.pass_by(hours=3)
    pull_all(connection, merchant, clock, "open_returns")
    assert [found["condition"] for found in ledger("stock_movement").values()] == ["quarantine"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_orders_that_move_while_paging_are_all_read(merchants, small_pages, newest_first):
    connection, merchant, clock = merchants(7)
    merchant.newest_first = newest_first
    moves = iter([6, 1, 3, 2])

    def between():
        clock.pass_by(seconds=1)
        if (number := next(moves, None)) is not None:
            merchant.updated[number] = clock()
            merchant.orders[number - 1]["status"] = "Fulfilled"

    merchant.between = between
    pull_all(connection, merchant, clock, "orders")
    merchant.between = lambda: None
    assert {"4", "5", "7"} <= {id for _, id in ledger("order")}
    clock.pass_by(minutes=15)
    pull_all(connection, merchant, clock, "orders")
    words = {"Processing": "released", "Fulfilled": "fulfilled"}
    read = {id: found["status"] for (_, id), found in ledger("order").items()}
    assert read == {str(one["id"]): words[one["status"]] for one in merchant.orders}


def test_a_return_of_long_ago_that_is_completed_now_is_read(merchants):
    connection, merchant, clock = merchants(0)
    merchant.returns = [sent_back(9, hours=24 * 90)]
    pull_all(connection, merchant, clock, "returns")
    assert ledger() == {}
    pull_all(connection, merchant, clock, "open_returns")
    assert ledger()["return", "9"]["status"] == "authorised"
    clock.pass_by(hours=1)
    merchant.returns[0] |= {"status": "Completed", "completed_date": (clock() - timedelta(minutes=5)).isoformat()}
    pull_all(connection, merchant, clock, "returns")
    assert ledger()["return", "9"]["status"] == "closed"


def test_returns_on_their_way_or_in_work_are_read_again_however_old_they_are(merchants):
    connection, merchant, clock = merchants()
    words = ("AwaitingArrival", "Arrived", "Processing", "Completed", "Cancelled")
    merchant.returns = [sent_back(number, word, hours=24 * 200) for number, word in enumerate(words, 1)]
    pull_all(connection, merchant, clock, "open_returns")
    assert {id for _, id in ledger("return")} == {"1", "2", "3"}


def test_the_limit_of_a_minute_is_kept(merchants):
    connection, merchant, clock = merchants()
    merchant.most = 2
    pull_all(connection, merchant, clock)
    assert len(ledger("product")) == 5
    assert clock() - BEGIN >= timedelta(minutes=2)  # six requests, two a minute
    assert all(request.url.host == "api.shipbob.com" for request in merchant.requests)
    connection.refresh_from_db()
    assert connection.room["limit"] == 150


@pytest.mark.parametrize("fault", [failing(429, x_retry_after="7"), failing(503), breaking_off])
def test_what_passes_is_tried_again(merchants, fault):
    connection, merchant, clock = merchants()
    merchant.fail_next(fault)
    pull_all(connection, merchant, clock, "orders")
    assert len(ledger("order")) == 5
    assert len(clock.slept) == 1


def test_the_wait_is_as_long_as_asked_for(merchants):
    connection, merchant, clock = merchants()
    merchant.fail_next(failing(429, x_retry_after="7"))
    pull_all(connection, merchant, clock, "orders")
    assert 7 <= clock.slept[0] < 8


def test_the_connection_test_says_what_lacks(merchants):
    connection, merchant, clock = merchants()

    def missing():
        return ShipBobClient(access(connection, merchant, clock)).missing()

    assert missing() == []
    merchant.channel = {"id": 8, "name": "eu"}
    connection.settings = {}
    connection.settings["channel"] = "8"
    assert missing() == []
    merchant.token = "another"
    with pytest.raises(NotLetIn, match="does not count"):
        missing()


def test_more_orders_than_a_page_holds(merchants):
    connection, merchant, clock = merchants()
    fill(merchant, 120)
    assert len(merchant.orders) == 120
    merchant.orders.append(order(500))
    merchant.updated[500] = BEGIN - timedelta(days=90)  # before the window
    pull_all(connection, merchant, clock, "orders")
    assert len(ledger("order")) == 120
