"""The sample brand's shop: its orders come by pulls and deliveries of a Shopify on the loopback, and agree."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.models import Connection, Delivery, PullRun, Refusals
from connectors.sample_brand import sample_brand
from connectors.sample_brand.living import BEAT, FIRST_ORDER
from connectors.sample_brand.shop import SHOP
from exceptions.living import Living
from exceptions.living_shop import open_shop
from exceptions.models import ExceptionCase
from exceptions.pulling import handle_told, pull_feed, take_in_lines
from exceptions.reconciling import reconcile
from reconciliation.topology import load
from tests.connectors.vendors import ledger

pytestmark = pytest.mark.django_db(transaction=True)
BEATS = 24


@pytest.fixture
def living(tmp_path):
    load(sample_brand(timezone.now(), orders=1, times=0).topology, dry_run=False)
    return Living(tmp_path / "story", lambda lines: None)


def tell(living, shop):
    """The last minutes up to now; troubles stay away."""
    others = []
    living.take_in = lambda lines: others.extend(shop.tell(lines))
    begin = timezone.now() - BEATS * BEAT
    for number in range(BEATS):
        living.go_on(at=begin + number * BEAT)
    take_in_lines([line for line in others if "SO-26" not in str(line)], "live")


def in_the_shop():
    return {id: line["status"] for (_, id), line in ledger("order").items() if id.isdigit()}


def test_what_the_shop_delivers_is_read_from_it(living, live_server):
    with open_shop([], address=live_server.url, at=timezone.now()) as shop:
        tell(living, shop)
        connection = Connection.objects.get(system="shopify")
        assert handle_told(connection) == Delivery.objects.count() > BEATS
        assert not Refusals.objects.exists()
        assert set(in_the_shop().values()) == {"open", "fulfilled"}
        assert len(in_the_shop()) == BEATS - 1
        pull_feed(connection, "orders")
    assert PullRun.objects.get().finished_at is not None
    assert Connection.objects.get(system="shopify").paused_at is not None


def test_the_shop_agrees_with_the_other_systems(living, live_server):
    with open_shop([], address=live_server.url, at=timezone.now()) as shop:
        tell(living, shop)
        pull_feed(Connection.objects.get(system="shopify"), "orders")
    later = timezone.now() + timedelta(hours=1)
    reconcile(as_of=later, now=later)
    # what the last beat placed has no copy yet
    newest = f"SL-{FIRST_ORDER + BEATS - 1}"
    others = ExceptionCase.objects.exclude(subject__contains=newest)
    assert list(others.values_list("kind", "subject")) == []


def test_a_delivery_that_nobody_took_is_brought_again(living, live_server):
    with open_shop([], address="http://127.0.0.1:9", at=timezone.now()) as shop:
        tell(living, shop)
        assert len(shop.waiting) > BEATS
        shop.door = f"{live_server.url}/hooks/{Connection.objects.get(system='shopify').hook_key}"
        shop.tell([])
        assert shop.waiting == []


def test_a_shop_of_somebody_s_is_left_alone(living):
    Connection.objects.create(system="shopify", kind="shopify", settings={"shop": "theirs.myshopify.com"})
    with open_shop([], address="http://127.0.0.1:9", at=timezone.now()) as shop:
        assert shop is None
    assert Connection.objects.get().paused_at is None


def test_after_a_restart_the_shop_holds_what_it_held(living, live_server):
    with open_shop([], address=live_server.url, at=timezone.now()) as shop:
        tell(living, shop)
        held = {node["id"]: node for node in shop.shop.orders}
    with open_shop(living.told_before(), address=live_server.url, at=timezone.now()) as again:
        assert {node["id"]: node for node in again.shop.orders} == held
    assert Connection.objects.get().settings["shop"] == SHOP
