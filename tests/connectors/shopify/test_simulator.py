"""The simulated shop refuses what Shopify refuses; the client's own queries are what it executes."""

import httpx
import pytest
from graphql import parse, validate

from connectors.shopify.queries import FOLDER, query
from connectors.shopify.simulator import MOST_COST, Shopify
from connectors.shopify.simulator_queries import cost_of, schema
from connectors.shopify.webhook import verify
from connectors.webhooks import Incoming
from tests.connectors.shopify.shop import fill, order, when
from tests.connectors.vendors import BEGIN, Clock

QUERIES = sorted(path.stem for path in FOLDER.glob("*.graphql") if not path.stem.endswith("_fields"))
# how many the client asks for at once
AT_ONCE = {
    "orders": {"first": 3},
    "drafts": {"first": 3},
    "levels": {"first": 40},
    "variants": {"first": 100},
    "order_nodes": {"ids": ["1"]},
    "draft_nodes": {"ids": ["1"]},
    "item_levels": {"ids": ["1"]},
    "fulfilments": {"ids": ["1"] * 4},
    "refunds": {"ids": ["1"] * 2},
    "returns": {"ids": ["1"]},
    "dispositions": {"ids": ["1"] * 2},
    "still_there": {"ids": ["1"] * 100},
}
ORDERS = "query($s: String!) { orders(first: 10, query: $s, sortKey: UPDATED_AT) { nodes { id } } }"


@pytest.fixture
def shop():
    shop = fill(Shopify(Clock()))
    shop.tokens["t"] = BEGIN.replace(year=2030)
    return shop


def ask(shop, text, token="t", **variables):
    headers = {"X-Shopify-Access-Token": token}
    address = f"{shop.base}/admin/api/2026-07/graphql.json"
    asked = httpx.Request("POST", address, headers=headers, json={"query": text, "variables": variables})
    return shop.handle(asked)


def errors(answer):
    return [error["message"] for error in answer.json().get("errors", [])]


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_valid_and_affordable(name):
    document = parse(query(name))
    assert validate(schema(), document) == []
    if name != "bulk_orders":  # which is not paged, and not priced
        assert 0 < cost_of(document, AT_ONCE.get(name, {})) <= MOST_COST


def test_the_bulk_query_has_at_most_five_lists_within_two():
    def lists(node, depth=0):
        inner = [one for one in (node.selection_set.selections if node.selection_set else ()) if hasattr(one, "name")]
        deeper = depth + any(one.name.value == "edges" for one in inner)
        return [deeper] * (deeper > depth) + [found for one in inner for found in lists(one, deeper)]

    found = lists(parse(query("bulk_orders")).definitions[0])
    assert 1 <= len(found) <= 5
    assert max(found) <= 2


def test_a_query_beyond_the_limits_is_refused(shop):
    (dear,) = errors(ask(shop, ORDERS.replace("{ id }", "{ id lineItems(first: 200) { nodes { id } } }"), s=""))
    assert "over 1000" in dear
    (long,) = errors(ask(shop, ORDERS.replace("first: 10", "first: 251"), s=""))
    assert "over 250" in long
    (whole,) = errors(ask(shop, ORDERS.replace("first: 10, ", ""), s=""))
    assert "one of first or last" in whole


def test_an_unknown_field_is_refused(shop):
    (told,) = errors(ask(shop, "{ returns(first: 1) { nodes { id } } }"))
    assert "Cannot query field 'returns'" in told


def test_points_run_out_and_come_back(shop):
    shop.points.left = 5
    told = ask(shop, ORDERS, s="")
    assert told.status_code == 200
    assert told.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert told.json()["extensions"]["cost"]["actualQueryCost"] is None
    shop.clock.pass_by(seconds=1)
    assert errors(ask(shop, ORDERS, s="")) == []


def test_an_unquoted_date_loses_its_time_of_day(shop):
    def found(search):
        return len(ask(shop, ORDERS, s=search).json()["data"]["orders"]["nodes"])

    assert found(f"updated_at:>='{when(minutes=35)}'") == 3
    assert found(f"updated_at:>={when(minutes=35)}") == 5


def test_a_token_that_does_not_count(shop):
    told = ask(shop, ORDERS, token="shpat_wrong", s="")
    assert told.status_code == 401
    assert isinstance(told.json()["errors"], str)


def test_old_orders_need_their_scope(shop):
    shop.orders.append(order(7001, createdAt=when(days=61)))
    assert len(ask(shop, ORDERS, s="").json()["data"]["orders"]["nodes"]) == 6
    shop.scopes.remove("read_all_orders")
    assert len(ask(shop, ORDERS, s="").json()["data"]["orders"]["nodes"]) == 5


def test_its_deliveries_are_signed(shop):
    headers, body = shop.delivery("orders/updated", {"id": 1})
    incoming = Incoming({name.lower(): value for name, value in headers.items()}, body)
    verify(incoming, [shop.client_secret], {"shop": shop.shop}, BEGIN)
