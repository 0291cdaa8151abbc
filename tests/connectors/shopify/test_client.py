"""Reading a shop: complete with all that hangs on an order, resumable, within its points, honest about scopes."""

from datetime import timedelta

import pytest

from connectors.credentials import keep_secret
from connectors.http import Failing, NotAllowed, NotFound, RequestRefused
from connectors.models import Connection, Cursor, PullRun
from connectors.paging import Window
from connectors.pull import ask_by_hand, pull, pull_by_hand
from connectors.registry import connector
from connectors.shopify.client import ShopifyClient, changed_in
from connectors.simulating import answer, failing, served
from exceptions.pulling import take_in_lines
from tests.connectors.shopify.shop import fulfilment, level, line, order, when
from tests.connectors.vendors import (
    BEGIN,
    DyingNetwork,
    Killed,
    access,
    ledger,
    pull_all,
    survives_a_kill_between_any_two_requests,
)

pytestmark = pytest.mark.django_db


def counts():
    found = {}
    for type, _ in ledger():
        found[type] = found.get(type, 0) + 1
    return found


def test_a_shop_is_read_whole(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock)
    assert PullRun.objects.exclude(rejected=0).count() == 0
    assert counts() == {
        "order": 6,
        "fulfilment": 2,
        "return": 1,
        "credit": 1,
        "stock_movement": 1,
        "product": 3,
        "stock_level": 12,
    }
    assert len(ledger()["order", "1002"]["lines"]) == 45


def test_orders_survive_a_kill_between_any_two_requests(shops, answered):
    assert survives_a_kill_between_any_two_requests(shops, "orders", answered=answered) >= 6


def test_the_other_feeds_survive_a_kill_between_any_two_requests(shops, answered):
    assert (
        survives_a_kill_between_any_two_requests(
            shops, "drafts", "products", "stock", "open_returns", answered=answered
        )
        >= 5
    )


def test_orders_that_move_while_paging_are_read_by_the_next_window(shops):
    connection, shop, clock = shops()
    moves = iter([1004, 1001, 1005, 1003])

    def between():
        clock.pass_by(seconds=1)
        if (number := next(moves, None)) is not None:
            (moved,) = (one for one in shop.orders if one["legacyResourceId"] == str(number))
            moved |= {"updatedAt": clock().isoformat(), "note": f"moved {number}"}

    shop.between = between
    pull_all(connection, shop, clock, "orders")
    shop.between = lambda: None
    clock.pass_by(minutes=15)
    pull_all(connection, shop, clock, "orders")
    notes = {id: found.get("notes") for (_, id), found in ledger("order").items()}
    assert notes == {one["legacyResourceId"]: one["note"] for one in shop.orders}


def test_dates_are_quoted_lest_the_time_of_day_is_ignored():
    window = Window(BEGIN - timedelta(minutes=20), BEGIN)
    assert changed_in(window) == "updated_at:>='2026-11-20T11:40:00Z' updated_at:<'2026-11-20T12:00:00Z'"


def test_only_what_changed_is_read_again(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock, "orders")
    clock.pass_by(hours=2)
    shop.orders[2]["updatedAt"] = (clock() - timedelta(minutes=1)).isoformat()
    pull_all(connection, shop, clock, "orders")
    assert PullRun.objects.filter(feed="orders").latest("id").records == 1


def test_a_throttled_query_waits_for_as_many_points_as_it_lacks(shops):
    connection, shop, clock = shops()
    shop.points.left = 0
    pull_all(connection, shop, clock, "orders")
    assert counts()["order"] == 5
    assert clock.slept[0] >= 3
    connection.refresh_from_db()
    assert connection.room["limit"] == 2000


def test_a_429_is_a_throttle_too(shops):
    connection, shop, clock = shops()
    shop.fail_next(None, failing(429, Retry_After="2"))
    pull_all(connection, shop, clock, "orders")
    assert counts()["order"] == 5
    assert 2 <= clock.slept[0] < 3


@pytest.mark.parametrize("said", ["RETURN_REQUESTED", "IN_PROGRESS", "INSPECTION_COMPLETE"])
def test_a_return_that_moves_nothing_is_found_by_the_sweep(shops, said):
    connection, shop, clock = shops()
    shop.orders[0]["returnStatus"] = said
    pull_all(connection, shop, clock, "orders")
    shop.orders[0]["returns"][0] |= {"status": "CLOSED"}  # neither it nor its order is dated anew
    clock.pass_by(hours=7)
    pull_all(connection, shop, clock, "orders")
    assert ledger()["return", "91"]["status"] == "inspected"
    pull_all(connection, shop, clock, "open_returns")
    assert ledger()["return", "91"]["status"] == "closed"


