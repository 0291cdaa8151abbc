"""Shopify's words in the contract's: money exact, unknown words kept, returned told apart from cancelled."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.lines import Accepted, Known, parse_object
from connectors.mapping import mapped
from connectors.models import Connection
from connectors.registry import Words, connector
from connectors.shopify.mapper import lines
from tests.connectors.shopify.shop import (
    WORDS,
    draft,
    fulfilment,
    gid,
    level,
    line,
    money,
    order,
    refund,
    sent_back,
    variant,
    when,
)

KNOWN = Known(systems=frozenset({"shopify"}), flows={})


def whole(one):
    """The order as the client hands it on."""
    found = one | {"lineItems": {"nodes": one["lineItems"]}}
    found["fulfillments"] = [
        each | {"fulfillmentLineItems": {"nodes": each["fulfillmentLineItems"]}} for each in one["fulfillments"]
    ]
    found["refunds"] = [
        each
        | {
            name: {"nodes": each[name]}
            for name in ("refundLineItems", "orderAdjustments", "refundShippingLines", "transactions")
        }
        for each in one["refunds"]
    ]
    found["returns"] = [
        each
        | {name: {"nodes": each[name]} for name in ("returnLineItems", "exchangeLineItems", "refunds")}
        | {
            "reverseFulfillmentOrders": [
                back | {"lineItems": {"nodes": back["lineItems"]}} for back in each["reverseFulfillmentOrders"]
            ]
        }
        for each in one["returns"]
    ]
    return found


def records(item, feed="orders", words=WORDS):
    """Records by type; each is accepted by the contract."""
    found = {}
    connection = Connection(system="shopify", kind="shopify", settings=words.settings)
    for said in mapped(connector("shopify"), feed, item, connection):
        read = parse_object(1, said, KNOWN)
        assert isinstance(read, Accepted), read
        found.setdefault(type(read.record).__name__, []).append(read.record)
    return found


def the_order(**said):
    return records(whole(order(**said)))["Order"][0]


def test_an_order_by_sparklayer_on_account():
    rows = [
        line(
            9,
            "MUG-12",
            12,
            "8.3333",
            discountAllocations=[{"allocatedAmountSet": money("1.25")}],
            unfulfilledQuantity=4,
        )
    ]
    found = the_order(
        lines=rows,
        note="PO 4500012345\nring first",
        tags=["B2B"],
        customAttributes=[
            {"key": "sparkCartId", "value": "c-1"},
            {"key": "sparkPaymentType", "value": "paymentOnAccount"},
        ],
        totalPriceSet=money("120.00"),
        totalTaxSet=money("20.00"),
        totalShippingPriceSet=money("5.50"),
        displayFulfillmentStatus="PARTIALLY_FULFILLED",
    )
    assert (found.id, found.number, found.channel, found.status) == ("5501", "#5501", "b2b", "part_fulfilled")
    assert found.refs == {
        "ecommerce_order": "5501",
        "order_number": "#5501",
        "purchase_order": "PO 4500012345",
        "sparklayer_cart": "c-1",
    }
    assert (found.payment.method, found.payment.status) == ("on_account", "pending")
    assert (found.total, found.tax, found.shipping, found.currency) == (
        Decimal("120.00"),
        Decimal(20),
        Decimal("5.50"),
        "GBP",
    )
    (row,) = found.lines
    assert (row.sku, row.quantity, row.uom, row.pack_size) == ("MUG-12", 12, "each", 1)
    assert (row.unit_price, row.discount, row.fulfilled_quantity) == (Decimal("8.3333"), Decimal("1.25"), 8)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ({"poNumber": "PO-1", "note": "PO-2", "tags": ["b2b"]}, "PO-1"),
        ({"note": "PO-2", "tags": ["b2b"]}, "PO-2"),
        ({"note": "please ring"}, None),
        ({"note": "  ", "tags": ["b2b"]}, None),
    ],
)
def test_where_the_po_number_is(said, number):
    assert the_order(**said).refs.get("purchase_order") == number


def test_the_note_is_never_read_where_a_person_says_so():
    words = Words("shopify", {"po_in_note": "never"})
    found = records(whole(order(note="PO-2", tags=["b2b"])), words=words)["Order"][0]
    assert "purchase_order" not in found.refs


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"displayFulfillmentStatus": "UNFULFILLED"}, "open"),
        *(({"displayFulfillmentStatus": word}, "open") for word in ("OPEN", "SCHEDULED", "ON_HOLD")),
        *(({"displayFulfillmentStatus": word}, "open") for word in ("PENDING_FULFILLMENT", "REQUEST_DECLINED")),
        ({"displayFulfillmentStatus": "PARTIALLY_FULFILLED"}, "part_fulfilled"),
        ({"displayFulfillmentStatus": "RESTOCKED"}, "closed"),
        ({"displayFulfillmentStatus": "IN_PROGRESS"}, "released"),
        ({"displayFulfillmentStatus": "FULFILLED"}, "fulfilled"),
        ({"displayFulfillmentStatus": "FULFILLMENT_NOT_REQUIRED"}, "fulfilled"),
        ({"displayFulfillmentStatus": "TELEPORTED"}, "TELEPORTED"),
        ({"displayFulfillmentStatus": "FULFILLED", "cancelledAt": when(hours=1)}, "cancelled"),
    ],
)
def test_the_status_of_an_order(said, status):
    assert the_order(**said).status == status


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *(("PENDING", "pending"), ("PARTIALLY_PAID", "pending"), ("AUTHORIZED", "authorised"), ("PAID", "paid")),
        *(("PARTIALLY_REFUNDED", "part_refunded"), ("REFUNDED", "refunded"), ("VOIDED", "void"), ("EXPIRED", "failed")),
    ],
)
def test_how_far_an_order_is_paid(word, status):
    assert the_order(displayFinancialStatus=word).payment.status == status


def spark(word):
    return {"customAttributes": [{"key": "sparkPaymentType", "value": word}]}


@pytest.mark.parametrize(
    ("said", "method", "status"),
    [
        ({"paymentTerms": {"paymentTermsName": "Net 30"}}, "on_account", "pending"),
        ({"paymentGatewayNames": ["shopify_payments"], "displayFinancialStatus": "PAID"}, "card", "paid"),
        ({"paymentGatewayNames": ["barter"], "displayFinancialStatus": "SWAPPED"}, "barter", "SWAPPED"),
        ({"paymentGatewayNames": ["Bank Deposit"]}, "bank_transfer", "pending"),
        ({"displayFinancialStatus": None}, None, None),
        *((spark(word), "on_account", "pending") for word in ("paymentOnAccount", "paymentByInvoice")),
        (spark("upfrontPayment"), "card", "pending"),
        (spark("hokodoPayment"), "other", "pending"),
        (spark("magicBeans"), "magicBeans", "pending"),
    ],
)
def test_how_an_order_is_paid(said, method, status):
    found = the_order(**said).payment
    assert (found.method, found.status) == (method, status)


def test_an_order_on_hold_says_so():
    assert the_order(displayFulfillmentStatus="ON_HOLD").payment.hold == "on hold in Shopify"
    assert the_order().payment.hold is None


def test_what_came_back_does_not_make_the_order_smaller():
    row = line(1, quantity=10, currentQuantity=7, unfulfilledQuantity=0)
    one = order(lines=[row], totalPriceSet=money("100.00"), currentTotalPriceSet=money("70.00"))
    one["refunds"] = [refund(1, (row, 3, "RETURN", "30.00", "0.00"))]
    found = records(whole(one))["Order"][0]
    assert (found.lines[0].quantity, found.total) == (10, Decimal("100.00"))


def test_what_was_cancelled_or_edited_away_does():
    row = line(1, quantity=10, currentQuantity=5, unfulfilledQuantity=0)
    one = order(lines=[row], edited=True, totalPriceSet=money("100.00"), currentTotalPriceSet=money("50.00"))
    one["refunds"] = [refund(1, (row, 2, "CANCEL", "20.00", "4.00")), refund(2, (row, 1, "RETURN", "10.00", "2.00"))]
    found = records(whole(one))["Order"][0]
    assert (found.lines[0].quantity, found.total) == (6, Decimal("62.00"))


def test_prices_with_tax_are_made_net():
    rows = [line(1, quantity=3, price="12.00", taxLines=[{"priceSet": money("6.00")}])]
    assert the_order(lines=rows, taxesIncluded=True).lines[0].unit_price == Decimal(10)


def test_a_line_without_a_sku_keeps_its_name():
    assert the_order(lines=[line(1, sku=None)]).lines[0].sku == "Mug None"


def test_a_buyer_is_the_company_else_the_person():
    company = {
        "__typename": "PurchasingCompany",
        "company": {"id": gid("Company", 7), "name": "Acme", "externalId": "ACME01"},
    }
    found = the_order(purchasingEntity=company)
    assert (found.customer.id, found.customer.name, found.channel) == ("ACME01", "Acme", "b2b")
    person = the_order(customer={"id": gid("Customer", 8), "displayName": "Ann"})
    assert (person.customer.id, person.customer.name, person.channel) == ("8", "Ann", "b2c")


def test_a_return_and_a_refund_are_of_the_orders_buyer():
    back = sent_back(91, (ROW, 3, 3))
    one = refund(1, (ROW, 3, "RETURN", "10.00", "2.00"), of=back)
    ann = {"id": gid("Customer", 8), "displayName": "Ann"}
    found = records(whole(order(lines=[ROW], customer=ann) | {"refunds": [one], "returns": [back]}))
    assert [(said.customer.id, said.customer.name) for said in (*found["Return"], *found["Credit"])] == [
        ("8", "Ann")
    ] * 2
    assert found["Credit"][0].number == one["legacyResourceId"]


def test_a_test_order_is_no_order():
    assert records(whole(order(test=True))) == {}


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("SUCCESS", "dispatched"),
        ("CANCELLED", "cancelled"),
        ("FAILURE", "cancelled"),
        ("PENDING", "pending"),
        ("LOST", "LOST"),
    ],
)
def test_a_fulfilment(status, ours):
    row = line(1)
    one = order(lines=[row]) | {"fulfillments": [fulfilment(71, (row, 6), status=status)]}
    (found,) = records(whole(one))["Fulfilment"]
    assert (found.id, found.status, found.lines[0].quantity) == ("71", ours, 6)
    assert found.refs["order_number"] == "#5501"


ROW = line(1)


@pytest.mark.parametrize(
    ("one", "kind", "amount", "status", "settled", "reason"),
    [
        (refund(1, (ROW, 3, "RETURN", "30.00", "6.00")), "credit_note", "36.00", "issued", None, "return"),
        (
            refund(1, (ROW, 3, "RETURN", "30.00", "6.00"), payments=[("36.00", "SUCCESS", "visa")]),
            "refund",
            "36.00",
            "issued",
            True,
            "return",
        ),
        (refund(1, payments=[("5.00", "PENDING", "visa")]), "refund", "5.00", "issued", False, "price_adjustment"),
        (refund(1, payments=[("5.00", "FAILURE", "visa")]), "refund", "5.00", "failed", False, "price_adjustment"),
        (
            refund(1, payments=[("5.00", "SUCCESS", "gift_card")]),
            "store_credit",
            "5.00",
            "issued",
            True,
            "price_adjustment",
        ),
        (
            refund(1, (ROW, 1, "CANCEL", "10.00", "0.00"), payments=[("10.00", "SUCCESS", "visa")]),
            "refund",
            "10.00",
            "issued",
            True,
            "cancellation",
        ),
    ],
)
def test_refunds_with_money_and_without(one, kind, amount, status, settled, reason):
    (found,) = records(whole(order(lines=[ROW]) | {"refunds": [one]}))["Credit"]
    said = (found.kind, found.amount, found.status, found.settled, found.reason, found.currency)
    assert said == (kind, Decimal(amount), status, settled, reason, "GBP")


@pytest.mark.parametrize(
    ("why", "reason"),
    [("CUSTOMER", "goodwill"), ("DAMAGE", "goodwill"), ("REFUND_DISCREPANCY", "price_adjustment")],
)
def test_a_refund_of_no_goods_is_for_the_reason_of_its_adjustment(why, reason):
    given = refund(1, payments=[("5.00", "SUCCESS", "shopify_store_credit")], orderAdjustments=[{"reason": why}])
    (found,) = records(whole(order(lines=[ROW]) | {"refunds": [given]}))["Credit"]
    assert (found.kind, found.reason) == ("store_credit", reason)


def test_goods_that_are_not_restocked_are_disposed_of():
    back = sent_back(91, (ROW, 4, 0), decided=[(ROW, "NOT_RESTOCKED", 4)])
    found = records(whole(order(lines=[ROW]) | {"returns": [back]}))
    assert [(row.disposition, row.accepted_quantity) for row in found["Return"][0].lines] == [("disposed", 4)]
    assert "StockMovement" not in found


def test_letting_an_unpaid_order_go_is_no_credit():
    one = refund(1, (ROW, 3, "CANCEL", "30.00", "6.00"))
    assert "Credit" not in records(whole(order(lines=[ROW]) | {"refunds": [one]}))


def test_a_credit_of_a_return_carries_its_rma_and_lines():
    back = sent_back(91, (ROW, 3, 3))
    one = refund(1, (ROW, 3, "RETURN", "10.00", "2.00"), of=back)
    (found,) = records(whole(order(lines=[ROW]) | {"refunds": [one], "returns": [back]}))["Credit"]
    assert found.refs["rma"] == "#91-R1"
    assert (found.lines[0].quantity, found.tax) == (3, Decimal("2.00"))
    assert abs(found.lines[0].unit_price * 3 - 10) < Decimal("1E-9")


@pytest.mark.parametrize(
    ("said", "decided", "status"),
    [
        ({"status": "REQUESTED"}, [], "requested"),
        ({}, [], "authorised"),
        ({}, [(ROW, "PROCESSING_REQUIRED", 4)], "received"),
        ({}, [(ROW, "RESTOCKED", 4)], "inspected"),
        ({"status": "CLOSED"}, [(ROW, "RESTOCKED", 4)], "closed"),
        ({"status": "CANCELED"}, [], "cancelled"),
        ({"status": "EVAPORATED"}, [], "EVAPORATED"),
    ],
)
def test_how_far_a_return_is(said, decided, status):
    left = 0 if decided and decided[0][1] == "RESTOCKED" else 4
    back = sent_back(91, (ROW, 4, left), decided=decided, **said)
    (found,) = records(whole(order(lines=[ROW]) | {"returns": [back]}))["Return"]
    assert (found.status, found.number, found.refs["rma"]) == (status, "#91-R1", "#91-R1")


def test_a_declined_return_says_why():
    back = sent_back(91, (ROW, 4, 4), status="DECLINED", decline={"reason": "RETURN_PERIOD_ENDED", "note": None})
    (found,) = records(whole(order(lines=[ROW]) | {"returns": [back]}))["Return"]
    assert (found.status, found.rejection_reason) == ("rejected", "RETURN_PERIOD_ENDED")


def test_the_fates_of_a_returned_line():
    back = sent_back(91, (ROW, 6, 1), decided=[(ROW, "RESTOCKED", 3), (ROW, "MISSING", 2)])
    found = records(whole(order(lines=[ROW]) | {"returns": [back]}))
    fates = [(row.quantity, row.received_quantity, row.disposition) for row in found["Return"][0].lines]
    assert fates == [(2, 0, "missing"), (3, 3, "sellable"), (1, None, None)]
    assert {row.reason_code for row in found["Return"][0].lines} == {"too-small"}
    (moved,) = found["StockMovement"]
    assert (moved.quantity, moved.condition, moved.reason, moved.refs["rma"]) == (3, "sellable", "return", "#91-R1")


def test_goods_without_an_order_line_are_unexpected():
    back = sent_back(91)
    back["returnLineItems"] = [
        {
            "__typename": "UnverifiedReturnLineItem",
            "id": gid("UnverifiedReturnLineItem", 1),
            "quantity": 2,
            "processedQuantity": 0,
            "unprocessedQuantity": 2,
            "returnReasonDefinition": None,
            "unitPrice": {"amount": "4.50", "currencyCode": "GBP"},
        }
    ]
    (found,) = records(whole(order() | {"returns": [back]}))["Return"]
    assert (found.lines[0].disposition, found.lines[0].unit_refund) == ("unexpected", Decimal("4.50"))


def test_a_refund_without_a_return_restocks_by_itself():
    one = refund(1, (ROW, 2, "RETURN", "20.00", "0.00"), (line(2, "TEE"), 1, "NO_RESTOCK", "5.00", "0.00"))
    (moved,) = records(whole(order(lines=[ROW]) | {"refunds": [one]}))["StockMovement"]
    assert (moved.sku, moved.quantity) == ("MUG-12", 2)


def test_refunded_lines_may_be_without_ids():
    one = refund(1, (ROW, 2, "RETURN", "20.00", "0.00"), (line(2, "TEE"), 1, "RETURN", "5.00", "0.00"))
    for row in one["refundLineItems"]:
        row["id"] = None
    found = records(whole(order(lines=[ROW]) | {"refunds": [one]}))
    assert [row.id for row in found["Credit"][0].lines] == ["1", "2"]
    assert [moved.id for moved in found["StockMovement"]] == ["refund-1-1", "refund-1-2"]


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
