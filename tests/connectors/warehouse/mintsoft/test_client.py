"""Reading Mintsoft: keys that end, statuses of the account's own, returns day by day."""

import json
from datetime import UTC, datetime

import pytest

from connectors.http import NotLetIn
from connectors.models import PullRun
from connectors.simulating import breaking_off, failing
from connectors.warehouse.mintsoft.client import MintsoftClient
from reconciliation.models import LedgerEntry, Version
from tests.connectors.vendors import access, ledger, pull_all, survives_a_kill_between_any_two_requests
from tests.connectors.warehouse.mintsoft.account import level, local, returned


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr("connectors.warehouse.mintsoft.client.LONGEST_PAGE", 2)


def test_everything_is_read(accounts, small_pages):
    connection, account, clock = accounts()
    pull_all(connection, account, clock)
    assert PullRun.objects.exclude(rejected=0).count() == 0
    assert [len(ledger(type)) for type in ("order", "return", "stock_level", "product")] == [5, 5, 5, 5]
    assert {found["status"] for found in ledger("order").values()} == {"New"}


def test_orders_are_asked_for_with_their_items_the_oldest_first(accounts):
    connection, account, clock = accounts()
    pull_all(connection, account, clock, "orders")
    (asked,) = [request.url.params for request in account.requests if request.url.path == "/api/Order/List"]
    assert (asked["IncludeOrderItems"], asked["SortOldestFirst"], asked["PageNo"]) == ("true", "true", "1")
    clock.pass_by(hours=1)
    pull_all(connection, account, clock, "orders")
    *_, asked = [request.url.params for request in account.requests if request.url.path == "/api/Order/List"]
    assert asked["SinceLastUpdated"] == local(minutes=10)  # where the last window ended, and a little before


def test_a_kill_between_any_two_requests_loses_nothing(accounts, small_pages, answered):
    assert survives_a_kill_between_any_two_requests(accounts, answered=answered) >= 15


def test_orders_that_move_while_paging_are_all_read(accounts, small_pages):
    connection, account, clock = accounts(7)
    moves = iter([0, 5, 2, 3])

    def between():
        clock.pass_by(seconds=1)
        if (place := next(moves, None)) is not None:
            account.orders[place] |= {"LastUpdated": account.local(), "OrderStatusId": 4}

    account.between = between
    pull_all(connection, account, clock, "orders")
    account.between = lambda: None
    assert {"2", "5", "7"} <= {id for _, id in ledger("order")}
    clock.pass_by(minutes=15)
    pull_all(connection, account, clock, "orders")
    names = {1: "New", 4: "Despatched"}
    read = {id: found["status"] for (_, id), found in ledger("order").items()}
    assert read == {str(one["ID"]): names[one["OrderStatusId"]] for one in account.orders}


def test_a_change_in_the_hour_that_the_clocks_repeat_is_read_and_counts(accounts):
    connection, account, clock = accounts(1)
    clock.now = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # 01:50 there; ten minutes later it is one o'clock again
    account.orders[0] |= {"LastUpdated": account.local()}
    pull_all(connection, account, clock, "orders")
    clock.pass_by(minutes=30)
    account.orders[0] |= {"LastUpdated": account.local(), "OrderStatusId": 4}
    clock.pass_by(minutes=1)
    pull_all(connection, account, clock, "orders")
    assert ledger()["order", "1"]["status"] == "Despatched"


def read_again(accounts, before, now):
    """The levels that are held where the account told `before` an hour ago, and tells `now`."""
    connection, account, clock = accounts(0)
    for rows in (before, now):
        account.levels = rows
        pull_all(connection, account, clock, "stock")
        clock.pass_by(hours=1)
    return {id for _, id in ledger("stock_level")}


def test_a_level_that_the_list_no_longer_has_is_withdrawn(accounts):
    elsewhere = level(3) | {"WarehouseId": 4}
    held = read_again(accounts, [level(1), level(2) | {"InQuarantine": 5}, elsewhere], [level(1)])
    assert held == {"SKU-1@3/sellable", "SKU-3@4/sellable"}  # of the other warehouse nothing is told


def test_a_level_is_still_there_however_its_sku_is_written(accounts):
    rows = [level(1) | {"SKU": "CAFE\N{COMBINING ACUTE ACCENT}"}]
    assert read_again(accounts, rows, rows) == {"CAF\N{LATIN CAPITAL LETTER E WITH ACUTE}@3/sellable"}


def test_a_level_that_comes_back_counts_again(accounts):
    connection, account, clock = accounts(2)
    for rows, held in ((2, 2), (1, 1), (2, 2)):
        account.levels = [level(number) for number in range(1, rows + 1)]
        pull_all(connection, account, clock, "stock")
        assert len(ledger("stock_level")) == held
        clock.pass_by(hours=1)


@pytest.mark.parametrize(
    ("before", "now"),
    [(5, []), (5, [level(1), level(2) | {"SKU": None}]), (41, [level(number) for number in range(1, 21)])],
)
def test_a_list_that_may_not_be_complete_withdraws_nothing(accounts, before, now):
    rows = [level(number) for number in range(1, before + 1)]
    assert {f"SKU-{number}@3/sellable" for number in range(1, before + 1)} <= read_again(accounts, rows, now)


def test_a_key_is_kept_and_renewed_when_it_ends(accounts):
    connection, account, clock = accounts()
    pull_all(connection, account, clock, "stock")
    pull_all(connection, account, clock, "stock")
    assert len(account.keys) == 1
    clock.pass_by(hours=25)
    pull_all(connection, account, clock, "stock")
    assert len(account.keys) == 2
    assert PullRun.objects.exclude(error="").count() == 0