def test_deleted_orders_drafts_and_variants_are_withdrawn(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock)
    del shop.orders[3], shop.variants[1], shop.drafts[0]
    clock.pass_by(days=1)
    pull_all(connection, shop, clock, "deleted")
    assert {id for type, id in ledger() if type == "order"} == {"1001", "1002", "1003", "1005"}
    assert counts()["product"] == 2


def test_what_hung_on_a_deleted_order_is_withdrawn_with_it(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock)
    hung = {("fulfilment", "71"), ("fulfilment", "72"), ("return", "91"), ("credit", "81")}
    assert hung <= set(ledger())
    clock.pass_by(days=1)
    pull_all(connection, shop, clock, "deleted")
    assert hung <= set(ledger())
    shop.orders = [one for one in shop.orders if one["legacyResourceId"] != "1001"]
    clock.pass_by(days=1)
    pull_all(connection, shop, clock, "deleted")
    assert not hung & set(ledger())
    assert ("order", "1002") in ledger()


def test_levels_of_items_that_are_deleted_or_no_longer_counted_are_withdrawn(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock, "stock")
    assert counts()["stock_level"] == 12
    _deleted, untracked, kept = shop.items
    shop.items = [untracked | {"tracked": False}, kept]
    clock.pass_by(days=1)
    pull_all(connection, shop, clock, "deleted")
    assert {id.split("/")[0] for _, id in ledger("stock_level")} == {"1-502"}


def test_levels_that_another_source_sent_are_not_looked_for_in_the_shop(shops):
    connection, shop, clock = shops()
    sent = {"type": "stock_level", "system": "shopify", "at": when(days=1), "sku": "TEE-9", "quantity": "4"}
    take_in_lines([sent | {"id": "TEE-9/sellable", "location": "Leeds", "condition": "sellable"}], "push")
    clock.pass_by(days=1)
    pull_all(connection, shop, clock, "deleted")
    assert set(ledger()) == {("stock_level", "TEE-9/sellable")}


def test_an_order_the_app_may_not_see_is_not_taken_for_deleted(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock, "orders")
    shop.scopes.remove("read_all_orders")
    clock.pass_by(days=61)  # from now on they are out of reach
    shop.tokens.clear()
    pull_all(connection, shop, clock, "deleted")
    assert counts()["order"] == 5


def test_a_shop_that_knows_nothing_is_not_believed(shops):
    connection, shop, clock = shops()
    shop.orders = [order(6000 + n) for n in range(25)]
    pull_all(connection, shop, clock, "orders")
    shop.orders = []
    run = pull(
        connection,
        connector("shopify"),
        connector("shopify").feed("deleted"),
        access=access(connection, shop, clock),
        take_in=take_in_lines,
    )
    assert "none of 25 records" in run.error
    assert counts()["order"] == 25


def test_a_shop_that_knows_no_item_is_not_believed(shops):
    connection, shop, clock = shops()
    shop.locations[0]["inventoryLevels"] = [level(600 + n, f"SKU-{n}", available=1) for n in range(20)]
    pull_all(connection, shop, clock, "stock")
    shop.items = []
    made = connector("shopify")
    reach = access(connection, shop, clock)
    run = pull(connection, made, made.feed("deleted"), access=reach, take_in=take_in_lines)
    assert "none of 20 records" in run.error
    assert counts()["stock_level"] == 80


def test_a_draft_on_account_gives_way_to_its_order(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock)
    assert ("order", "draft-31") in ledger()
    shop.drafts[0] |= {"status": "INVOICE_SENT", "poNumber": "PO-10"}  # which may move no date
    clock.pass_by(hours=7)
    pull_all(connection, shop, clock, "open_drafts")
    assert ledger()["order", "draft-31"]["refs"]["purchase_order"] == "PO-10"
    clock.pass_by(hours=-7)
    shop.drafts[0] |= {"status": "COMPLETED", "updatedAt": when(minutes=-1)}
    clock.pass_by(minutes=15)
    pull_all(connection, shop, clock, "drafts")
    assert ("order", "draft-31") not in ledger()


def test_stock_is_read_by_the_date_of_its_levels(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock)
    clock.pass_by(hours=1)
    moved = (clock() - timedelta(minutes=1)).isoformat()
    shop.locations[0]["inventoryLevels"][1] = level(501, "SKU-1", updated=moved, available=3)
    pull_all(connection, shop, clock, "stock")
    assert PullRun.objects.filter(feed="stock").latest("id").records == 1
    assert ledger()["stock_level", "1-501/sellable"]["quantity"] == 3


