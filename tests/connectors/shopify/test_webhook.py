"""Deliveries from Shopify: only rightly signed ones, about our shop; each read again, in whichever order they come."""

import hmac
import json

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.deliveries import handle_deliveries
from connectors.models import Delivery, Refusals
from connectors.registry import connector
from connectors.shopify.webhook import news, verify
from connectors.webhooks import Forged, Incoming, Malformed, Reread, Unsigned, WrongSender, receive
from exceptions.pulling import take_in_lines
from tests.connectors.shopify.shop import gid, order, when
from tests.connectors.vendors import BEGIN, access, ledger, pull_all, undone

pytestmark = pytest.mark.django_db
SETTINGS = {"shop": "harbour.myshopify.com"}


def incoming(headers, body):
    return Incoming({name.lower(): value for name, value in headers.items()}, body)


def signed_with(signature, body, **changed):
    headers = {
        "X-Shopify-Hmac-Sha256": signature,
        "X-Shopify-Topic": "orders/updated",
        "X-Shopify-Shop-Domain": "harbour.myshopify.com",
        "X-Shopify-API-Version": "2026-07",
        "X-Shopify-Webhook-Id": "w-1",
    }
    return incoming(headers | changed, body)


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (b'"my secret message"', "hMTq0K2x7oyOjoBwGYeTj5oxfnaVYXzbanUG9aajpKI="),
        (b'""', "ZAZ6P4c14f6v798OCPYCodtdf9g8Z+GfthdfCgyhUYg="),
    ],
)
def test_known_signatures(body, signature):
    verify(signed_with(signature, body), ["hush"], SETTINGS, BEGIN)
    verify(signed_with(signature, body), ["new", "hush"], SETTINGS, BEGIN)
    with pytest.raises(Forged):
        verify(signed_with(signature, body + b" "), ["hush"], SETTINGS, BEGIN)
    with pytest.raises(Forged):
        verify(signed_with(signature, body), ["new"], SETTINGS, BEGIN)


def test_hexadecimal_is_not_shopifys_form():
    given_in_hex = hmac.new(b"hush", b"{}", "sha256").hexdigest()
    with pytest.raises(Forged):
        verify(signed_with(given_in_hex, b"{}"), ["hush"], SETTINGS, BEGIN)


def test_another_shop_and_missing_headers(shops):
    _, shop, _ = shops()
    headers, body = shop.delivery("orders/updated", {"id": 1}, **{"X-Shopify-Shop-Domain": "evil.myshopify.com"})
    with pytest.raises(WrongSender):
        verify(incoming(headers, body), [shop.client_secret], SETTINGS, BEGIN)
    for name in ("X-Shopify-Hmac-Sha256", "X-Shopify-Topic", "X-Shopify-Webhook-Id"):
        headers, body = shop.delivery("orders/updated", {"id": 1})
        del headers[name]
        with pytest.raises(Unsigned, match=name):
            verify(incoming(headers, body), [shop.client_secret], SETTINGS, BEGIN)


@pytest.mark.parametrize(
    ("topic", "body", "told"),
    [
        ("orders/updated", {"id": 5501}, [Reread("order", "5501")]),
        ("orders/delete", {"id": 5501}, [Reread("order", "5501")]),
        ("ORDERS/EDITED", {"order_edit": {"id": 1, "order_id": 5501}}, [Reread("order", "5501")]),
        ("refunds/create", {"id": 1, "order_id": 5501}, [Reread("order", "5501")]),
        ("fulfillments/update", {"id": 1, "order_id": 5501}, [Reread("order", "5501")]),
        ("returns/close", {"id": 1, "order": {"id": 5501}}, [Reread("order", "5501")]),
        ("returns/close", {"admin_graphql_api_id": gid("Return", 91)}, [Reread("return", gid("Return", 91))]),
        ("returns/close", {"id": 91}, []),
        ("order_transactions/create", {"id": 1, "order_id": 5501}, [Reread("order", "5501")]),
        ("reverse_fulfillment_orders/dispose", {"order_id": 5501}, [Reread("order", "5501")]),
        ("draft_orders/delete", {"id": 31}, [Reread("draft", "31")]),
        ("inventory_levels/update", {"inventory_item_id": 500, "available": 3}, [Reread("stock", "500")]),
        ("products/update", {"id": 41}, [Reread("product", "41")]),
        ("app/uninstalled", {"id": 1}, []),
    ],
)
def test_what_a_delivery_tells(topic, body, told):
    assert news(signed_with("", json.dumps(body).encode(), **{"X-Shopify-Topic": topic})) == told


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"id": null}', b"\xff"])
def test_a_delivery_of_another_shape_is_malformed(body):
    with pytest.raises(Malformed):
        news(signed_with("", body))


def handle(connection, shop, clock):
    return handle_deliveries(
        connection, connector("shopify"), access=access(connection, shop, clock), take_in=take_in_lines
    )


