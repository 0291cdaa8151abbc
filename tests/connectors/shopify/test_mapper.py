"""Shopify's drafts, variants and levels in the contract's words; whatever is unknown is kept and stops nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.lines import parse_object
from connectors.mapping import mapped
from connectors.models import Connection
from connectors.registry import Words, connector
from connectors.shopify.mapper import lines
from tests.connectors.shopify.shop import WORDS, draft, level, order, sent_back, variant
from tests.connectors.shopify.told import KNOWN, ROW, records, whole


def a_draft(**said):
    one = draft(31, **said)
    return one | {"lineItems": {"nodes": one["lineItems"]}}


def test_a_draft_on_account_is_an_order():
    (found,) = records(a_draft(), "drafts")["Order"]
    assert (found.id, found.status, found.payment.method) == ("draft-31", "open", "on_account")
    assert (found.refs["purchase_order"], found.total, found.tax) == ("PO-9", Decimal("120.00"), Decimal("20.00"))


def test_a_quote_is_not():
    assert records(a_draft(customAttributes=[{"key": "sparkPaymentType", "value": "quote"}]), "drafts") == {}
    assert records(a_draft(), "drafts", Words("shopify", {"drafts": "never"})) == {}


def test_a_variant():
    one = variant(41, "TEE") | {"packSize": {"value": "6"}, "settings": None}
    (found,) = records(one, "products")["Product"]
    assert (found.id, found.sku, found.active, found.uom, found.pack_size) == ("41", "TEE", True, "each", 1)
    (found,) = records(one, "products", Words("shopify", {"pack_sizes": "as_catalogue"}))["Product"]
    assert (found.uom, found.pack_size) == ("pack", 6)
    assert records(one | {"sku": " "}, "products") == {}


@pytest.mark.parametrize(
    ("settings", "pack"),
    [
        ('[{"customer_group": "vip", "pack_size": 4}, {"customer_group": "base", "pack_size": 12}]', 12),
        ('[{"customer_group": "vip", "pack_size": 4}]', 6),
        ('[{"customer_group": "base", "min_order_quantity": 5}]', 6),
        ('{"customer_group": "base"}', 6),
        ("[3", 6),
    ],
)
def test_the_settings_of_the_base_group_go_before_the_pack_size(settings, pack):
    one = variant(41, "TEE") | {"packSize": {"value": "6"}, "settings": {"value": settings}}
    (found,) = records(one, "products", Words("shopify", {"pack_sizes": "as_catalogue"}))["Product"]
    assert (found.uom, found.pack_size) == ("pack", pack)


def test_a_level_by_condition():
    one = level(5, "TEE", available=-3, committed=10, damaged=2, quality_control=1, reserved=4, safety_stock=5)
    said = {row.condition: row.quantity for row in records(one, "stock")["StockLevel"]}
    assert said == {"sellable": 7, "reserved": 9, "damaged": 2, "quarantine": 1}
    said = {
        row.condition: row.quantity
        for row in records(one, "stock", Words("shopify", {"stock": "available"}))["StockLevel"]
    }
    assert said["sellable"] == -3
    assert set(records(one | {"isActive": False}, "stock")) == {"Withdrawal"}


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    )
)
def test_no_answer_whatever_stops_a_feed(value):
    item = value if isinstance(value, dict) else {"id": value}
    connection = Connection(system="shopify", kind="shopify", settings={})
    for feed in ("orders", "drafts", "products", "stock"):
        for said in mapped(connector("shopify"), feed, item, connection):
            parse_object(1, said, KNOWN)


def test_the_mapper_is_pure():
    item = whole(order(lines=[ROW]) | {"returns": [sent_back(91, (ROW, 4, 0), decided=[(ROW, "RESTOCKED", 4)])]})
    assert list(lines("orders", item, WORDS)) == list(lines("orders", item, WORDS))
