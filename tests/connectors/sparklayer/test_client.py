"""Reading a site: whole although its list moves and leaves packages out, resumable, within its rules."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.models import Connection, PullRun
from connectors.pull import pull
from connectors.registry import connector
from connectors.simulating import breaking_off, failing, served
from connectors.sparklayer.client import SparkLayerClient
from exceptions.pulling import take_in_lines
from reconciliation.models import Flow, System
from tests.connectors.sparklayer.site import purchase, when
from tests.connectors.vendors import access, ledger, pull_all, survives_a_kill_between_any_two_requests, undone

pytestmark = pytest.mark.django_db
ORDERS = {f"cart-{number:03}" for number in range(1, 8)}


def orders():
    return {id for _, id in ledger("order")}


def one_pull(connection, site, clock, feed):
    made = connector("sparklayer")
    return pull(connection, made, made.feed(feed), access=access(connection, site, clock), take_in=take_in_lines)


def paths(site):
    return [request.url.path for request in site.requests]


def test_a_site_is_read_whole(sites):
    connection, site, clock = sites()
    pull_all(connection, site, clock)
    assert PullRun.objects.exclude(rejected=0).count() == 0
    assert orders() == ORDERS | {"cart-050"}
    assert ledger()["order", "cart-001"]["lines"][0]["sku"] == "MUG-12"
    listed = [request.url.params for request in site.requests if request.url.path == "/api/v1/purchases"]
    assert {(asked["limit"], asked["type"]) for asked in listed} == {("3", "order"), ("3", "order_unconfirmed")}


def test_orders_survive_a_kill_between_any_two_requests(sites, answered):
    assert survives_a_kill_between_any_two_requests(sites, "orders", answered=answered) >= 10


def test_the_other_feeds_survive_a_kill_between_any_two_requests(sites, answered):
    def make():
        connection, site, clock = with_flow(sites)
        for number in (60, 61, 62, 63):
            site.put(purchase(number, type="order_unconfirmed"))
        return connection, site, clock

    assert survives_a_kill_between_any_two_requests(make, "unconfirmed", "sync_log", answered=answered) >= 6


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moving=st.lists(st.integers(1, 7), max_size=5))
def test_orders_that_move_while_paging_are_all_read(sites, moving):
    with undone():
        connection, site, clock = sites()
        moves = iter(moving)

        def between():
            clock.pass_by(seconds=1)
            if (number := next(moves, None)) is not None:
                site.put(purchase(number, updated=clock().isoformat(), customer_reference=f"moved at {clock()}"))

        site.between = between
        pull_all(connection, site, clock, "orders")
        site.between = lambda: None
        assert orders() == ORDERS  # whatever moved, none was skipped
        clock.pass_by(minutes=15)
        pull_all(connection, site, clock, "orders")
        references = {id: found["refs"]["purchase_order"] for (_, id), found in ledger("order").items()}
        assert references == {id: site.purchases[id]["customer_reference"] for id in ORDERS}


def test_only_what_changed_is_read_again(sites):
    connection, site, clock = sites()
    pull_all(connection, site, clock, "orders")
    clock.pass_by(hours=4)
    site.put(purchase(3, updated=clock().isoformat()))
    clock.pass_by(minutes=1)
    pull_all(connection, site, clock, "orders")
    assert PullRun.objects.filter(feed="orders").latest("id").records == 1


def test_an_order_deleted_while_it_is_read_is_left_out(sites):
    connection, site, clock = sites()
    site.fail_next(None, None, failing(404))
    pull_all(connection, site, clock, "orders")
    assert orders() == ORDERS - {"cart-001"}


def test_an_unconfirmed_order_becomes_the_same_order(sites):
    connection, site, clock = sites()
    pull_all(connection, site, clock, "unconfirmed")
    assert ledger()["order", "cart-050"]["status"] == "open"
    site.put(purchase(50, updated=clock().isoformat()))
    clock.pass_by(hours=1)
    pull_all(connection, site, clock, "orders")
    assert ledger()["order", "cart-050"]["status"] == "released"


def test_an_order_that_became_a_cart_or_is_gone_is_withdrawn(sites):
    connection, site, clock = sites()
    pull_all(connection, site, clock, "orders", "unconfirmed")
    site.put(purchase(50, type="cart", updated=clock().isoformat()))
    del site.purchases["cart-007"]
    clock.pass_by(days=7)
    pull_all(connection, site, clock, "held")
    assert orders() == ORDERS - {"cart-007"}


def test_a_site_that_knows_nothing_is_not_believed(sites):
    connection, site, clock = sites()
    for number in range(100, 125):
        site.put(purchase(number))
    pull_all(connection, site, clock, "orders")
    held = orders()
    site.purchases.clear()
    assert "none of 25 orders" in one_pull(connection, site, clock, "held").error
    assert orders() == held


def test_an_order_without_a_cart_is_found_by_its_other_names(sites):
    connection, site, clock = sites()
    site.put(purchase(9, purchase_identifiers={"sparklayer": "", "visible": "#17/a"}) | {"type": "order"})
    site.put(purchase(10, purchase_identifiers={"sparklayer": None, "platform": "5510"}))
    client = SparkLayerClient(access(connection, site, clock))
    assert client.reread("order", "platform:5510")[0][1]["customer_reference"] == "PO-10"
    assert client.reread("order", "platform:99")[0][1]["gone"] == "order"


def with_flow(sites, **settings):
    connection, site, clock = sites(sync_flows="shopify/products=products-to-sparklayer", **settings)
    System.objects.create(key="shopify", kind="shopify")
    Flow.objects.create(
        key="products-to-sparklayer", record="product", source_id="shopify", target_id="sparklayer",
        cadence="1h", grace="2h",
    )  # fmt: skip
    return connection, site, clock


def test_errors_of_the_sync_log_are_outcomes_until_they_are_gone(sites):
    connection, site, clock = with_flow(sites)
    pull_all(connection, site, clock, "sync_log")
    said = ledger("outcome")
    assert set(said) == {("outcome", "shopify/products/p-1"), ("outcome", "shopify/products/p-2")}
    first = said["outcome", "shopify/products/p-1"]
    assert (first["result"], first["error"]["message"]) == ("failed", "no sku")
    assert first["record"] == {"type": "product", "id": "p-1"}
    site.logs["shopify/products"] |= {"errors": [{"external_id": "p-2"}], "last_full_sync": when(minutes=-10)}
    clock.pass_by(hours=1)
    pull_all(connection, site, clock, "sync_log")
    assert set(ledger("outcome")) == {("outcome", "shopify/products/p-2")}


def test_a_429_is_waited_for_as_long_as_it_asks(sites):
    connection, site, clock = sites()
    site.fail_next(None, failing(429, Retry_After="7"))
    pull_all(connection, site, clock, "orders")
    assert orders() == ORDERS
    assert 7 <= clock.slept[0] < 8


def test_an_empty_bucket_is_waited_for(sites):
    connection, site, clock = sites()
    site.bucket.left = 2
    pull_all(connection, site, clock, "orders")
    assert orders() == ORDERS
    assert clock.slept


@pytest.mark.parametrize("fault", [failing(409), failing(500), failing(503), breaking_off])
def test_what_passes_is_tried_again(sites, fault):
    connection, site, clock = sites()
    site.fail_next(None, fault, fault)
    pull_all(connection, site, clock, "orders")
    assert orders() == ORDERS
    assert len(clock.slept) == 2


def test_a_400_is_not_tried_again(sites):
    connection, site, clock = sites()
    site.fail_next(None, failing(400))
    assert "simulated" in one_pull(connection, site, clock, "orders").error
    assert len(site.requests) == 2


def test_a_token_counts_for_an_hour_and_is_renewed_when_it_is_refused(sites):
    connection, site, clock = sites()
    pull_all(connection, site, clock, "orders")
    pull_all(connection, site, clock, "unconfirmed")
    assert paths(site).count("/api/auth/token") == 1
    clock.pass_by(minutes=56)
    pull_all(connection, site, clock, "orders")
    assert paths(site).count("/api/auth/token") == 2  # early
    site.tokens.clear()  # as when the key's tokens are revoked
    clock.pass_by(minutes=20)
    pull_all(connection, site, clock, "orders")
    assert paths(site).count("/api/auth/token") == 3


def test_each_request_says_who_asks_and_for_which_site(sites):
    connection, site, clock = sites()
    pull_all(connection, site, clock)
    for request in site.requests:
        assert request.headers["Site-Id"] == "harbour"
        assert request.headers["User-Agent"].startswith("Reconciliation/")
    (token,) = (request for request in site.requests if request.url.path == "/api/auth/token")
    assert token.headers["Content-Type"] == "application/json"


def test_live_and_test_are_apart(sites):
    for environment, host in (("live", "app.sparklayer.io"), ("test", "test.app.sparklayer.io")):
        with undone():
            connection, site, clock = sites(environment=environment)
            pull_all(connection, site, clock, "orders")
            assert {request.url.host for request in site.requests} == {host}


def test_the_connection_test_says_what_is_missing(sites):
    connection, site, clock = sites(sync_flows="shopify/products=f, shopify/customers=f, nonsense, shopify/orders=g")

    def missing():
        return SparkLayerClient(access(connection, site, clock)).missing()

    assert [words.split(":")[0] for words in missing()] == [
        "Sync log shopify/customers",
        "Sync log 'nonsense'",
        "Sync log shopify/orders",
    ]
    site.filters.clear()
    assert missing()[0].startswith("The site does not filter by dates[last_updated][gte]")


def test_the_filter_of_the_date_can_be_another(sites):
    typed = "dates[last_updated[gte]"
    connection, site, clock = sites(since_parameter=typed)
    site.filters = {typed: "updated_at"}
    assert SparkLayerClient(access(connection, site, clock)).missing() == []
    pull_all(connection, site, clock, "orders")
    assert all(typed in request.url.params for request in site.requests if request.url.path == "/api/v1/purchases")


def test_wrong_credentials_are_said_in_the_vendors_words(sites):
    connection, site, clock = sites(client_id="another")
    assert "client credentials are not valid" in one_pull(connection, site, clock, "orders").error


def test_the_simulator_is_a_server_of_this_machine_too(sites):
    connection, site, clock = sites()
    with served(site) as address:
        Connection.objects.filter(id=connection.id).update(settings=connection.settings | {"base": address})
        connection.refresh_from_db()
        pull_all(connection, None, clock, "orders")
    assert orders() == ORDERS
