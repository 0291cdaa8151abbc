"""ShipBob's own OpenAPI: each request of the client, each answer of our simulator and payload of the tests fits."""

import json
from datetime import timedelta

import pytest

from connectors.paging import Window
from connectors.parts import Unread
from connectors.registry import Words
from connectors.subscribing import subscribe
from connectors.warehouse.shipbob import CONNECTOR
from connectors.warehouse.shipbob.client import VERSION, ShipBobClient
from connectors.warehouse.shipbob.mapper import DISPOSITION, ORDER_STATUS, SHIPMENT_STATUS, lines
from connectors.warehouse.shipbob.simulator import CHAINED, ORDERS, RETURNS, TOPICS
from tests.connectors.contract.openapi import alone, between, strict
from tests.connectors.contract.others import against_others, beside
from tests.connectors.contract.watched import members, watched
from tests.connectors.reading import payload
from tests.connectors.vendors import BEGIN, access, ledger, pull_all
from tests.connectors.warehouse.shipbob.merchant import ORDER, RETURN, merchants

__all__ = ["merchants"]

pytestmark = [*against_others, pytest.mark.django_db]

FEEDS = {"orders": "order", "returns": "return"}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    with between(strict(published(), tmp_path_factory.mktemp("shipbob"))) as found:
        yield found


def published():
    return beside("vendor_specs", "shipbob-openapi.json")


def said():
    return json.loads(published().read_text(encoding="utf-8"))


def with_all(merchant):
    """The merchant, also with the payloads of the mapper's tests."""
    merchant.orders.append(ORDER)
    merchant.updated[ORDER["id"]] = BEGIN - timedelta(hours=1)
    merchant.returns.append(RETURN)
    return merchant


def test_everything_is_asked_for_and_answered_as_documented(network, merchants):
    connection, merchant, clock = merchants(60)
    pull_all(connection, network.before(with_all(merchant)), clock)
    assert {type for type, _ in ledger()} == {type for feed in CONNECTOR.feeds for type in feed.gives}
    assert network.answers


def test_what_a_delivery_tells_of_is_asked_for_as_documented(network, merchants):
    connection, merchant, clock = merchants()
    client = ShipBobClient(access(connection, network.before(with_all(merchant)), clock))
    assert client.missing() == []
    assert [feed for what in ("order", "return") for feed, _ in client.reread(what, "1")] == ["orders", "returns"]


def test_subscriptions_are_made_and_listed_as_documented(network, merchants):
    connection, merchant, clock = merchants()
    reach = access(connection, network.before(merchant), clock)
    found, refused = subscribe(connection, CONNECTOR, access=reach, base="https://recon.example.test")
    assert ({one.state for one in found}, refused) == ({"subscribed"}, [])
    # the specification gives the empty answer to the ending of one a body, which no 204 has
    assert "delete" in said()["paths"][f"/{VERSION}/webhook/{{id}}"]


def test_we_subscribe_to_topics_that_there_are():
    assert set(CONNECTOR.topics) <= set(said()["components"]["schemas"]["Webhooks.Topics"]["enum"]) == TOPICS


def told(feed, item, **settings):
    """The lines of an item, of which all can be read."""
    found = list(lines(feed, item, Words("shipbob", settings)))
    assert not [one for one in found if isinstance(one, Unread)]
    return found


def test_the_examples_of_the_specification_itself_are_read(merchants):
    """One page of each feed, as an example always names a page behind it."""
    connection, _, clock = merchants()
    window = Window(since=BEGIN - timedelta(days=1), until=BEGIN)
    with alone(published()) as network:
        client = ShipBobClient(access(connection, network, clock))
        for feed in CONNECTOR.feeds:
            (item, *_) = client.page(feed.name, window, None).items
            assert told(feed.name, item)


def test_the_mapper_reads_no_member_that_shipbob_does_not_name():
    read = set()
    for feed, name in FEEDS.items():
        told(feed, watched(payload("shipbob", name), read), realm="channel")
    assert read - members(said()) == set()


def test_every_word_has_a_meaning():
    words = {name: set(schema.get("enum", ())) for name, schema in said()["components"]["schemas"].items()}
    assert set(ORDER_STATUS) == words["Orders.OrderStatus"]
    assert set(SHIPMENT_STATUS) == words["Orders.OrderStatusEnum"]
    assert set(DISPOSITION) == {word.lower() for word in words["Returns.ReturnAction"]}


def test_our_simulator_knows_no_parameter_that_shipbob_does_not_name():
    for path, ours in (("order", ORDERS), ("return", RETURNS), ("inventory-level/locations", CHAINED - {"cursor"})):
        asked = said()["paths"][f"/{VERSION}/{path}"]["get"]["parameters"]
        assert ours <= {one["name"] for one in asked if one["in"] == "query"}
