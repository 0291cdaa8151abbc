"""Reading Swap: every row whichever order they come in, few requests, and what its dates may hide."""

from datetime import timedelta

import pytest

from connectors.http import NotAllowed, NotLetIn, Throttled
from connectors.models import Connection, PullRun
from connectors.simulating import answer, breaking_off, failing
from connectors.swap.client import SwapClient
from tests.connectors.swap.store import returned
from tests.connectors.vendors import BEGIN, access, ledger, pull_all, survives_a_kill_between_any_two_requests


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr("connectors.swap.client.LONGEST_PAGE", 3)


def test_a_window_of_one_page_is_one_request(stores):
    connection, store, clock = stores(80)
    pull_all(connection, store, clock, "returns")
    assert len(ledger("return")) == 80
    assert len(store.requests) == 1
    assert store.requests[0].url.params["items_per_page"] == "100"
    assert PullRun.objects.exclude(rejected=0).count() == 0


def test_a_kill_between_any_two_requests_loses_nothing(stores, small_pages, answered):
    assert survives_a_kill_between_any_two_requests(stores, "returns", "lately_submitted", answered=answered) == 6


@pytest.mark.parametrize("form", ["instant", "day"])
def test_what_was_submitted_today_is_read_daily_too(stores, form):
    connection, store, clock = stores(1)
    connection.settings |= {"dates": form}
    store.returns[0]["submission_date"] = (BEGIN - timedelta(hours=1)).isoformat()
    pull_all(connection, store, clock, "lately_submitted")
    assert len(ledger("return")) == 1


def test_a_refund_that_becomes_store_credit_is_no_refund_any_longer(stores):
    connection, store, clock = stores(1)
    store.returns[0] |= {
        "total_refund_value_customer_currency": 25,
        "total_store_credit_value_customer_currency": 0,
        "rma_processed": "2026-11-16T08:00:00Z",
    }
    pull_all(connection, store, clock, "returns")
    (refund,) = ledger("credit")
    assert refund == ("credit", f"{store.returns[0]['return_id']}/refund")
    clock.pass_by(minutes=30)
    instead = {"total_refund_value_customer_currency": 0, "total_store_credit_value_customer_currency": 25}
    store.returns[0] |= instead | {"date_updated": clock().isoformat()}
    pull_all(connection, store, clock, "returns")
    (credit,) = ledger("credit").values()
    assert (credit["kind"], credit["amount"]) == ("store_credit", "25")


@pytest.mark.parametrize("newest_first", [True, False])
def test_rows_that_move_while_paging_are_all_read(stores, small_pages, newest_first):
    connection, store, clock = stores(11)
    store.newest_first = newest_first
    moves = iter([9, 0, 4, 1, 10, 3])

    def between():
        clock.pass_by(seconds=1)
        if (place := next(moves, None)) is not None:
            store.returns[place] |= {"date_updated": clock().isoformat(), "delivery_status": "Delivered"}

    store.between = between
    pull_all(connection, store, clock, "returns")
    assert len(ledger("return")) >= 11 - 6
    unmoved = {f"ret_{place + 1}" for place in range(11)} - {f"ret_{place + 1}" for place in (9, 0, 4, 1, 10, 3)}
    assert unmoved <= {id for _, id in ledger("return")}
    store.between = lambda: None
    clock.pass_by(minutes=15)
    pull_all(connection, store, clock, "returns")
    read = {id: found["status"] for (_, id), found in ledger("return").items()}
    words = {"In-Transit": "in_transit", "Delivered": "received"}
    assert read == {row["return_id"]: words[row["delivery_status"]] for row in store.returns}


def test_only_what_changed_is_read_again(stores):
    connection, store, clock = stores()
    pull_all(connection, store, clock, "returns")
    clock.pass_by(hours=1)
    store.returns[1] |= {"date_updated": (clock() - timedelta(minutes=1)).isoformat(), "delivery_status": "Delivered"}
    pull_all(connection, store, clock, "returns")
    assert PullRun.objects.latest("id").records == 1
    assert ledger()["return", "ret_2"]["status"] == "received"


def test_a_change_that_moves_no_date_is_found_by_the_daily_reading(stores):
    connection, store, clock = stores()
    store.returns.append(returned(99, submission_date=(BEGIN - timedelta(days=61)).isoformat()))
    pull_all(connection, store, clock)
    for row in store.returns:
        row["quality_control_status"] = "Damaged"
    clock.pass_by(days=1)
    pull_all(connection, store, clock)
    found = {id: one["lines"][0].get("disposition") for (_, id), one in ledger("return").items()}
    assert found == {f"ret_{n}": "damaged" for n in range(1, 6)} | {"ret_99": None}


def test_days_are_asked_for_where_instants_are_not_understood(stores):
    connection, store, clock = stores()
    connection.settings["dates"] = "day"
    pull_all(connection, store, clock, "returns")
    assert len(store.requests[0].url.params["last_RMA_updated_date"]) == len("2026-11-20")
    assert len(ledger("return")) == 5


def test_the_older_name_of_the_rows_is_understood(stores):
    connection, store, clock = stores()
    pages = {"page": 1, "total_pages": 1}
    store.fail_next(lambda request: answer({"orders": [returned(7)], "version": 2, "pagination": pages}))
    pull_all(connection, store, clock, "returns")
    assert [id for _, id in ledger("return")] == ["ret_7"]


@pytest.mark.parametrize("fault", [failing(429, Retry_After="7"), failing(502), breaking_off])
def test_what_passes_is_tried_again(stores, fault):
    connection, store, clock = stores()
    store.fail_next(fault, fault)
    pull_all(connection, store, clock, "returns")
    assert len(ledger("return")) == 5
    assert len(clock.slept) == 2


def test_the_wait_is_as_long_as_asked_for(stores):
    connection, store, clock = stores()
    store.fail_next(failing(429, Retry_After="7"))
    pull_all(connection, store, clock, "returns")
    assert 7 <= clock.slept[0] < 8


def test_the_connection_test_uses_the_vendors_words(stores):
    connection, store, clock = stores()

    def missing():
        return SwapClient(access(connection, store, clock)).missing()

    assert missing() == []
    Connection.objects.update(settings={"store_id": "elsewhere"})
    connection.refresh_from_db()
    with pytest.raises(NotAllowed, match="not of this store"):
        missing()
    store.fail_next(lambda request: answer({"returns": [returned(1)], "pagination": {"has_next_page": False}}))
    assert missing() == ["The store ID is elsewhere, and the answer is of 123abc."]
    store.a_minute.left, store.a_minute.per_second = 0, 0
    with pytest.raises(Throttled, match="Too many requests"):
        missing()
    store.api_key = "another"
    with pytest.raises(NotLetIn, match="Invalid API key"):
        missing()