def test_returns_are_searched_day_by_day_and_read_again(accounts):
    connection, account, clock = accounts(0)
    account.returns = [returned(1, days=6), returned(2, days=7), returned(3, days=0)]
    pull_all(connection, account, clock, "returns")
    assert sorted(ledger("return")) == [("return", "1"), ("return", "3")]
    account.returns[0]["Confirmed"] = True
    clock.pass_by(minutes=1)
    pull_all(connection, account, clock, "returns")
    assert ledger()["return", "1"]["status"] == "closed"


def kept(type, id):
    """The line that counts now, with its date."""
    entry = LedgerEntry.objects.get(type=type, id=id, until=None)
    return json.loads(Version.objects.get(pk=entry.version).raw)


def told_after(account, connection, clock, **changed):
    """An hour later the return is changed, and read; Mintsoft dates it anew whatever was changed."""
    clock.pass_by(hours=3)
    goods = changed.pop("goods", {})
    account.returns[0] |= changed | {"LastUpdated": account.local()}
    account.returns[0]["ReturnItems"][0] |= goods
    pull_all(connection, account, clock, "returns")
    return clock.now.isoformat()


def test_a_restock_before_the_confirmation_stays_before_it_whatever_changes_later(accounts):
    connection, account, clock = accounts(1)
    restocked = told_after(account, connection, clock, Confirmed=False)
    confirmed = told_after(account, connection, clock, Confirmed=True)
    told_after(account, connection, clock, Refunded=True)
    assert kept("stock_movement", "return-item-1")["at"] == restocked
    assert kept("return", "1")["inspected_at"] == confirmed
    assert kept("return", "1")["resolution"] == "refund"


def test_a_return_that_is_opened_again_is_inspected_when_it_is_confirmed_again(accounts):
    connection, account, clock = accounts(1)
    told_after(account, connection, clock, Confirmed=True)
    told_after(account, connection, clock, Confirmed=False)
    assert "inspected_at" not in kept("return", "1")
    assert kept("return", "1")["status"] == "requested"
    again = told_after(account, connection, clock, Confirmed=True)
    assert kept("return", "1")["inspected_at"] == again


def test_goods_that_are_taken_back_out_of_stock_have_not_moved(accounts):
    connection, account, clock = accounts(1)
    told_after(account, connection, clock, goods={"ReturnedToStock": False})
    assert not LedgerEntry.objects.filter(type="stock_movement").exists()  # nothing to withdraw
    told_after(account, connection, clock, goods={"ReturnedToStock": True})
    assert ledger("stock_movement")["stock_movement", "return-item-1"]["quantity"] == "2"
    told_after(account, connection, clock, goods={"ReturnedToStock": False})
    assert ledger("stock_movement") == {}
    told_after(account, connection, clock, goods={"ReturnedToStock": True, "LeftToPutAway": 1})
    assert ledger("stock_movement")["stock_movement", "return-item-1"]["quantity"] == "1"


def test_a_product_that_is_discontinued_is_no_longer_active(accounts, small_pages):
    connection, account, clock = accounts(3)
    pull_all(connection, account, clock, "products")
    assert {found["active"] for found in ledger("product").values()} == {True}
    account.products[1]["DisCont"] = True  # and no date moves
    clock.pass_by(days=1)
    pull_all(connection, account, clock, "products")
    assert [found["active"] for _, found in sorted(ledger("product").items())] == [True, False, True]


def test_a_despatch_that_is_taken_back_is_no_fulfilment(accounts):
    connection, account, clock = accounts(1)
    for date, sent in (("2026-11-20T11:00:00", 1), (None, 0)):
        account.orders[0] |= {"DespatchDate": date, "LastUpdated": account.local()}
        pull_all(connection, account, clock, "orders")
        assert len(ledger("fulfilment")) == sent
        clock.pass_by(minutes=30)


def test_items_that_the_search_leaves_out_are_asked_for(accounts):
    connection, account, clock = accounts()
    account.lists_items = False
    pull_all(connection, account, clock, "returns")
    assert all(found["lines"][0]["sku"] == "TEE-BLK-M" for found in ledger("return").values())


def test_b2b_orders_alone(accounts):
    connection, account, clock = accounts()
    account.orders[1]["B2B"] = True
    connection.settings["orders"] = "b2b"
    pull_all(connection, account, clock, "orders")
    assert list(ledger("order")) == [("order", "2")]


@pytest.mark.parametrize("fault", [failing(429, Retry_After="7"), failing(500), breaking_off])
def test_what_passes_is_tried_again(accounts, fault):
    connection, account, clock = accounts()
    account.fail_next(fault)
    pull_all(connection, account, clock, "orders")
    assert len(ledger("order")) == 5
    assert len(clock.slept) == 1


def test_the_wait_is_as_long_as_asked_for(accounts):
    connection, account, clock = accounts()
    account.fail_next(failing(429, Retry_After="7"))
    pull_all(connection, account, clock, "orders")
    assert 7 <= clock.slept[0] < 8


def test_the_connection_test_uses_the_vendors_words(accounts):
    connection, account, clock = accounts()
    assert MintsoftClient(access(connection, account, clock)).missing() == []
    account.keys.clear()
    account.password = "changed"
    with pytest.raises(NotLetIn, match="Wrong user name or password"):
        MintsoftClient(access(connection, account, clock)).missing()
