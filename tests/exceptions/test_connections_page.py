"""The page of connections: what everybody sees of feeds and refused deliveries, and what only an admin may do."""

import csv
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.connecting import connect
from connectors.credentials import keep_secret
from connectors.models import Connection, Cursor, Delivery, PullRun
from connectors.pull import ask_by_hand
from connectors.registry import connector
from connectors.shopify.simulator import Shopify
from connectors.simulating import served
from connectors.webhooks import count_refusal
from exceptions.formats import instant_text
from exceptions.pulling import asked_pulls
from exceptions.tasks import pull_asked, pull_one
from reconciliation.models import System
from tests.connectors.shopify.shop import fill
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection():
    shop = fill(Shopify(timezone.now))
    System.objects.create(key="shop", kind="shopify")
    with served(shop) as address:
        given = {"shop": shop.shop, "client_id": shop.client_id, "client_secret": shop.client_secret}
        made = connect(system="shop", kind="shopify", vendor="", given=given, at=timezone.now())
        Connection.objects.update(settings=made.settings | {"base": address})
        made.refresh_from_db()
        yield made


@pytest.fixture
def admin(client):
    client.force_login(PersonFactory(roles=["admin"]))
    return client


def test_what_stands_in_the_way_of_feeds_and_deliveries_is_shown(client, connection):
    client.force_login(PersonFactory(roles=["agent"]))
    pull_one(connection.id, "orders")
    keep_secret(connection, "client_secret", "a wrong secret", at=timezone.now())
    connection.credentials.filter(name="access_token").delete()
    pull_one(connection.id, "products")
    count_refusal(connection, "forged", at=timezone.now())
    for identity, repeats in (("a", 2), ("b", 1)):
        kept = {"headers": {}, "body": b"{}", "received_at": timezone.now()}
        Delivery.objects.create(connection=connection, identity=identity, repeats=repeats, **kept)
    page = client.get("/connections").content.decode()
    assert "client credentials do not match" in page
    assert "repeated: 3; refused" in page
    assert "forged 1" in page
    assert "fresh" in page
    assert "failing" in page
    assert "a wrong secret" not in page
    assert "Read this window" not in page
    assert connection.hook_key not in page


def test_each_feed_says_how_far_behind_it_is(admin, connection):
    now = timezone.now()
    for feed, hours in (("orders", 26), ("products", 3)):
        Cursor.objects.create(
            connection=connection, feed=feed, watermark=now - timedelta(hours=hours, seconds=1), succeeded_at=now
        )
    page = admin.get("/connections").content.decode()
    behind = re.findall(r'data-label="Behind"[^>]*>([^<]*)<', page)
    assert behind.count("1 d 2 h") == behind.count("3 h") == 1
    assert behind.count("–") == len(behind) - 2  # the others have never read anything
    table = b"".join(admin.get("/tables/connections.csv")).decode().splitlines()
    seconds = {row["Feed"]: row["Seconds behind"] for row in csv.DictReader(table)}
    assert {feed: float(text) // 3600 for feed, text in seconds.items() if text} == {"orders": 26, "products": 3}


def test_an_admin_tests_a_connection(admin, connection):
    page = admin.post(f"/connections/{connection.id}/test", follow=True).content.decode()
    assert "shop: nothing is missing." in page
    assert "Rate limit" not in page  # a test reads nothing
    assert Connection.objects.get().tested_at


def test_an_admin_has_a_window_read_and_sees_how_far_it_is(admin, connection):
    asked = {"feed": "orders", "since": "2026-11-01"}
    assert (
        "orders is being read." in admin.post(f"/connections/{connection.id}/pull", asked, follow=True).content.decode()
    )
    assert (
        "being read by hand already"
        in admin.post(f"/connections/{connection.id}/pull", asked, follow=True).content.decode()
    )
    run = PullRun.objects.get()
    pull_asked(run.id)
    assert "5 items" in admin.get("/connections").content.decode()


def test_a_window_of_a_system_that_is_left_alone_is_tried_once_and_the_page_says_so(admin, connection):
    until = timezone.now() + timedelta(minutes=20)
    Connection.objects.update(open_until=until)
    asked = {"feed": "orders", "since": "2026-11-01"}
    page = admin.post(f"/connections/{connection.id}/pull", asked, follow=True).content.decode()
    assert f"orders is tried once; the system failed repeatedly, and rests until {instant_text(until)}." in page
    run = PullRun.objects.get()
    assert asked_pulls(at=timezone.now()) == [run.id]
    tried_at = timezone.now()
    PullRun.objects.update(error="It does not answer.", resume_at=tried_at)
    assert asked_pulls(at=tried_at) == []
    part = admin.get(f"/connections/{connection.id}/windows").content.decode()
    assert f'Tried again <time datetime="{until.isoformat()}">' in part
    assert asked_pulls(at=until) == [run.id]


def test_how_far_a_window_is_is_asked_again_until_it_is_read(client, connection):
    client.force_login(PersonFactory(roles=["agent"]))
    now, address = timezone.now(), f"/connections/{connection.id}/windows"
    orders = connector("shopify").feed("orders")
    run = ask_by_hand(connection, orders, since=now - timedelta(days=30), until=now, by=None, at=now)
    part = client.get(address).content.decode()
    assert "<html" not in part
    assert f'hx-get="{address}"' in part
    pull_asked(run.id)
    part = client.get(address).content.decode()
    assert "hx-get" not in part
    assert "done" in part


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"feed": "moods", "since": "2026-11-01"}, "no feed"),
        ({"feed": "orders", "since": "soon"}, "needs a feed and a first day"),
        ({"feed": "orders", "since": "2026-11-03", "until": "2026-11-01"}, "ends before it begins"),
    ],
)
def test_a_window_that_is_none_is_refused(admin, connection, asked, told):
    assert told in admin.post(f"/connections/{connection.id}/pull", asked, follow=True).content.decode()
    assert not PullRun.objects.exists()


def test_the_page_asks_few_questions_of_the_database(admin, connection, django_assert_max_num_queries):
    now = timezone.now()
    ask_by_hand(
        connection, connector("shopify").feed("orders"), since=now - timedelta(days=1), until=now, by=None, at=now
    )
    admin.get("/account/")  # which notes that somebody is at work
    with django_assert_max_num_queries(15):
        admin.get("/connections")
