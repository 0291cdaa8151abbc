"""The sample brand's systems: its days come by pulls, deliveries and files over the loopback, and are the same days."""

import json
from datetime import timedelta
from operator import itemgetter

import pytest
from django.utils import timezone

from connectors.models import Connection, Cursor, Delivery, PullRun, Refusals
from connectors.registry import Words, connector
from connectors.sample_brand import sample_brand
from connectors.sample_brand.living import BEAT, FIRST_ORDER, beat
from connectors.sample_brand.saying import says
from connectors.sample_brand.shop import SHOP
from exceptions.living import Living
from exceptions.living_systems import BRAND, open_systems
from exceptions.models import OPEN, ApiToken, ExceptionCase
from exceptions.pulling import access_to, handle_told, take_in_lines
from exceptions.reconciling import reconcile
from reconciliation.models import LedgerEntry, RejectedLine, Version
from reconciliation.topology import load
from tests.connectors.vendors import ledger, undone

pytestmark = pytest.mark.django_db(transaction=True)
BEATS, DAYS = 24, 80
NOBODY = "http://127.0.0.1:9"
SYSTEMS = {"erp", "ipaas", "rebound", "shopify", "sparklayer", "warehouse"}


@pytest.fixture
def living(tmp_path, settings):
    settings.FILE_FEEDS_DIR = tmp_path / "feeds"
    load(sample_brand(timezone.now(), orders=1, times=0).topology, dry_run=False)
    return Living(tmp_path / "story", lambda lines: None)


def tell(living, systems, beats=BEATS, *, until=None, keep=lambda line: True):
    """The last minutes up to now; what no system tells comes as lines. All told, and what was left over."""
    told, others = [], []

    def take(lines):
        told.extend(lines)
        others.extend(systems.tell([line for line in lines if keep(line)]) if systems else lines)

    living.take_in = take
    begin = (until or timezone.now()) - beats * BEAT
    for number in range(beats):
        living.go_on(at=begin + number * BEAT)
    take_in_lines([line for line in others if keep(line)], "live")
    return told, others


def handle_all():
    for connection in Connection.objects.all():
        while handle_told(connection):
            pass


def smooth(line):
    """Not of an order that goes wrong."""
    return "26000" not in str(line) and "-2600" not in str(line) and "SO-26" not in str(line)


def in_the_shop():
    return {id: line["status"] for (_, id), line in ledger("order").items() if id.isdigit()}


def test_what_is_delivered_pulled_and_sent_is_read_and_the_systems_agree_with_one_another(living, live_server):
    with open_systems([], address=live_server.url, at=timezone.now()) as systems:
        _, left = tell(living, systems, keep=smooth)
        systems.read()
        handle_all()
    assert not Refusals.objects.exists()
    assert not RejectedLine.objects.exists()
    assert not Delivery.objects.filter(handled_at=None).exists()
    delivered = Delivery.objects.exclude(handled_at=None).values_list("connection__system", flat=True)
    assert set(delivered) == {"ipaas", "rebound", "shopify"}
    assert set(in_the_shop().values()) == {"open", "fulfilled"}
    assert len(in_the_shop()) == BEATS - 1
    assert [line for line in left if smooth(line)] == []
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    assert not Cursor.objects.filter(succeeded_at__isnull=False, watermark=None).exists()  # it would keep months open
    assert {id.partition("-")[0].partition("/")[0] for _, id in ledger("stock_level")} == {"1", "A"}
    assert {run.feed for run in PullRun.objects.exclude(finished_at=None)} >= {"orders", "despatches", "stock"}
    assert set(Connection.objects.filter(paused_at__isnull=False).values_list("system", flat=True)) == SYSTEMS

    later = timezone.now() + timedelta(hours=1)
    reconcile(as_of=later, now=later)
    # what the last beat placed has no copy yet
    newest = f"SL-{FIRST_ORDER + BEATS - 1}"
    others = ExceptionCase.objects.exclude(subject__contains=newest)
    assert list(others.values_list("kind", "subject")) == []


