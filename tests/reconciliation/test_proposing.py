"""The flows that are proposed to a brand, from the kinds of its systems."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.registry import connectors
from exceptions.setup.members import gives_of
from reconciliation.proposing import Member, proposed_authorities, proposed_flows, proposed_to_carry_po
from reconciliation.topology_rows import RECORDS, RowReading

STOREFRONT = Member("sparklayer", "sparklayer", frozenset({"order", "fulfilment", "return"}))
SHOP = Member("shop", "shopify", frozenset({"order", "fulfilment", "return", "credit", "product", "stock_level"}))
PORTAL = Member("rebound", "rebound", frozenset({"return"}))
HOUSE = Member("house", "warehouse", frozenset({"order", "fulfilment", "return", "stock_level", "product"}))
FILES = Member("files", "warehouse", frozenset({"fulfilment", "return", "stock_level"}))
BOOKS = Member("books", "erp", frozenset({"credit"}))
LAYER = Member("layer", "ipaas", frozenset({"outcome"}))
BRAND = [STOREFRONT, SHOP, PORTAL, HOUSE, BOOKS, LAYER]


def legs(*systems):
    return {(flow.record, flow.source, flow.target) for flow in proposed_flows(systems) if not flow.doubt}


def test_a_brand_of_storefront_shop_portal_warehouse_and_books():
    assert legs(*BRAND) == {
        ("order", "sparklayer", "shop"),
        ("order", "sparklayer", "house"),
        ("fulfilment", "house", "shop"),
        ("fulfilment", "house", "sparklayer"),
        ("return", "rebound", "shop"),
        ("return", "rebound", "house"),
        ("credit", "rebound", "books"),
        ("stock", "house", "shop"),
        ("product", "shop", "house"),
    }


def test_a_shop_and_a_warehouse_alone():
    assert legs(SHOP, HOUSE) == {
        ("order", "shop", "house"),
        ("fulfilment", "house", "shop"),
        ("return", "shop", "house"),
        ("stock", "house", "shop"),
        ("product", "shop", "house"),
    }


def test_what_is_not_read_from_a_target_is_doubtful_and_says_why():
    doubted = {flow.key: flow.doubt for flow in proposed_flows([SHOP, FILES, BOOKS]) if flow.doubt}
    assert doubted == {
        "orders-to-files": "No order is read from files yet.",
        "orders-to-books": "No order is read from books yet.",
    }


def test_how_each_sort_usually_runs():
    said = {flow.key: flow.said() for flow in proposed_flows(BRAND)}
    assert said["orders-to-house"] == {
        "record": "order",
        "source": "sparklayer",
        "target": "house",
        "cadence": "15m",
        "grace": "2h",
        "within": "48h",
        "compare": ["status", "lines"],
    }
    assert said["credits-to-books"]["tolerance"] == {"amount": "0.05"}
    assert said["credits-to-books"]["within"] == "5d"
    assert said["stock-to-shop"]["tolerance"] == {"quantity": "2"}


def test_two_senders_to_one_target_are_told_apart_by_their_keys():
    swap = Member("swap", "swap", frozenset({"return", "credit"}))
    keys = {flow.key for flow in proposed_flows([SHOP, PORTAL, swap]) if flow.record == "return"}
    assert keys == {"returns-rebound-to-shop", "returns-swap-to-shop"}


def test_systems_of_different_realms_are_not_joined():
    here = Member("here", "sparklayer", frozenset({"order"}), realm="uk")
    there = Member("there", "shopify", frozenset({"order"}), realm="us")
    assert legs(here, there) == set()
    assert legs(here, Member("all", "shopify", frozenset({"order"}))) == {("order", "here", "all")}


def test_whose_word_is_likely_to_count():
    assert proposed_authorities(BRAND) == {
        "order": ["sparklayer"],
        "price": ["sparklayer"],
        "product": ["shop"],
        "stock": ["house"],
        "return": ["rebound"],
        "credit": ["books"],
    }


def test_orders_of_trade_storefronts_are_likely_to_carry_a_po_number():
    assert proposed_to_carry_po(BRAND) == ["sparklayer"]
    assert proposed_to_carry_po([SHOP, HOUSE]) == []


def test_nobodys_word_counts_where_nobody_tells():
    assert set(map(tuple, proposed_authorities([LAYER]).values())) == {()}
    assert proposed_flows([LAYER]) == []


def test_every_proposal_fits_the_rules_of_the_topology():
    members = [Member(f"{one.vendor or one.kind}", one.kind, gives_of(one.kind, one.vendor)) for one in connectors()]
    flows = proposed_flows(members)
    assert {flow.record for flow in flows} == set(RECORDS)
    reading = RowReading()
    for flow in flows:
        reading.flow(flow.key, flow.said(), [member.key for member in members])
    assert reading.problems == []
    assert len({flow.key for flow in flows}) == len({(f.record, f.source, f.target) for f in flows}) == len(flows)


@given(st.lists(st.sampled_from(BRAND), unique=True), st.randoms())
def test_the_order_of_the_systems_does_not_matter(systems: list[Member], shuffler: random.Random):
    mixed = list(systems)
    shuffler.shuffle(mixed)
    assert proposed_flows(mixed) == proposed_flows(systems)
    assert proposed_authorities(mixed) == proposed_authorities(systems)


@pytest.mark.parametrize("kind", ["generic", "ipaas"])
def test_of_such_a_system_nothing_is_known(kind):
    assert legs(SHOP, Member("one", kind)) == set()
