"""Mintsoft's words in the contract's: local dates, names in any case, goods back in stock too early."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import Fulfilment, Order, Return, StockMovement
from tests.connectors.reading import kept_and_refused, made, payload, records, said, told_and_refused
from tests.connectors.warehouse.mintsoft.account import level, order, product

MINTSOFT = made("warehouse", "mintsoft")


def sample(*, goods=None, **changed):
    found = copy.deepcopy(payload("mintsoft", "return")) | {"searched_on": "2026-06-14"} | changed
    found["ReturnItems"][0] |= goods or {}
    return found


def read(feed, item, kind, **settings):
    return [one for one in records(MINTSOFT, feed, item, settings=settings) if isinstance(one, kind)]


def test_an_order_and_its_despatch():
    item = order(7, status_name="Despatched", DespatchDate="2026-06-15T09:00:00")
    (found,) = read("orders", item, Order, currency="GBP", realm="client")
    assert (found.id, found.number, found.status, found.realm, found.currency) == ("7", "#7", "Despatched", "7", "GBP")
    assert found.refs == {"ecommerce_order": "557", "order_number": "#7"}
    assert [(line.sku, line.quantity, str(line.unit_price)) for line in found.lines] == [("TEE-BLK-M", 4, "12.5")]
    (sent,) = read("orders", item, Fulfilment)
    assert (sent.id, sent.status, sent.shipped_at.hour) == ("7/despatch", "dispatched", 8)  # summer in London
    assert [(line.sku, line.quantity) for line in sent.lines] == [("TEE-BLK-M", 4)]


@pytest.mark.parametrize("none", [None, "", "0001-01-01T00:00:00"])
def test_what_is_not_despatched_is_no_fulfilment(none):
    item = order(7, status_name="New", DespatchDate=none)
    assert read("orders", item, Fulfilment) == []


def test_a_status_without_a_name_is_given_by_its_id():
    assert read("orders", order(7, status_name=None, OrderStatusId=99), Order)[0].status == "99"


def test_goods_in_stock_before_the_return_is_confirmed():
    (found,) = read("returns", sample(), Return)
    assert (found.id, found.number, found.status, found.inspected_at) == ("55120", "RMA-2207", "requested", None)
    assert found.refs == {"rma": "RMA-2207", "order_number": "#1042"}
    assert found.requested_at.isoformat() == "2026-06-13T23:00:00+00:00"
    assert found.at.isoformat() == "2026-06-15T09:11:00+00:00"
    (line,) = found.lines
    assert (line.sku, line.quantity, line.reason_code, line.disposition) == ("TEE-BLK-M", 2, "Too small", "sellable")
    (moved,) = read("returns", sample(), StockMovement)
    assert (moved.id, moved.sku, moved.quantity, moved.condition) == ("return-item-1", "TEE-BLK-M", 2, "sellable")
    assert moved.refs["rma"] == "RMA-2207"


def test_a_return_of_another_brand_is_of_its_realm_and_so_is_what_went_back():
    assert {one.realm for one in records(MINTSOFT, "returns", sample(ClientId=9), settings={"realm": "client"})} == {
        "9"
    }
    assert {one.realm for one in records(MINTSOFT, "returns", sample(ClientId=9))} == {None}


def test_a_movement_is_dated_by_its_own_item_where_it_has_a_date():
    (moved,) = read("returns", sample(goods={"LastUpdated": "2026-06-14T10:00:00"}), StockMovement)
    assert moved.at.isoformat() == "2026-06-14T09:00:00+00:00"
    (moved,) = read("returns", sample(goods={"LastUpdated": "0001-01-01T00:00:00"}), StockMovement)
    assert moved.at.isoformat() == "2026-06-15T09:11:00+00:00"


def test_what_of_an_item_cannot_be_read_takes_nothing_else_with_it():
    item = order(7, status_name="New", DespatchDate="tomorrow")
    assert told_and_refused(MINTSOFT, "orders", item) == (
        [("order", "7")],
        [("fulfilment", "7/despatch", "despatchdate")],
    )
    item = sample()
    item["ReturnItems"].append(item["ReturnItems"][0] | {"ID": 2, "LeftToPutAway": "some"})
    told, refused = told_and_refused(MINTSOFT, "returns", item)
    assert told == [("return", "55120"), ("stock_movement", "return-item-1")]
    assert refused == [("stock_movement", "return-item-2", "ReturnItems[2].lefttoputaway")]


def test_what_is_left_to_put_away_has_not_moved():
    assert read("returns", sample(goods={"LeftToPutAway": 1}), StockMovement)[0].quantity == 1
    assert read("returns", sample(goods={"LeftToPutAway": 2}), StockMovement) == []


@pytest.mark.parametrize(
    ("flags", "status", "resolution"),
    [
        ({"Confirmed": True}, "closed", None),
        ({"Refunded": True}, "closed", "refund"),
        ({"Exchanged": True}, "closed", "exchange"),
        ({}, "requested", None),
    ],
)
def test_how_a_return_ends(flags, status, resolution):
    (found,) = read("returns", sample(**flags), Return)
    assert (found.status, found.resolution) == (status, resolution)


@pytest.mark.parametrize(
    ("action", "disposition"),
    [
        *(("Quarantine", "quarantine"), ("Scrap", "disposed"), ("Scrapped", "disposed"), ("dispose", "disposed")),
        *(("Damaged", "damaged"), ("ReturnToStock", "sellable"), ("Restock", "sellable")),
    ],
)
def test_stock_actions(action, disposition):
    item = sample(Confirmed=True, goods={"ReturnedToStock": False, "StockAction": action})
    (line,) = read("returns", item, Return)[0].lines
    assert (line.disposition, line.received_quantity) == (disposition, 2)


def test_a_stock_action_that_nobody_knows_is_refused_once_it_is_decided_and_the_rest_of_its_return_is_kept():
    goods = {"ReturnedToStock": False, "StockAction": "Shelf of wonders"}
    (kept,), (refused,) = kept_and_refused(MINTSOFT, "returns", sample(Confirmed=True, goods=goods))
    assert (kept.status, kept.lines[0].disposition, kept.lines[0].received_quantity) == ("closed", None, 2)
    assert (refused.id, refused.field) == ("55120", "lines[1].disposition")
    assert "Shelf of wonders" in refused.reason
    assert kept_and_refused(MINTSOFT, "returns", sample(goods=goods))[1] == []  # nothing is decided yet
    (found,) = read("returns", sample(Confirmed=True, goods=goods), Return, dispositions="shelf of wonders=missing")
    assert (found.lines[0].disposition, found.lines[0].received_quantity) == ("missing", 0)


def sellable(item, **settings):
    return {one.id: one.quantity for one in records(MINTSOFT, "stock", item, settings=settings)}


def test_levels():
    item = level(1) | {"read_at": "2026-11-20T12:00:00Z"}
    assert sellable(item) == {"SKU-1@3/sellable": 12}
    assert sellable(item, stock="available") == {"SKU-1@3/sellable": 9}
    assert sellable(item | {"TotalStockLevel": None}) == {"SKU-1@3/sellable": 9}


def test_a_level_below_nought_is_told_as_it_is():
    item = level(1) | {"TotalStockLevel": -2, "read_at": "2026-11-20T12:00:00Z"}
    assert sellable(item) == {"SKU-1@3/sellable": -2}


def test_a_level_that_counts_nothing_by_a_known_name_is_shown_and_not_left_out():
    item = {"SKU": "SKU-1", "WarehouseId": 3, "PiecesInStock": 12, "read_at": "2026-11-20T12:00:00Z"}
    (refused,) = said(MINTSOFT, "stock", item)
    assert (refused.type, refused.code) == ("stock_level", "item_not_readable")
    assert "StockLevel" in refused.reason


def test_levels_by_condition():
    counts = {"StockLevel": 12, "OnHand": 12, "Allocated": 3, "InQuarantine": 2, "Scrapped": 0}
    item = {"SKU": "SKU-1", "WarehouseId": 3, "read_at": "2026-11-20T12:00:00Z"} | counts
    found = {"SKU-1@3/sellable": 12, "SKU-1@3/quarantine": 2, "SKU-1@3/damaged": 0}
    assert sellable(item) == found
    assert sellable(item, stock="available") == found | {"SKU-1@3/sellable": 9}


@pytest.mark.parametrize(("said", "price"), [({}, "12.5"), ({"PriceNet": 0}, "12.5"), ({"PriceNet": 10.42}, "10.42")])
def test_prices_are_net_where_a_net_one_is_told(said, price):
    item = order(7, status_name="New")
    item["OrderItems"][0] |= said
    assert str(read("orders", item, Order)[0].lines[0].unit_price) == price


MONEY = {"TotalOrderGross": 60, "TotalOrderTax": 10, "ShippingNet": 5, "DiscountNet": 2, "Channel": {"Name": "Trade"}}
OLDER = {"TotalOrderGross": 60, "TotalVat": 10, "ShippingTotalExVat": 5, "DiscountTotalExVat": 2}
NOUGHT = {"TotalOrderTax": 0, "ShippingNet": 0, "DiscountNet": 0}


@pytest.mark.parametrize("said", [MONEY, OLDER, OLDER | NOUGHT])
def test_what_an_order_comes_to(said):
    (found,) = read("orders", order(7, status_name="New", **said), Order)
    assert (found.total, found.tax, found.shipping, found.discount) == (60, 10, 5, 2)
    assert found.channel == ("Trade" if said is MONEY else None)


def test_an_account_that_keeps_no_money_says_nothing_of_it():
    (found,) = read("orders", order(7, status_name="New", **dict.fromkeys(MONEY, 0) | {"Channel": None}), Order)
    assert (found.total, found.tax, found.shipping, found.discount) == (None, None, None, None)


def test_discounts_of_lines_are_not_counted_twice():
    item = order(7, status_name="New", **MONEY)
    item["OrderItems"][0]["DiscountNet"] = 2
    (found,) = read("orders", item, Order)
    assert (found.discount, found.lines[0].discount) == (None, 2)


@pytest.mark.parametrize(("discontinued", "active"), [(False, True), (True, False), (None, None)])
def test_a_product(discontinued, active):
    item = product(7, DisCont=discontinued) | {"read_at": "2026-11-20T12:00:00Z"}
    (found,) = records(MINTSOFT, "products", item)
    assert (found.id, found.sku, found.title, found.active) == ("7", "SKU-7", "Tee", active)
    assert found.barcode == "5060000000017"
    (undated,) = records(MINTSOFT, "products", item | {"LastUpdated": None})
    assert undated.at.isoformat() == "2026-11-20T12:00:00+00:00"


def test_where_an_order_goes_to():
    (found,) = read("orders", order(7, status_name="New"), Order)
    assert found.ship_to == {"address1": "1 High St", "town": "Leeds", "postcode": "LS1 1AA", "country": "GB"}
    assert (found.customer.id, found.customer.name, found.currency) == (None, "Trade Buyer Ltd", "GBP")
    more = {"Address2": "Unit 3", "Address3": "The Mill", "County": "West Yorkshire"}
    (found,) = read("orders", order(7, status_name="New", **more), Order)
    assert {name: found.ship_to[name.lower()] for name in more} == more
    (found,) = read("orders", order(7, status_name="New", CompanyName=None), Order)
    assert found.customer.name == "Ada Byron"


def test_an_order_without_an_address_says_so_unless_it_was_blotted_out():
    gone = dict.fromkeys(("Address1", "Town", "PostCode", "Country"))
    assert read("orders", order(7, status_name="New", **gone), Order)[0].ship_to is None
    assert read("orders", order(7, status_name="New", PIIRemoved=True, **gone), Order)[0].ship_to == {"removed": True}


@given(st.data())
def test_names_are_read_in_any_case(data):
    def recased(value):
        if isinstance(value, dict):
            return {data.draw(st.sampled_from([k, k.lower(), k.upper()])): recased(v) for k, v in value.items()}
        return [recased(one) for one in value] if isinstance(value, list) else value

    def without_raw(lines):
        return [{name: value for name, value in line.items() if name != "raw"} for line in lines]

    assert without_raw(said(MINTSOFT, "returns", recased(sample()))) == without_raw(said(MINTSOFT, "returns", sample()))