def test_an_order_beyond_all_first_pages_is_read_to_its_end(shops):
    connection, shop, clock = shops()
    rows = [line(n, f"SKU-{n}", 1) for n in range(1, 131)]
    shipped = [fulfilment(700 + n, (rows[n], 1)) for n in range(25)] + [fulfilment(800, *[(row, 1) for row in rows])]
    shop.orders = [order(2001, rows) | {"fulfillments": shipped}]
    pull_all(connection, shop, clock, "orders")
    found = ledger()
    assert len(found["order", "2001"]["lines"]) == 130
    assert counts()["fulfilment"] == 26
    assert len(found["fulfilment", "800"]["lines"]) == 130


def test_the_connection_test_says_what_is_missing(shops):
    connection, shop, clock = shops()
    assert ShopifyClient(access(connection, shop, clock)).missing() == []
    shop.scopes = ["read_orders", "write_products"]
    missing = ShopifyClient(access(connection, shop, clock)).missing()
    assert "The app lacks the scope read_returns: returns cannot be read." in missing
    assert not any("read_products" in one for one in missing)
    connection.settings["shop"] = "other.myshopify.com"
    assert any("harbour.myshopify.com" in one for one in ShopifyClient(access(connection, shop, clock)).missing())


def test_a_missing_scope_is_an_error_and_not_a_gap(shops):
    connection, shop, clock = shops()
    shop.scopes.remove("read_returns")
    run = pull(
        connection,
        connector("shopify"),
        connector("shopify").feed("orders"),
        access=access(connection, shop, clock),
        take_in=take_in_lines,
    )
    assert "read_returns" in run.error
    assert ledger() == {}
    assert Cursor.objects.get(feed="orders").watermark is None


def test_a_token_of_an_older_app_needs_no_grant(shops):
    connection, shop, clock = shops()
    shop.tokens["shpat_given"] = clock() + timedelta(days=999)
    keep_secret(connection, "access_token_of_app", "shpat_given", at=clock())
    pull_all(connection, shop, clock, "orders")
    assert not any("oauth" in request.url.path for request in shop.requests)


def test_a_token_is_asked_for_once_and_renewed_when_it_is_refused(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock)
    assert sum("oauth" in request.url.path for request in shop.requests) == 1
    shop.tokens.clear()
    clock.pass_by(minutes=20)
    pull_all(connection, shop, clock, "orders")
    assert sum("oauth" in request.url.path for request in shop.requests) == 2


@pytest.fixture
def long_past(shops):
    connection, shop, clock = shops()
    shop.orders += [order(3000 + n, createdAt=when(days=200, hours=-n)) for n in range(40)]
    return connection, shop, clock


def by_hand(connection, shop, clock):
    feed = connector("shopify").feed("backfill")
    since = clock() - timedelta(days=365)
    run = ask_by_hand(connection, feed, since=since, until=clock(), by=None, at=clock())
    return go_on(run, connection, shop, clock)


def go_on(run, connection, shop, clock):
    for _ in range(100):
        if run.finished_at:
            return run
        run = pull_by_hand(run, connector("shopify"), access=access(connection, shop, clock), take_in=take_in_lines)
        clock.now = max(clock.now, run.resume_at or clock.now)
    raise AssertionError(run.error)


def test_a_year_comes_in_bulk(long_past, monkeypatch):
    connection, shop, clock = long_past
    pull_all(connection, shop, clock, "orders")
    read_one_by_one = ledger()
    monkeypatch.setattr("connectors.shopify.backfill.PIECE", 20_000)
    run = by_hand(connection, shop, clock)
    assert (run.records, run.error) == (45, "")
    assert counts()["order"] == 45
    assert {name: found for name, found in ledger().items() if name in read_one_by_one} == read_one_by_one


def a_year(connection, clock):
    PullRun.objects.create(
        connection=connection, feed="orders", since=clock() - timedelta(days=365), until=clock(), started_at=clock()
    )


def test_a_long_first_window_is_exported_and_then_completed(long_past):
    connection, shop, clock = long_past
    ago = (clock() - timedelta(days=500)).isoformat()
    shop.orders.append(order(900, createdAt=ago, processedAt=ago, updatedAt=(clock() - timedelta(days=3)).isoformat()))
    shop.orders.append(order(901, createdAt=ago, processedAt=ago, updatedAt=ago))
    a_year(connection, clock)
    pull_all(connection, shop, clock, "orders")
    assert len(shop.exports) == 1
    assert counts()["order"] == 46
    names = {id for _, id in ledger("order")}
    assert order(900)["legacyResourceId"] in names
    assert order(901)["legacyResourceId"] not in names
    clock.pass_by(minutes=15)
    pull_all(connection, shop, clock, "orders")
    assert len(shop.exports) == 1  # a short window is read as ever


