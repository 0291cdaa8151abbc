"""Pulling from the top: cadences, tasks, the command, and how feeds are shown, against a server of this machine."""

import json
from datetime import timedelta
from urllib.parse import quote_plus

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from connectors.access import Access
from connectors.auth import Token
from connectors.connecting import connect, try_connection
from connectors.credentials import keep_secret, secret
from connectors.health import deliveries_of, feeds_of
from connectors.models import Connection, Credential, PullRun
from connectors.pull import CADENCE
from connectors.registry import NoSuchConnector, WrongSettings, connector
from connectors.shopify.simulator import Shopify
from connectors.simulating import failing, served
from connectors.subscribing import subscribe
from connectors.webhooks import count_refusal
from exceptions.homes.attention import attention
from exceptions.pulling import access_to, cadence_of, connections_told, due_pulls
from exceptions.tasks import handle_one, look_after_connections, look_after_one, pull_asked, pull_one
from reconciliation.models import Flow, System
from tests.connectors.shopify.shop import fill, order
from tests.connectors.vendors import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = fill(Shopify(timezone.now))
    System.objects.create(key="shop", kind="shopify")
    with served(shop) as address:
        shop.base = address
        yield shop


@pytest.fixture
def connection(shop):
    given = {"shop": shop.shop, "client_id": shop.client_id, "client_secret": shop.client_secret}
    connection = connect(system="shop", kind="shopify", vendor="", given=given, at=timezone.now())
    Connection.objects.update(settings=connection.settings | {"base": shop.base})
    connection.refresh_from_db()
    return connection


def test_tasks_pull_and_handle(connection, shop, client):
    assert (connection.id, "orders") in due_pulls(at=timezone.now())
    pull_one(connection.id, "orders")
    assert len(ledger("order")) == 5
    assert (connection.id, "orders") not in due_pulls(at=timezone.now())
    shop.orders.append(order(1009))
    headers, body = shop.delivery("orders/create", {"id": 1009})
    sent = client.post(f"/hooks/{connection.hook_key}", body, content_type="application/json", headers=headers)
    assert sent.status_code == 200
    assert connections_told(at=timezone.now()) == [connection.id]
    handle_one(connection.id)
    assert ("order", "1009") in ledger()


def test_the_shortest_cadence_of_the_systems_flows_counts(connection):
    assert cadence_of("shop") == CADENCE
    other = System.objects.create(key="warehouse", kind="warehouse")
    system = System.objects.get(key="shop")
    for key, minutes in (("a", 30), ("b", 5)):
        Flow.objects.create(
            key=key,
            record="order",
            source=system,
            target=other,
            cadence=timedelta(minutes=minutes),
            grace=timedelta(hours=1),
        )
    assert cadence_of("shop") == cadence_of("warehouse") == timedelta(minutes=5)


def test_a_paused_connection_is_left_alone(connection):
    Connection.objects.update(paused_at=timezone.now())
    assert due_pulls(at=timezone.now()) == []
    connection.refresh_from_db()
    assert {feed.state for feed in feeds_of(connection, at=timezone.now())} == {"paused"}


def test_a_window_by_hand_from_the_command_line(connection, capsys):
    call_command("connection", "pull", "shop", "orders", "--since", "2026-11-01")
    assert "5 items" in capsys.readouterr().out
    assert PullRun.objects.get().by_hand
    with pytest.raises(CommandError, match="no feed 'moods'"):
        call_command("connection", "pull", "shop", "moods", "--since", "2026-11-01")
    with pytest.raises(CommandError, match="ends before"):
        call_command("connection", "pull", "shop", "orders", "--since", "2026-11-02", "--until", "2026-11-01")


def test_a_window_that_was_left_open_is_gone_on_with_by_the_workers(connection, shop):
    shop.fail_next(failing(403))
    with pytest.raises(CommandError, match="403"):
        call_command("connection", "pull", "shop", "orders", "--since", "2026-11-01")
    pull_asked(PullRun.objects.get().id)
    assert PullRun.objects.get().finished_at
    assert len(ledger("order")) == 5


def test_the_connection_test_says_what_is_missing(connection, shop, capsys):
    call_command("connection", "test", "shop")
    assert "nothing is missing" in capsys.readouterr().out
    shop.scopes.remove("read_returns")
    with pytest.raises(SystemExit):
        call_command("connection", "test", "shop")
    assert "read_returns" in capsys.readouterr().err
    connection.refresh_from_db()
    assert connection.missing == ["The app lacks the scope read_returns: returns cannot be read."]


def test_a_wrong_secret_is_told_in_the_vendors_words(connection, shop):
    connect(
        system="shop",
        kind="shopify",
        vendor="",
        given={"shop": shop.shop, "client_id": shop.client_id, "client_secret": "wrong-secret"},
        at=timezone.now(),
    )
    Connection.objects.update(settings=connection.settings)
    connection.refresh_from_db()
    (told,) = try_connection(connection, connector("shopify"), access=Access(connection))
    assert "client credentials do not match" in told
    assert "wrong-secret" not in told


