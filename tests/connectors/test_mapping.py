"""What can be read of a vendor's item is kept; what cannot is refused by itself, by its name, place and reason."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from connectors.lines import LONGEST, Refusal
from connectors.mapping import item_of, mapped
from connectors.models import Connection
from connectors.parts import Trail, each
from connectors.pull import store
from connectors.registry import Feed, connector
from exceptions.pulling import take_in_lines, tell_again
from reconciliation.models import LedgerEntry, RejectedLine
from tests.connectors.shopify.shop import fulfilment, line, order, when
from tests.connectors.shopify.told import whole
from tests.connectors.toy import CONNECTOR
from tests.connectors.vendors import BEGIN, connected, ledger

MOMENT = "2026-11-20T09:00:00Z"
TOY = Connection(system="toy", kind="generic", vendor="toy", settings={})


def parcel(number, **said):
    return {"no": number, "sent": MOMENT, "goods": [{"sku": "TEE", "count": "2"}]} | said


def an_order(*parcels, **said):
    return {"id": "A-1", "changed": MOMENT, "placed": MOMENT, "parcels": list(parcels)} | said


def orders(feed, item, words):
    """A mapper of an order and its parcels, as those of vendors are."""
    head = {"system": words.system, "at": item["changed"]}

    def order(item):
        return [head | {"type": "order", "id": item["id"], "status": "open", "placed_at": item["placed"]}]

    def fulfilment(one):
        lines = [{"sku": good["sku"], "quantity": Decimal(good["count"])} for good in one["goods"]]
        named = {"type": "fulfilment", "id": f"{item['id']}/{one['no']}"}
        yield head | named | {"status": "dispatched", "shipped_at": one["sent"], "lines": lines}

    yield from each("order", [item], order, id=lambda item: item["id"])
    yield from each("fulfilment", item["parcels"], fulfilment, id=lambda one: f"A-1/{one['no']}")


SHOP = replace(CONNECTOR, lines=orders, feeds=(Feed("orders", ("order", "fulfilment")),))


def told(item, made=SHOP):
    found = list(mapped(made, made.feeds[0].name, item, TOY))
    refused = [one for one in found if isinstance(one, Refusal)]
    return [(one["type"], one["id"]) for one in found if not isinstance(one, Refusal)], refused


def test_a_parcel_that_cannot_be_read_takes_nothing_with_it():
    broken = parcel(2, goods=[{"sku": "TEE", "count": "2"}, {"sku": "MUG", "count": "many"}])
    lines, (refused,) = told(an_order(parcel(1), broken, parcel(3)))
    assert lines == [("order", "A-1"), ("fulfilment", "A-1/1"), ("fulfilment", "A-1/3")]
    assert (refused.type, refused.system, refused.id) == ("fulfilment", "toy", "A-1/2")
    assert (refused.code, refused.field) == ("item_not_readable", "parcels[2].goods[2].count")
    assert refused.reason.startswith("Toy, an item of orders, A-1: parcels[2].goods[2].count cannot be read (")


def test_what_lacks_is_said_to_lack():
    without = {name: said for name, said in parcel(1).items() if name != "sent"}
    _, (refused,) = told(an_order(without))
    assert refused.reason == "Toy, an item of orders, A-1: parcels[1].sent is missing."


def test_each_broken_record_is_one_refusal():
    lines, refused = told(an_order(parcel(1, goods=None), parcel(2), parcel(3, goods=7), placed=MOMENT))
    assert lines == [("order", "A-1"), ("fulfilment", "A-1/2")]
    assert [(one.id, one.field) for one in refused] == [("A-1/1", "parcels[1].goods"), ("A-1/3", "parcels[3].goods")]
    assert len({one.sha256 for one in refused}) == 2


def test_what_was_told_before_a_mapper_gave_up_is_kept():
    lines, (refused,) = told(an_order() | {"parcels": None})
    assert lines == [("order", "A-1")]
    # a refusal under the order's own name would be made good by the order beside it
    assert (refused.id, refused.field) == (None, "parcels")


def test_a_mapper_without_parts_is_refused_whole():
    lines, (refused,) = told({"id": "P-1", "changed": MOMENT}, CONNECTOR)
    assert lines == []
    assert (refused.type, refused.id, refused.field) == ("product", "P-1", "sku")


def test_the_item_is_kept_as_it_came():
    item = an_order(parcel(1, goods=None, weight=Decimal("1.500"), note=None, count=3), big=10**30)
    _, (refused,) = told(item)
    assert item_of(refused.raw) == ("orders", item)
    assert b'"weight":1.500' in refused.raw
    assert json.loads(refused.raw)["type"] == "fulfilment"


def test_an_item_longer_than_a_line_is_kept_as_far_as_one_goes():
    _, (refused,) = told(an_order(parcel(1, goods=None, note="x" * LONGEST)))
    assert (len(refused.raw), item_of(refused.raw)) == (LONGEST, None)


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 1_001])
def test_a_name_that_no_database_keeps_is_left_out_of_the_refusal(name):
    _, (refused,) = told({"id": name, "changed": MOMENT, "note\ud800": "a\0b"}, CONNECTOR)
    assert refused.id is None
    assert "\0" not in refused.reason
    refused.reason.encode()


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(HOSTILE, HOSTILE)
def test_whatever_one_parcel_holds_the_others_are_told(one, other):
    lines, refused = told(an_order(one, parcel(2), parcel(3, goods=other)))
    assert {("order", "A-1"), ("fulfilment", "A-1/2")} <= set(lines)
    assert len(lines) + len(refused) == 4
    assert all(item_of(one.raw) for one in refused)


@given(HOSTILE)
def test_an_item_that_is_followed_is_the_same(item):
    followed = Trail(item).item
    assert repr(followed) == repr(item)
    if isinstance(item, dict):
        assert followed | {"b": 1} == item | {"b": 1}


def kept(*items, at=BEGIN):
    connection = Connection.objects.filter(system="toy").first() or connected("generic", "toy")
    pairs = [("orders", item) for item in items]
    return store(connection, SHOP, pairs, read_at=at, take_in=take_in_lines, source="pull")


@pytest.mark.django_db
def test_a_refused_part_stands_in_the_ledgers_of_refused_lines_under_its_name():
    taken = kept(an_order(parcel(1), parcel(2, goods=None)))
    assert (taken.accepted, taken.rejected) == (2, 1)
    assert set(ledger()) == {("order", "A-1"), ("fulfilment", "A-1/1")}
    refused = RejectedLine.objects.get()
    assert (refused.type, refused.record_id, refused.field) == ("fulfilment", "A-1/2", "parcels[2].goods")
    assert kept(an_order(parcel(1), parcel(2, goods=None))).accepted == 0
    assert RejectedLine.objects.count() == 1


@pytest.mark.django_db
def test_a_part_that_can_be_read_again_is_a_later_version_though_it_says_what_was_known():
    kept(an_order(parcel(1), parcel(2)))
    kept(an_order(parcel(1), parcel(2, goods=None)), at=BEGIN + timedelta(minutes=5))
    refused = RejectedLine.objects.get()
    kept(an_order(parcel(1), parcel(2)), at=BEGIN + timedelta(minutes=10))
    assert LedgerEntry.objects.get(id="A-1/2", until=None).arrived_at > refused.arrived_at
    assert LedgerEntry.objects.filter(id="A-1/1").count() == 1


@pytest.mark.django_db
def test_what_was_kept_is_told_again_once_the_mapper_is_mended(monkeypatch, capsys):
    row = line(1)
    one = whole(order(1001, [row]) | {"fulfillments": [fulfilment(71, (row, 6)), fulfilment(72, (row, 4))]})
    connection, shopify = connected("shopify"), connector("shopify")
    with monkeypatch.context() as broken:
        broken.setattr("connectors.shopify.orders.FULFILMENT", None)
        store(connection, shopify, [("orders", one)], read_at=BEGIN, take_in=take_in_lines, source="pull")
        assert [(id, type) for type, id in ledger()] == [("1001", "order")]
        assert sorted(RejectedLine.objects.values_list("record_id", flat=True)) == ["71", "72"]
        assert tell_again(connection).accepted == 0
    call_command("connection", "again", "shopify")
    assert "2 records accepted, 0 still not readable" in capsys.readouterr().out
    assert {("fulfilment", "71"), ("fulfilment", "72")} <= set(ledger())
    assert tell_again(connection).lines == 0


@pytest.mark.django_db
def test_what_is_told_again_does_not_undo_what_was_read_since(monkeypatch):
    row = line(1)
    early = whole(order(1001, [row], note="early") | {"fulfillments": [fulfilment(71, (row, 6))]})
    late = whole(order(1001, [row], note="late", updatedAt=when(minutes=1)) | {"fulfillments": []})
    connection, shopify = connected("shopify"), connector("shopify")
    with monkeypatch.context() as broken:
        broken.setattr("connectors.shopify.orders.FULFILMENT", None)
        store(connection, shopify, [("orders", early)], read_at=BEGIN, take_in=take_in_lines, source="pull")
    store(connection, shopify, [("orders", late)], read_at=timezone.now(), take_in=take_in_lines, source="pull")
    tell_again(connection)
    assert ledger()["order", "1001"]["notes"] == "late"
    assert ("fulfilment", "71") in ledger()


def test_the_raw_item_of_a_line_that_would_be_too_long_is_left_out():
    item = {"id": "P-1", "changed": MOMENT, "sku": "TEE", "title": "Tee", "note": "x" * LONGEST}
    (line,) = mapped(CONNECTOR, "products", item, TOY)
    assert line["raw"] == {"left_out": "The item is longer than a line may be."}