@pytest.mark.parametrize("answered", [False, True])
def test_a_long_window_survives_a_kill_between_any_two_requests(shops, answered):
    def make():
        connection, shop, clock = shops()
        a_year(connection, clock)
        return connection, shop, clock

    assert survives_a_kill_between_any_two_requests(make, "orders", answered=answered) > 8


@pytest.mark.parametrize("last", [1, 2, 4, 6, 9])
def test_a_backfill_that_is_killed_goes_on(long_past, last, monkeypatch):
    connection, shop, clock = long_past
    monkeypatch.setattr("connectors.shopify.backfill.PIECE", 20_000)
    with pytest.raises(Killed):
        by_hand(connection, DyingNetwork(shop.transport(), last), clock)
    go_on(PullRun.objects.get(by_hand=True), connection, shop, clock)
    assert counts()["order"] == 45


@pytest.mark.parametrize("ended", ["FAILED", "CANCELING", "CANCELED", "EXPIRED"])
def test_a_failed_export_is_begun_again(long_past, ended):
    connection, shop, clock = long_past
    run = ask_by_hand(
        connection,
        connector("shopify").feed("backfill"),
        since=clock() - timedelta(days=365),
        until=clock(),
        by=None,
        at=clock(),
    )
    pull_by_hand(run, connector("shopify"), access=access(connection, shop, clock), take_in=take_in_lines)
    shop.exports["1"] |= {"status": ended, "errorCode": "INTERNAL_SERVER_ERROR"}
    go_on(PullRun.objects.get(id=run.id), connection, shop, clock)
    assert len(shop.exports) == 2
    assert counts()["order"] == 45


def test_an_export_waits_for_another_to_end(long_past):
    connection, shop, clock = long_past
    shop.exports["of another app"] = {"status": "CREATED"}
    feed, since = connector("shopify").feed("backfill"), clock() - timedelta(days=365)
    run = ask_by_hand(connection, feed, since=since, until=clock(), by=None, at=clock())
    run = pull_by_hand(run, connector("shopify"), access=access(connection, shop, clock), take_in=take_in_lines)
    assert (run.error, run.finished_at, counts()) == ("", None, {})
    assert run.resume_at > clock()
    shop.exports["of another app"] = {"status": "COMPLETED"}
    assert go_on(run, connection, shop, clock).finished_at
    assert counts()["order"] == 45


def test_an_export_whose_file_is_too_old_is_begun_again(long_past, monkeypatch):
    connection, shop, clock = long_past
    monkeypatch.setattr("connectors.shopify.backfill.PIECE", 20_000)
    with pytest.raises(Killed):
        by_hand(connection, DyingNetwork(shop.transport(), 9), clock)
    clock.pass_by(days=7)
    go_on(PullRun.objects.get(by_hand=True), connection, shop, clock)
    assert len(shop.exports) == 2
    assert counts()["order"] == 45


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("SHOP_INACTIVE", NotAllowed),
        ("ACCESS_DENIED", NotAllowed),
        ("INTERNAL_SERVER_ERROR", Failing),
        ("MAX_COST_EXCEEDED", RequestRefused),
        ("NEVER_HEARD_OF", RequestRefused),
    ],
)
def test_errors_in_a_200_have_the_names_of_others(shops, code, error):
    connection, shop, clock = shops()
    said = answer({"data": {"shop": None}, "errors": [{"message": "no", "extensions": {"code": code}}]})
    shop.fail_next(None, *[lambda request: said] * 5)
    with pytest.raises(error, match="no"):
        ShopifyClient(access(connection, shop, clock)).ask("shop")


@pytest.mark.parametrize(
    ("status", "error"),
    [(402, RequestRefused), (403, NotAllowed), (404, NotFound), (423, RequestRefused), (500, Failing), (503, Failing)],
)
def test_statuses(shops, status, error):
    connection, shop, clock = shops()
    shop.fail_next(None, *[failing(status)] * 5)
    with pytest.raises(error):
        ShopifyClient(access(connection, shop, clock)).ask("shop")


def test_the_simulator_is_a_server_of_this_machine_too(shops):
    connection, shop, clock = shops()
    with served(shop) as address:
        shop.base = address
        Connection.objects.filter(id=connection.id).update(settings=connection.settings | {"base": address})
        connection.refresh_from_db()
        pull_all(connection, None, clock, "orders")
    assert counts()["order"] == 5


def test_a_state_that_shopify_could_not_return_is_an_error(shops):
    connection, shop, clock = shops()
    shop.orders = [order(1, displayFulfillmentStatus="HALF_DONE")]
    run = pull(
        connection,
        connector("shopify"),
        connector("shopify").feed("orders"),
        access=access(connection, shop, clock),
        take_in=take_in_lines,
    )
    assert "HALF_DONE" in run.error
