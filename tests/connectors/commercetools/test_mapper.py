"""commercetools' words in the contract's: minor units exact, states in pairs, on account told from owed credit."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.commercetools.mapper import lines
from connectors.commercetools.money import amount
from connectors.lines import Accepted, Known
from connectors.mapping import mapped
from connectors.models import Connection
from connectors.registry import Words, connector
from tests.connectors.commercetools.project import (
    back,
    cents,
    delivery,
    entry,
    expanded,
    item_back,
    line,
    order,
    payment,
    product,
    transaction,
)
from tests.connectors.reading import taken, told_and_refused

KNOWN = Known(systems=frozenset({"commercetools"}), flows={})
PAYLOADS = Path(__file__).parents[2] / "payloads" / "commercetools"


def records(item, feed="orders", **settings):
    """Records by type; each is accepted by the contract."""
    found = {}
    connection = Connection(system="commercetools", kind="commercetools", settings=settings)
    for said in mapped(connector("commercetools"), feed, item, connection):
        read = taken(said, KNOWN)
        assert isinstance(read, Accepted), read
        found.setdefault(type(read.record).__name__, []).append(read.record)
    return found


def the_order(item, **settings):
    (found,) = records(item, **settings)["Order"]
    return found


def the_return(*items, **settings):
    (found,) = records(order(returnInfo=[back(*items)]), **settings)["Return"]
    return found


@pytest.fixture
def golden():
    return records(json.loads((PAYLOADS / "order.json").read_text()), sync_channels="erp=sales_order")


def test_an_order_on_account(golden):
    (found,) = golden["Order"]
    assert (found.id, found.number, found.channel, found.customer.id) == ("0c2", "B2B-1042", "b2b", "acme-north")
    assert found.refs == {
        "ecommerce_order": "0c2",
        "order_number": "B2B-1042",
        "purchase_order": "PO-4500012345",
        "sales_order": "SO-88120",
    }
    assert (found.status, found.payment.method, found.payment.status) == ("part_fulfilled", "on_account", "pending")
    assert (found.currency, found.total, found.tax) == ("GBP", Decimal("144.00"), Decimal("24.00"))
    (row,) = found.lines
    assert (row.id, row.sku, row.quantity, row.fulfilled_quantity) == ("li-1", "MUG-12", 10, 6)
    assert (row.unit_price, row.discount) == (Decimal(12), 0)


def test_credit_owed_is_no_credit_note(golden):
    assert "Credit" not in golden


def test_a_delivery(golden):
    (found,) = golden["Fulfilment"]
    assert (found.id, found.status, found.shipped_at.isoformat()) == (
        "0c2/d-1",
        "dispatched",
        "2026-11-04T08:00:00+00:00",
    )
    assert [(row.sku, row.quantity) for row in found.lines] == [("MUG-12", 6)]


def test_goods_restocked_before_the_refund(golden):
    (found,), (moved,) = golden["Return"], golden["StockMovement"]
    assert (found.number, found.refs["rma"], found.status, found.resolution) == ("RMA-77", "RMA-77", "inspected", None)
    assert (found.lines[0].disposition, found.lines[0].accepted_quantity) == ("sellable", 2)
    assert found.requested_at.isoformat() == "2026-11-08T09:00:00+00:00"
    assert (moved.sku, moved.quantity, moved.condition, moved.refs["rma"]) == ("MUG-12", 2, "sellable", "RMA-77")


@pytest.mark.parametrize(
    ("money", "value"),
    [
        (cents(1200), "12.00"),
        (cents(1200, "JPY", 0), "1200"),
        (cents(1234, "KWD", 3), "1.234"),
        ({"type": "highPrecision", "preciseAmount": 833333, "fractionDigits": 5, "centAmount": 833}, "8.33333"),
        ({"centAmount": -5, "fractionDigits": 2}, "-0.05"),
    ],
)
def test_money_is_exact(money, value):
    assert amount(money) == Decimal(value)


@given(precise=st.integers(0, 10**12), digits=st.integers(3, 20))
def test_high_precision_is_never_a_float(precise, digits):
    money = {"type": "highPrecision", "preciseAmount": precise, "fractionDigits": digits, "centAmount": 1}
    assert amount(money) * 10**digits == precise


@pytest.mark.parametrize(
    ("own", "shipment", "status"),
    [
        ("Open", None, "open"),
        ("Confirmed", None, "released"),
        ("Confirmed", "Ready", "released"),
        ("Open", "Backorder", "open"),
        ("Confirmed", "Delayed", "released"),
        ("Open", "Partial", "part_fulfilled"),
        ("Open", "Shipped", "fulfilled"),
        ("Confirmed", "Delivered", "fulfilled"),
        ("Complete", "Delivered", "closed"),
        ("Cancelled", "Pending", "cancelled"),
        ("Open", "Canceled", "open"),
        ("Thinking", None, "Thinking"),
        ("Open", "Teleported", "Teleported"),
    ],
)
def test_the_status_of_an_order(own, shipment, status):
    assert the_order(order(orderState=own, shipmentState=shipment)).status == status


def test_a_workflow_of_the_tenants_own():
    item = order(state={"typeId": "state", "id": "s-1", "obj": {"key": "credit-check"}})
    assert the_order(item).status == "open"
    assert the_order(item, order_status="workflow").status == "credit-check"


@pytest.mark.parametrize(
    ("said", "status"),
    [("BalanceDue", "pending"), ("CreditOwed", "pending"), ("Paid", "paid"), ("Failed", "failed"), ("Lent", "Lent")],
)
def test_how_far_an_order_is_paid(said, status):
    assert the_order(order(paymentState=said)).payment.status == status


def test_payments_are_the_sum_of_what_succeeded():
    def status(*transactions):
        return the_order(expanded(order(), payment("p", *transactions))).payment.status

    assert status(transaction("1", "Authorization", 12000)) == "authorised"
    assert status(transaction("1", "Charge", 12000)) == "paid"
    assert status(transaction("1", "Charge", 12000, "Failure")) is None
    assert status(transaction("1", "Charge", 12000), transaction("2", "Refund", 100)) == "part_refunded"
    assert status(transaction("1", "Charge", 12000), transaction("2", "Refund", 12000)) == "refunded"


@pytest.mark.parametrize(
    ("state", "status"),
    [("Success", "issued"), ("Pending", "draft"), ("Initial", "draft"), ("Failure", "failed"), ("Odd", "Odd")],
)
def test_a_refund_is_a_transaction(state, status):
    item = expanded(order(), payment("p", transaction("1", "Charge", 500), transaction("2", "Refund", 500, state)))
    (found,) = records(item)["Credit"]
    assert (found.id, found.kind, found.amount, found.status) == ("o-001/2", "refund", Decimal("5.00"), status)
    assert found.settled is (state == "Success")


def test_a_payment_that_moved_later_dates_its_order():
    item = expanded(order(), payment("p", lastModifiedAt="2027-01-01T00:00:00.000Z"))
    assert the_order(item).at.year == 2027


def test_the_method_of_an_order():
    assert the_order(expanded(order(), payment("p", method="CREDIT_CARD"))).payment.method == "CREDIT_CARD"
    item = order(custom={"fields": {"payBy": "on_account", "net": "30 days", "stop": "limit exceeded"}})
    found = the_order(item, fields="method=payBy, terms=net, hold=stop").payment
    assert (found.method, found.terms, found.hold) == ("on_account", "30 days", "limit exceeded")


@pytest.mark.parametrize(
    ("states", "status", "resolution"),
    [
        ([("Advised", "NonRefundable")], "authorised", None),
        ([("Returned", "Initial")], "received", None),
        ([("Advised", "NonRefundable"), ("Returned", "Initial")], "received", None),
        ([("BackInStock", "Initial")], "inspected", None),
        ([("BackInStock", "Initial"), ("Returned", "Initial")], "received", None),
        ([("BackInStock", "Refunded"), ("Unusable", "NotRefunded")], "closed", "refund"),
        ([("Unusable", "NotRefunded")], "closed", "none"),
        ([("Lost", "Initial")], "Lost", None),
        ([("Unusable", "Haggled")], "Haggled", None),
        ([("BackInStock", "Refunded"), ("BackInStock", "Haggled")], "Haggled", "refund"),
    ],
)
def test_how_far_a_return_is(states, status, resolution):
    found = the_return(*[item_back(f"ri-{n}", *pair) for n, pair in enumerate(states)])
    assert (found.status, found.resolution) == (status, resolution)


def test_a_return_of_goods_on_account_is_credited():
    item = order(paymentState="CreditOwed", returnInfo=[back(item_back("ri", "Unusable", "Refunded"))])
    (found,) = records(item)["Return"]
    assert (found.resolution, found.lines[0].disposition) == ("credit", "damaged")


def test_the_reason_of_a_return_is_the_tenants_own_field():
    item = item_back(custom={"fields": {"why": {"key": "too-small", "label": "Too small"}}})
    assert the_return(item).lines[0].reason_code is None  # the comment is for people
    assert the_return(item, fields="reason=why").lines[0].reason_code == "too-small"


def test_a_return_of_a_custom_line():
    rows = [{"id": "cl-1", "slug": "GIFT-WRAP", "quantity": 1, "money": cents(500), "totalPrice": cents(500)}]
    back_item = item_back() | {"type": "CustomLineItemReturnItem", "lineItemId": None, "customLineItemId": "cl-1"}
    found = records(order(customLineItems=rows, returnInfo=[back(back_item)]))
    assert found["Return"][0].lines[0].sku == "GIFT-WRAP"
    assert found["Order"][0].lines[1].unit_price == Decimal("5.00")


def test_several_shippings():
    infos = [{"shippingInfo": {"price": cents(500), "deliveries": [delivery(f"d-{n}", ("li-1", n))]}} for n in (1, 2)]
    found = records(order(shipping=infos))
    assert [one.id for one in found["Fulfilment"]] == ["o-001/d-1", "o-001/d-2"]
    assert (found["Order"][0].shipping, found["Order"][0].lines[0].fulfilled_quantity) == (Decimal("10.00"), 3)


@pytest.mark.parametrize(
    ("said", "shipping"),
    [
        ({"price": cents(500)}, "5.00"),
        ({"price": cents(500), "discountedPrice": {"value": cents(300)}}, "3.00"),
        ({"price": cents(600), "taxedPrice": {"totalNet": cents(500), "totalGross": cents(600)}}, "5.00"),
        (
            {"price": cents(600), "taxedPrice": {"totalNet": cents(250)}, "discountedPrice": {"value": cents(300)}},
            "2.50",
        ),
        ({"shippingMethodName": "Collected"}, None),
    ],
)
def test_what_sending_costs(said, shipping):
    assert the_order(order(shippingInfo=said)).shipping == (None if shipping is None else Decimal(shipping))


def test_a_discount_that_is_a_line_of_its_own_is_below_nought():
    rows = [{"id": "cl-1", "slug": "GOODWILL", "quantity": 1, "money": cents(-500), "totalPrice": cents(-500)}]
    (_, row) = the_order(order(customLineItems=rows)).lines
    assert (row.sku, row.unit_price) == ("GOODWILL", Decimal("-5.00"))


def test_a_gift_is_a_line_of_no_worth():
    (row,) = the_order(order(lineItems=[line(quantity=2, price=1200) | {"totalPrice": cents(0)}])).lines
    assert row.unit_price * row.quantity - row.discount == 0


def test_goods_priced_with_many_digits_come_to_their_total():
    exact = {
        "type": "highPrecision",
        "currencyCode": "GBP",
        "preciseAmount": 833333,
        "fractionDigits": 5,
        "centAmount": 833,
    }
    item = line(quantity=12) | {"price": {"value": exact}, "totalPrice": cents(10000)}
    (row,) = the_order(order(lineItems=[item])).lines
    assert row.unit_price * 12 - (row.discount or 0) == pytest.approx(Decimal(100), abs=Decimal("0.000001"))


def test_two_stocks_of_a_sku_are_two_levels():
    here, there = entry(1), entry(2, sku="SKU-1", supplyChannel={"id": "c-1", "obj": {"key": "leeds"}})
    found = [one for each in (here, there) for one in records(each, "stock")["StockLevel"]]
    assert {(one.sku, one.location) for one in found} == {("SKU-1", "default"), ("SKU-1", "leeds")}


def test_what_is_shipped_without_deliveries_is_shipped_whole():
    assert the_order(order(shipmentState="Shipped")).lines[0].fulfilled_quantity == 10
    assert the_order(order(shipmentState="Pending")).lines[0].fulfilled_quantity == 0


def test_a_discounted_line_keeps_its_price_and_its_worth():
    (row,) = the_order(order(lineItems=[line(quantity=10, price=1200) | {"totalPrice": cents(10001)}])).lines
    assert (row.unit_price, row.discount) == (Decimal("12.00"), Decimal("19.99"))


def test_a_price_with_tax_is_made_net():
    taxed = {"totalNet": cents(1000), "totalGross": cents(1200)}
    item = line(quantity=3, price=400) | {"taxedPrice": taxed, "taxRate": {"includedInPrice": True}}
    (row,) = the_order(order(lineItems=[item])).lines
    assert abs(row.unit_price * 3 - Decimal("10.00")) < Decimal("0.000000001")


def test_pack_sizes_are_where_the_tenant_keeps_them():
    attributes = [{"name": "packSize", "value": 12}, {"name": "unit", "value": {"key": "case", "label": "Case"}}]
    said = {"variant": {"id": 1, "sku": "MUG-12", "attributes": attributes}}
    (row,) = the_order(order(lineItems=[line() | said])).lines
    assert (row.uom, row.pack_size) == (None, None)
    (row,) = the_order(order(lineItems=[line() | said]), fields="pack_size=packSize, uom=unit").lines
    assert (row.uom, row.pack_size) == ("case", 12)


def test_the_channel_of_an_order():
    assert the_order(order(businessUnit=None)).channel == "b2c"
    assert the_order(order(businessUnit=None), channel="b2b").channel == "b2b"


def test_variants():
    item = product(1, "A", "B", " ")
    item["masterVariant"]["attributes"] = [{"name": "ean", "value": "5012345678900"}]
    found = records(item, "products", fields="barcode=ean")["Product"]
    assert [(one.id, one.sku, one.barcode) for one in found] == [("p-1/1", "A", "5012345678900"), ("p-1/2", "B", None)]
    assert found[0].title == "Product 1"
    (german,) = records(product(2, name={"de": "Becher"}), "products")["Product"]
    assert german.title == "Becher"


def test_a_level():
    (found,) = records(entry(), "stock")["StockLevel"]
    assert (found.quantity, found.location, found.condition) == (10, "default", "sellable")
    (found,) = records(entry(), "stock", stock="available")["StockLevel"]
    assert found.quantity == 7


def test_what_hung_on_the_order_and_does_not_any_more_is_withdrawn():
    found = records(order() | {"held": {"return": ["o-001/ri-1"]}})
    assert [(gone.type, gone.id) for gone in found["Withdrawal"]] == [("return", "o-001/ri-1")]
    assert "Withdrawal" not in records(order(returnInfo=[back()]) | {"held": {"return": ["o-001/ri-1"]}})


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    st.sampled_from(["lineItems", "returnInfo", "totalPrice", "paymentInfo", "orderState", "shippingInfo", "syncInfo"]),
)
def test_no_answer_whatever_stops_a_feed(value, name):
    connection = Connection(system="commercetools", kind="commercetools", settings={})
    for item in (order() | {name: value}, value if isinstance(value, dict) else {"id": value}):
        for feed in ("orders", "products", "stock"):
            for said in mapped(connector("commercetools"), feed, item, connection):
                taken(said, KNOWN)


def test_the_mapper_is_pure():
    item = expanded(order(returnInfo=[back()]), payment("p", transaction("2", "Refund", 1)))
    words = Words("commercetools", {})
    assert list(lines("orders", item, words)) == list(lines("orders", item, words))


def everything():
    """An order with two of all that can hang on one, and the names under which it was known."""
    parcels = {"deliveries": [delivery("d-1"), delivery("d-2", ("li-1", 4))]}
    backs = [back(item_back(f"ri-{n}", "BackInStock", "Refunded")) for n in (1, 2)]
    paid = payment("p", transaction("t-1", "Refund", 1200), transaction("t-2", "Refund", 1200))
    one = expanded(order(shippingInfo=parcels, returnInfo=backs), paid)
    lines, refused = told_and_refused(connector("commercetools"), "orders", one)
    assert refused == []
    hung = [type for type, _ in lines if type != "order"]
    return one | {"held": {type: [id for kind, id in lines if kind == type] for type in hung}}


@pytest.mark.parametrize(
    ("spoil", "lost"),
    [
        (
            lambda one: one["shippingInfo"]["deliveries"][1].pop("createdAt"),
            [("fulfilment", "o-001/d-2", "shippingInfo.deliveries[2].createdAt")],
        ),
        (
            lambda one: one["returnInfo"][0]["items"][0].pop("quantity"),
            [
                ("return", "o-001/ri-1", "returnInfo[1].items[1].quantity"),
                ("stock_movement", "o-001/ri-1", "returnInfo[1].items[1].quantity"),
            ],
        ),
        (
            lambda one: one["paymentInfo"]["payments"][0]["obj"]["transactions"][1].pop("amount"),
            [("credit", "o-001/t-2", "paymentInfo.payments[1].obj.transactions[2].amount")],
        ),
        (lambda one: one["lineItems"][0].pop("totalPrice"), [("order", "o-001", "lineItems[1].totalPrice")]),
    ],
)
def test_one_broken_part_of_an_order_takes_nothing_with_it_and_is_not_withdrawn(spoil, lost):
    whole, _ = told_and_refused(connector("commercetools"), "orders", everything())
    one = everything()
    spoil(one)
    lines, refused = told_and_refused(connector("commercetools"), "orders", one)
    assert set(lost) <= set(refused)
    kept = [id for id in whole if id not in [named[:2] for named in refused]]
    assert sorted(lines) == sorted(kept)
    assert len(refused) <= 2


def test_what_cannot_even_be_named_is_no_sign_that_anything_is_gone():
    one = everything()
    one["shippingInfo"]["deliveries"][0] = None
    found = told_and_refused(connector("commercetools"), "orders", one)
    assert ("fulfilment", "o-001/d-1") not in found[0]
    assert ("fulfilment", "o-001/d-2") in found[0]


def test_a_broken_delivery_does_not_keep_another_that_is_gone():
    one = everything()
    one["held"] = {"fulfilment": ["o-001/d-1", "o-001/d-9"]}
    one["shippingInfo"]["deliveries"][0].pop("createdAt")
    connection = Connection(system="commercetools", kind="commercetools", settings={})
    told = [said for said in mapped(connector("commercetools"), "orders", one, connection) if isinstance(said, dict)]
    assert [said["id"] for said in told if said.get("deleted")] == ["o-001/d-9"]


def test_a_variant_that_cannot_be_read_leaves_the_others():
    item = product(1, "A", "B")
    item["variants"][0]["attributes"] = 7
    lines, refused = told_and_refused(connector("commercetools"), "products", item, settings={"fields": "uom=unit"})
    assert (lines, [named[:2] for named in refused]) == ([("product", "p-1/1")], [("product", "p-1/2")])


def test_the_tax_of_an_order_is_told_or_lies_between_gross_and_net():
    taxed = {"totalNet": cents(10000), "totalGross": cents(12000)}
    assert the_order(order(taxedPrice=taxed)).tax == 20
    assert the_order(order(taxedPrice=taxed | {"totalTax": cents(1999)})).tax == Decimal("19.99")
    assert the_order(order()).tax is None


def test_an_order_was_placed_when_it_was_made():
    assert the_order(order(createdAt="2026-11-01T09:00:00.000Z")).placed_at.day == 1


def test_a_buyer_is_the_company_else_the_person():
    address = {"company": "Acme", "firstName": "Ann", "lastName": "Lee"}
    found = the_order(order(businessUnit=None, customerId="c-9", billingAddress=address)).customer
    assert (found.id, found.name) == ("c-9", "Acme")
    found = the_order(order(shippingAddress=address | {"company": None})).customer
    assert (found.id, found.name, found.email) == ("acme", "Ann Lee", "buyer@example.com")


def test_a_cancelled_order_is_cancelled_however_far_it_went():
    assert the_order(order(orderState="Cancelled", shipmentState="Partial")).status == "cancelled"


def test_a_price_below_what_was_paid_is_not_the_price():
    (row,) = the_order(order(lineItems=[line(quantity=10, price=1000) | {"totalPrice": cents(12000)}])).lines
    assert (row.unit_price, row.discount) == (Decimal(12), None)


def test_goods_that_are_announced_have_neither_come_nor_been_refused():
    item = order(returnInfo=[back(item_back("ri-1", "Advised", "NonRefundable"))])
    (found,) = records(item)["Return"]
    assert (found.received_at, found.inspected_at, found.resolution) == (None, None, None)
    assert found.lines[0].received_quantity is None
    mixed = back(item_back("ri-1", "Advised", "NonRefundable"), item_back("ri-2", "Unusable", "NotRefunded"))
    assert records(order(returnInfo=[mixed]))["Return"][0].resolution is None


def test_only_refunds_are_credits_and_are_dated_by_their_payment():
    charged, paid = transaction("t-1", "Charge", 12000), transaction("t-2", "Refund", 500)
    late = payment("p", charged, paid, lastModifiedAt="2027-01-01T00:00:00.000Z")
    (found,) = records(expanded(order(), late))["Credit"]
    assert (found.id, found.at.year, found.currency) == ("o-001/t-2", 2027, "GBP")


def test_only_what_went_back_to_stock_moved():
    goods = [item_back("ri-1", "BackInStock"), item_back("ri-2", "Unusable"), item_back("ri-3", "Returned")]
    assert [moved.id for moved in records(order(returnInfo=[back(*goods)]))["StockMovement"]] == ["o-001/ri-1"]