@pytest.mark.parametrize(
    ("setting", "wrong", "right", "named"),
    [
        ("timezone", "London", "Europe/London", "Time zone of its dates must be a time zone"),
        ("timezone", "../etc", "Asia/Tokyo", "Time zone of its dates must be a time zone"),
        ("read_back", "a month", "45", "Days that returns are read again must be a whole number"),
        ("read_back", "-3", "7", "Days that returns are read again must be a whole number"),
        ("read_back", "99999999999", "99", "Days that returns are read again must be a whole number"),
    ],
)
def test_a_number_or_time_zone_that_is_none_is_told_where_it_is_entered(setting, wrong, right, named):
    rebound = connector("rebound")
    with pytest.raises(WrongSettings, match=named):
        rebound.checked({setting: wrong})
    assert rebound.checked({setting: right})[setting] == right


def test_what_a_person_left_out_is_named():
    System.objects.create(key="shop", kind="shopify")
    with pytest.raises(WrongSettings, match="Shop is missing"):
        connect(system="shop", kind="shopify", vendor="", given={}, at=timezone.now())
    with pytest.raises(WrongSettings, match="must be one of"):
        connect(system="shop", kind="shopify", vendor="", given={"shop": "a", "stock": "b"}, at=timezone.now())
    with pytest.raises(NoSuchConnector):
        connect(system="shop", kind="abacus", vendor="", given={}, at=timezone.now())
    made = connect(system="shop", kind="shopify", vendor="", given={"shop": "a.example"}, at=timezone.now())
    assert try_connection(made, connector("shopify"), access=Access(made)) == ["Client secret is missing."]


def test_a_secret_that_is_not_given_stays_and_a_new_one_ends_the_token(connection):
    call_command("connection", "test", "shop")
    assert Credential.objects.filter(name="access_token").exists()
    given = {"shop": connection.settings["shop"], "client_id": "client-1"}
    connect(system="shop", kind="shopify", vendor="", given=given, at=timezone.now())
    assert secret(connection, "client_secret") == "shpss_hush"
    assert Credential.objects.filter(name="access_token").exists()
    connect(system="shop", kind="shopify", vendor="", given=given | {"client_secret": "new"}, at=timezone.now())
    assert not Credential.objects.filter(name="access_token").exists()


def test_how_the_feeds_are(connection, shop, capsys):
    now = timezone.now()
    assert {feed.state for feed in feeds_of(connection, at=now)} == {"waiting"}
    pull_one(connection.id, "orders")
    shop.fail_next(failing(403))
    pull_one(connection.id, "products")
    found = {feed.feed: feed for feed in feeds_of(connection, at=timezone.now())}
    assert (found["orders"].state, found["orders"].records) == ("fresh", 5)
    assert found["orders"].expected_by > now
    assert found["orders"].lag < timedelta(minutes=1)
    assert (found["products"].state, found["products"].failures) == ("failing", 1)
    assert "403" in found["products"].error
    later = {feed.feed: feed.state for feed in feeds_of(connection, at=now + timedelta(hours=2))}
    assert (later["orders"], later["stock"], later["open_returns"]) == ("late", "late", "waiting")
    count_refusal(connection, "forged", at=now)
    count_refusal(connection, "forged", at=now - timedelta(days=1))
    assert deliveries_of(connection, at=now).refused == {"forged": 2}
    call_command("connection", "show", "shop")
    assert "forged 2" in capsys.readouterr().out


def test_secrets_are_in_no_representation(connection):
    access = Access(connection)
    access.secret("client_secret")
    shown = (
        repr(access) + repr(Token("t0k3n", refresh="r3fr3sh")) + repr(connection) + repr(list(Credential.objects.all()))
    )
    assert not any(word in shown for word in ("shpss_hush", "t0k3n", "r3fr3sh"))


@pytest.mark.parametrize("quoted", [str, repr, json.dumps, quote_plus, lambda said: repr(said.encode())])
def test_secrets_are_left_out_of_texts_however_they_are_quoted(connection, quoted):
    pasted = "-----BEGIN KEY-----\nab\\c\"d'é/+=\n-----END KEY-----"
    keep_secret(connection, "client_secret", pasted, at=timezone.now())
    access = Access(connection)
    access.secret("client_secret")
    assert "BEGIN" not in access.scrub(f"The key {quoted(pasted)} is wrong.")


def test_a_connection_that_lost_something_is_shown_without_anybody_asking(connection, shop, monkeypatch):
    monkeypatch.setattr(look_after_one, "apply_async", lambda given, **_: look_after_one(*given))
    subscribe(connection, connector("shopify"), access=access_to(connection), base="https://recon.example.test")
    look_after_connections()
    connection.refresh_from_db()
    assert connection.missing == []
    shop.subscriptions.pop()
    look_after_connections()
    connection.refresh_from_db()
    assert connection.missing == ["The subscription to PRODUCTS_DELETE is gone."]
    assert "Something is missing: shop." in {one.words for one in attention(at=timezone.now())}
    Connection.objects.update(paused_at=timezone.now(), missing=[])
    look_after_connections()
    connection.refresh_from_db()
    assert connection.missing == []