def test_a_delivery_through_the_door_is_read_again_by_graphql(client, shops):
    connection, shop, clock = shops()
    headers, body = shop.delivery("orders/updated", {"id": 1003, "total_price": "999999.00"})
    address = f"/hooks/{connection.hook_key}"
    assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    assert handle(connection, shop, clock) == 1
    assert ledger("order")["order", "1003"]["total"] == "100.00"
    again = headers | {"X-Shopify-Webhook-Id": "another"}  # which is not signed
    assert client.post(address, body, content_type="application/json", headers=again).status_code == 200
    assert Delivery.objects.get().repeats == 1
    forged = headers | {"X-Shopify-Hmac-Sha256": "AAAA"}
    assert client.post(address, body, content_type="application/json", headers=forged).status_code == 401
    assert Refusals.objects.get().reason == "forged"


def test_one_body_under_made_up_topics_is_one_delivery(client, shops):
    connection, shop, _ = shops()
    headers, body = shop.delivery("orders/updated", {"id": 1003})
    address = f"/hooks/{connection.hook_key}"
    for topic in ("ORDERS/Updated", "orders/updated", "orders/UPDATED"):
        again = headers | {"X-Shopify-Topic": topic}
        assert client.post(address, body, content_type="application/json", headers=again).status_code == 200
    assert Delivery.objects.count() == 1
    for topic in ("orders/made_up", "orders/made_up_too", "teapots/create", "orders/updated/again"):
        again = headers | {"X-Shopify-Topic": topic}
        client.post(address, body, content_type="application/json", headers=again)
    assert Delivery.objects.count() == 2


def test_every_kind_of_news_is_read_again(shops):
    connection, shop, clock = shops()
    told = [
        ("returns/update", {"admin_graphql_api_id": gid("Return", 91)}),
        ("draft_orders/update", {"id": 31}),
        ("inventory_levels/update", {"inventory_item_id": 501}),
        ("products/update", {"id": 41}),
    ]
    for topic, body in told:
        headers, raw = shop.delivery(topic, body)
        receive(connection, connector("shopify").webhook, incoming(headers, raw), at=timezone.now())
    assert handle(connection, shop, clock) == 4
    found = set(ledger())
    assert {("return", "91"), ("order", "draft-31"), ("stock_level", "1-501/sellable"), ("product", "410")} <= found


def test_a_deleted_order_is_withdrawn(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock, "orders")
    shop.orders = [one for one in shop.orders if one["legacyResourceId"] != "1003"]
    clock.pass_by(minutes=1)
    headers, raw = shop.delivery("orders/delete", {"id": 1003})
    receive(connection, connector("shopify").webhook, incoming(headers, raw), at=timezone.now())
    handle(connection, shop, clock)
    assert ("order", "1003") not in ledger()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order_of=st.permutations(range(8)), cuts=st.sets(st.integers(0, 7)), pulled=st.integers(0, 8))
def test_deliveries_in_any_order_beside_a_pull_end_as_the_shop_is(shops, order_of, cuts, pulled):
    with undone():
        connection, shop, clock = shops()
        shop.orders = [order(4000 + n, updatedAt=when(minutes=30)) for n in range(3)]
        webhook = connector("shopify").webhook
        for place, number in enumerate(order_of):
            clock.pass_by(seconds=number % 2)  # some changes fall into one second
            changed = shop.orders[number % 3]
            changed |= {"updatedAt": clock().isoformat(), "note": f"change {place}"}
            headers, raw = shop.delivery("orders/updated", {"id": int(changed["legacyResourceId"]), "n": number})
            receive(connection, webhook, incoming(headers, raw), at=timezone.now())
            if place in cuts:
                handle(connection, shop, clock)
            if place == pulled:
                pull_all(connection, shop, clock, "orders")
        handle(connection, shop, clock)
        clock.pass_by(minutes=15)
        pull_all(connection, shop, clock, "orders")
        notes = {id: found.get("notes") for (_, id), found in ledger("order").items()}
        assert notes == {one["legacyResourceId"]: one["note"] for one in shop.orders}


def levels():
    return {id for _, id in ledger("stock_level")}


def of_item(number):
    return {f"1-{number}/{condition}" for condition in ("sellable", "reserved", "damaged", "quarantine")}


@pytest.mark.parametrize("topic", ["inventory_levels/disconnect", "inventory_items/delete"])
def test_the_levels_of_a_deleted_item_are_withdrawn(shops, topic):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock, "stock")
    assert levels() == of_item(500) | of_item(501) | of_item(502)
    shop.items = [one for one in shop.items if one["id"] != gid("InventoryItem", 501)]
    clock.pass_by(minutes=1)
    headers, raw = shop.delivery(topic, {"id": 501, "inventory_item_id": 501})
    receive(connection, connector("shopify").webhook, incoming(headers, raw), at=timezone.now())
    assert handle(connection, shop, clock) == 1
    assert levels() == of_item(500) | of_item(502)


def test_the_levels_of_an_item_that_is_no_longer_counted_are_withdrawn_and_come_back_with_it(shops):
    connection, shop, clock = shops()
    pull_all(connection, shop, clock, "stock")
    for tracked, held in ((False, set()), (True, of_item(501))):
        shop.items[1]["inventoryLevels"][0]["item"]["tracked"] = tracked  # which moves no date of a level
        clock.pass_by(minutes=1)
        headers, raw = shop.delivery("inventory_items/update", {"id": 501, "tracked": tracked})
        receive(connection, connector("shopify").webhook, incoming(headers, raw), at=timezone.now())
        assert handle(connection, shop, clock) == 1
        assert levels() == of_item(500) | held | of_item(502)