def test_the_shop_holds_the_copies_of_returns_with_their_orders_and_gives_them_out(living):
    moments = {number: timezone.now() - (DAYS - number) * BEAT for number in range(DAYS)}
    heard = (beat(number, {n: at for n, at in moments.items() if n <= number}) for number in range(DAYS))
    lines = [line for told in heard for line in told.lines if smooth(line)]
    copies = [line for line in lines if (line["system"], line["type"]) == ("shopify", "return")]
    with open_systems([], address=NOBODY, at=timezone.now()) as systems:
        shop = systems.tellers[0]
        left = shop.tell(lines)
        client = connector("shopify").client(access_to(shop.connection))
        orders = sorted({line["refs"]["ecommerce_order"] for line in copies})
        items = [item for order in orders for item in client.reread("order", order)]
        client.close()
        words = Words("shopify", shop.connection.settings)
        given = [line for feed, item in items for line in connector("shopify").lines(feed, item, words)]
    assert {line["status"] for line in copies} == {"authorised", "closed"}
    assert not [
        line for line in left if (line["system"], line["type"]) in (("shopify", "return"), ("shopify", "order"))
    ]
    newest = {line["id"]: line for line in copies}
    assert {line["id"] for line in given if line["type"] == "return"} == newest.keys()
    assert all(says(line, newest[line["id"]]) for line in given if line["type"] == "return")
    assert not [line for line in given if line["type"] == "stock_movement"]


def days(story, systems, now):
    """Four minutes of story up to now, with a run every minute: its lines, and what was found."""
    told = []

    def take(lines):
        told.extend(lines)
        if systems:
            systems.take_in(lines, lambda rest: take_in_lines(rest, "live"))
        else:
            take_in_lines(lines, "live")

    story.take_in = take
    for number in range(48):
        at = now - (48 - number) * BEAT
        story.go_on(at=at)
        if number % 12 == 11:
            if systems:
                systems.read()
            reconcile(as_of=at, now=at)
    return told, set(ExceptionCase.objects.values_list("kind", "subject", "state"))


def as_it_stands():
    reigning = LedgerEntry.objects.filter(until=None, content__isnull=False)
    lines = Version.objects.in_bulk([entry.version for entry in reigning])
    return {(e.type, e.system, e.id): json.loads(lines[e.version].raw) for e in reigning}


@pytest.mark.slow
def test_days_told_by_all_systems_end_as_if_taken_in_as_lines(living, live_server, tmp_path):
    now = timezone.now()
    with undone():
        _, found_in_lines = days(Living(tmp_path / "plain", lambda lines: None), None, now)
    with open_systems([], address=live_server.url, at=now) as systems:
        told, found = days(living, systems, now)
    newest = {(line["type"], line["system"], str(line["id"])): line for line in sorted(told, key=itemgetter("at"))}
    kept = {key: line for key, line in newest.items() if not line.get("deleted")}
    stands = as_it_stands()
    assert kept.keys() <= stands.keys()
    aside = [stands[key] for key in stands.keys() - kept.keys()]  # what the shop also says of a SKU that it counts
    assert {(line["system"], line["type"], str(line["quantity"])) for line in aside} == {
        ("shopify", "stock_level", "0")
    }
    assert [key for key, line in kept.items() if not says(stands[key], line)] == []
    assert found == found_in_lines
    open_now, healed = ({kind for kind, _, state in found if state in states} for states in (OPEN, ("resolved",)))
    assert len(open_now) >= 4
    assert len(healed) >= 4


def test_a_delivery_that_nobody_took_is_brought_again(living, live_server):
    with open_systems([], address=NOBODY, at=timezone.now()) as systems:
        tell(living, systems)
        doors = [teller.door for teller in systems.tellers if hasattr(teller, "door")]
        assert all(door.waiting for door in doors)
        for door in doors:
            door.address = door.address.replace(NOBODY, live_server.url)
            door.bring()
        assert not any(door.waiting for door in doors)
    assert not Refusals.objects.exists()


def test_a_system_of_somebody_s_is_left_alone(living):
    Connection.objects.create(system="shopify", kind="shopify", settings={"shop": "theirs.myshopify.com"})
    with open_systems([], address=NOBODY, at=timezone.now()) as systems:
        assert {teller.connection.system for teller in systems.tellers} == SYSTEMS - {"shopify"}
    assert Connection.objects.get(system="shopify").paused_at is None


def test_after_a_restart_the_systems_hold_what_they_held(living, live_server):
    def held(systems):
        shop, storefront = systems.tellers[:2]
        return {node["id"]: node for node in shop.shop.orders}, storefront.site.purchases

    with open_systems([], address=live_server.url, at=timezone.now()) as systems:
        tell(living, systems)
        before = held(systems)
    with open_systems(living.told_before(), address=live_server.url, at=timezone.now()) as again:
        assert held(again) == before
    assert Connection.objects.get(system="shopify").settings["shop"] == SHOP
    assert Connection.objects.get(system="sparklayer").settings["brand"] == BRAND
