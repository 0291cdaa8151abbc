"""Shopify's orders and fulfilments in the contract's words: money exact, returned told apart from cancelled."""

from decimal import Decimal

import pytest

from connectors.registry import Words
from tests.connectors.shopify.shop import fulfilment, gid, line, money, order, refund, when
from tests.connectors.shopify.told import records, the_order, whole


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
