"""Shopify's drafts, variants and levels in the contract's words; whatever is unknown is kept and stops nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mapping import mapped
from connectors.models import Connection
from connectors.registry import Words, connector
from connectors.shopify.mapper import lines
from tests.connectors.reading import taken, told_and_refused
from tests.connectors.shopify.shop import (
    WORDS,
    draft,
    fulfilment,
    level,
    line,
    money,
    order,
    refund,
    sent_back,
    variant,
    when,
)
from tests.connectors.shopify.told import KNOWN, ROW, records, whole
from tests.connectors.vendors import BEGIN


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
            taken(said, KNOWN)


def test_the_mapper_is_pure():
    item = whole(order(lines=[ROW]) | {"returns": [sent_back(91, (ROW, 4, 0), decided=[(ROW, "RESTOCKED", 4)])]})
    assert list(lines("orders", item, WORDS)) == list(lines("orders", item, WORDS))


def test_a_level_is_dated_by_the_latest_of_its_quantities():
    one = level(5, "TEE", updated=when(hours=2), available=3)
    one["quantities"][0]["updatedAt"] = when(hours=1)
    assert {found.at for found in records(one, "stock")["StockLevel"]} == {BEGIN - timedelta(hours=1)}


@pytest.mark.parametrize("change", [{"tracked": False}, {"sku": " "}, {"sku": None}])
def test_goods_that_are_not_counted_have_no_level(change):
    one = level(5, "TEE", available=3)
    told = list(lines("stock", one | {"item": one["item"] | change}, WORDS))
    assert {row["id"] for row in told} == {row.id for row in records(one, "stock")["StockLevel"]}
    assert all(row["deleted"] and row["if_known"] for row in told)


@pytest.mark.parametrize(
    ("status", "active"),
    [("ACTIVE", True), ("UNLISTED", True), ("DRAFT", False), ("ARCHIVED", False), ("SLEEPING", None)],
)
def test_what_is_on_sale(status, active):
    one = variant(41, "TEE", product={"id": "gid://shopify/Product/4", "status": status})
    (found,) = records(one | {"packSize": None, "settings": None}, "products")["Product"]
    assert found.active is active


@pytest.mark.parametrize(("status", "ours"), [("OPEN", "open"), ("INVOICE_SENT", "open"), ("FROZEN", "FROZEN")])
def test_the_status_of_a_draft(status, ours):
    assert records(a_draft(status=status), "drafts")["Order"][0].status == ours


def test_what_is_taken_off_a_draft_as_a_whole_is_the_orders_discount():
    rows = [line(1) | {"totalDiscountSet": money("5.00")}]
    (found,) = records(a_draft(lineItems=rows, totalDiscountsSet=money("25.00")), "drafts")["Order"]
    assert (found.discount, found.lines[0].discount) == (Decimal(20), Decimal(5))
    for said in ("5.00", "3.00"):
        (found,) = records(a_draft(lineItems=rows, totalDiscountsSet=money(said)), "drafts")["Order"]
        assert found.discount == 0


def test_a_sku_at_two_locations_is_two_levels():
    here = level(5, "TEE", available=3)
    place = {"id": "gid://shopify/Location/2", "name": "Leeds"}
    there = level(5, "TEE", available=4) | {"id": "gid://shopify/InventoryLevel/2?inventory_item_id=5"}
    found = [one for each in (here, there | {"location": place}) for one in records(each, "stock")["StockLevel"]]
    sellable = {one.id: (one.location, one.quantity) for one in found if one.condition == "sellable"}
    assert sellable == {"1-5/sellable": ("Daventry", 3), "2-5/sellable": ("Leeds", 4)}


def everything():
    """An order with two of all that can hang on one."""
    rows = [line(1, "MUG-12", 12), line(2, "TEE", 5)]
    backs = [sent_back(91 + n, (row, 2, 0), decided=[(row, "RESTOCKED", 2)]) for n, row in enumerate(rows)]
    refunds = [refund(81 + n, (row, 1, "RETURN", "10.00", "2.00")) for n, row in enumerate(rows)]
    parcels = [fulfilment(71 + n, (row, row["quantity"])) for n, row in enumerate(rows)]
    return whole(order(1001, rows) | {"fulfillments": parcels, "refunds": refunds, "returns": backs})


@pytest.mark.parametrize(
    ("spoil", "lost"),
    [
        (lambda one: one["fulfillments"][1].pop("updatedAt"), ("fulfilment", "72", "fulfillments[2].updatedAt")),
        (lambda one: one["returns"][0].pop("closedAt"), ("return", "91", "returns[1].closedAt")),
        (lambda one: one["refunds"][1].pop("processedAt"), ("credit", "82", "refunds[2].processedAt")),
        (lambda one: one.pop("note"), ("order", "1001", "note")),
    ],
)
def test_one_broken_part_of_an_order_takes_nothing_with_it(spoil, lost):
    whole_one, _ = told_and_refused(connector("shopify"), "orders", everything())
    one = everything()
    spoil(one)
    lines, refused = told_and_refused(connector("shopify"), "orders", one)
    assert lost in refused
    missing = set(whole_one) - set(lines)
    assert lost[:2] in missing
    # what a refund restocked is dated by the refund, and so is read with it
    assert {type for type, _ in missing} <= {lost[0], "stock_movement"}
    assert len(missing) <= 2
