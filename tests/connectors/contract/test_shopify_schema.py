"""Queries, fixtures, words and topics fit Shopify's own schema, of the version that is asked for and of the next."""

import gzip
import json
from datetime import timedelta
from functools import cache

import pytest
from graphql import build_client_schema, is_enum_type, parse, validate

from connectors.credentials import keep_secret
from connectors.lines import Accepted
from connectors.paging import Window
from connectors.shopify import CONNECTOR, orders, returns, simulator, simulator_queries
from connectors.shopify.client import VERSION, ShopifyClient
from connectors.shopify.queries import FOLDER, query
from tests.connectors.contract.any_shop import AnyShop
from tests.connectors.contract.others import PACKAGES, against_others
from tests.connectors.reading import known, said, taken
from tests.connectors.shopify.shop import shops
from tests.connectors.vendors import BEGIN, access, ledger, pull_all

__all__ = ["shops"]

NEXT = "2026-10"
VERSIONS = (VERSION, NEXT)
QUERIES = sorted(path.stem for path in FOLDER.glob("*.graphql") if not path.stem.endswith("_fields"))
# what is mapped word by word → Shopify's enumeration; what is left out of a table on purpose is named behind it
MAPPED = {
    "OrderDisplayFulfillmentStatus": (orders.STATUS, ()),
    "OrderDisplayFinancialStatus": (orders.PAYMENT, ()),
    "FulfillmentStatus": (orders.FULFILMENT, ()),
    "ReturnStatus": (returns.STATUS, ("OPEN",)),  # by what came back of it
    "ReverseFulfillmentOrderDispositionType": (returns.DISPOSITION, ()),
}
# what deliveries are about, as the topics begin (webhook.py)
TOPICS = [
    "ORDERS",
    "REFUNDS",
    "RETURNS",
    "FULFILLMENTS",
    "ORDER_TRANSACTIONS",
    "FULFILLMENT_ORDERS",
    "REVERSE_FULFILLMENT_ORDERS",
    "DRAFT_ORDERS",
    "INVENTORY_LEVELS",
    "INVENTORY_ITEMS",
    "PRODUCTS",
]

pytestmark = [*against_others, pytest.mark.parametrize("version", VERSIONS)]


@cache
def published(version):
    """The Admin schema as Shopify's developer tools carry it; deprecated fields are not weighed."""
    path = PACKAGES / "@shopify" / "dev-mcp" / "dist" / "data" / f"admin_{version}.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return build_client_schema(json.load(file)["data"], assume_valid=True)


def words_of(version, name):
    return set(published(version).type_map[name].values)


@pytest.mark.parametrize("name", QUERIES)
def test_queries(version, name):
    assert validate(published(version), parse(query(name))) == []


@pytest.mark.django_db
def test_the_tests_own_shop_could_be_a_real_one(version, shops, monkeypatch):
    monkeypatch.setattr(simulator, "schema", lambda: published(version))
    connection, shop, clock = shops(version=version)
    pull_all(connection, shop, clock)
    assert {type for type, _ in ledger()} == {type for feed in CONNECTOR.feeds for type in feed.gives}


@pytest.mark.django_db
@pytest.mark.parametrize("feed", ["orders", "drafts", "products", "stock"])
def test_whatever_the_schema_allows_is_read(version, feed, shops, monkeypatch):
    monkeypatch.setattr(simulator, "schema", lambda: published(version))
    connection, _, clock = shops(version=version)
    keep_secret(connection, "access_token_of_app", "shpat_0", at=BEGIN)
    items = [
        item for seed in range(100) for item in any_items(feed, access(connection, any_shop(version, seed), clock))
    ]
    told = [taken(line, known(CONNECTOR)) for item in items for line in said(CONNECTOR, feed, item)]
    # USDC has four letters, and no other system of ours knows it
    assert {one.field for one in told if not isinstance(one, Accepted)} <= {"currency"}
    assert len(told) > 20


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["order", "draft", "stock", "product", "return"])
def test_whatever_the_schema_allows_is_read_again(version, what, shops, monkeypatch):
    monkeypatch.setattr(simulator, "schema", lambda: published(version))
    connection, _, clock = shops(version=version)
    keep_secret(connection, "access_token_of_app", "shpat_0", at=BEGIN)
    id = {"return": "gid://shopify/Return/1"}.get(what, "1")
    told = 0
    for seed in range(60):
        reread = ShopifyClient(access(connection, any_shop(version, seed), clock)).reread(what, id)
        told += sum(len(said(CONNECTOR, feed, item)) for feed, item in reread)
    assert told > 20


def any_shop(version, seed):
    shop = AnyShop(seed, published(version))
    shop.tokens = {"shpat_0": BEGIN + timedelta(days=1)}
    return shop


def any_items(feed, reach):
    """A page of a feed; of stock that of the first location."""
    client, window = ShopifyClient(reach), Window(since=BEGIN - timedelta(days=1), until=BEGIN)
    page = client.page(feed, window, None)
    return client.page(feed, window, page.following).items if feed == "stock" and page.following else page.items


def test_our_part_of_the_schema_says_nothing_else(version):
    theirs, ours = published(version), simulator_queries.schema()
    for name, type in ours.type_map.items():
        if name.startswith("__"):
            continue
        assert name in theirs.type_map, name
        if is_enum_type(type):
            assert set(type.values) <= words_of(version, name), name
        for field, ours_said in getattr(type, "fields", {}).items():
            assert field in theirs.type_map[name].fields, f"{name}.{field}"
            assert str(ours_said.type) == str(theirs.type_map[name].fields[field].type), f"{name}.{field}"


@pytest.mark.parametrize("resource", TOPICS)
def test_topics(version, resource):
    assert {topic for topic in words_of(version, "WebhookSubscriptionTopic") if topic.startswith(f"{resource}_")}


@pytest.mark.parametrize("name", MAPPED)
def test_every_word_has_a_meaning(version, name):
    table, left_out = MAPPED[name]
    assert set(table) | set(left_out) >= words_of(version, name)
