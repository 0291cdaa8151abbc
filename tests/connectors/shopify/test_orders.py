"""Shopify's orders and fulfilments in the contract's words: money exact, returned told apart from cancelled."""

from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.registry import Words
from tests.connectors.shopify.shop import fulfilment, gid, line, money, order, refund, when
from tests.connectors.shopify.told import records, the_order, whole
from tests.connectors.vendors import BEGIN


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


@pytest.mark.parametrize(("left", "discount"), [(10, "10.00"), (7, "7"), (3, "3"), (0, "0")])
def test_the_discount_of_a_line_is_that_of_what_is_left_of_it(left, discount):
    given = [{"allocatedAmountSet": money("10.00")}]
    row = line(1, quantity=10, currentQuantity=left, unfulfilledQuantity=left, discountAllocations=given)
    assert the_order(lines=[row], edited=True).lines[0].discount == Decimal(discount)


def taxed(*amounts):
    return [{"priceSet": money(amount)} for amount in amounts]


@pytest.mark.parametrize(("included", "shipping"), [(True, "10"), (False, "12.00")])
def test_shipping_is_without_tax_also_where_prices_are_with_it(included, shipping):
    said = {"taxesIncluded": included, "totalShippingPriceSet": money("12.00")}
    line_of_it = {"shippingLine": {"taxLines": taxed("1.50", "0.50")}}
    assert the_order(**said, **line_of_it).shipping == Decimal(shipping)
    assert the_order(**said, shippingLine=None).shipping == Decimal(12)


def test_the_goods_of_an_order_whose_prices_hold_tax_come_to_its_net():
    rows = [
        line(1, quantity=3, price="12.00", taxLines=taxed("5.50"), discountAllocations=[
            {"allocatedAmountSet": money("3.00")}
        ]),
        line(2, "TEE", quantity=1, price="6.00", taxLines=taxed("1.00")),
    ]  # fmt: skip
    found = the_order(
        lines=rows,
        taxesIncluded=True,
        totalPriceSet=money("51.00"),
        totalTaxSet=money("8.50"),
        totalShippingPriceSet=money("12.00"),
        shippingLine={"taxLines": taxed("2.00")},
    )
    goods = sum(row.unit_price * row.quantity - row.discount for row in found.lines)
    assert abs(found.total - found.tax - found.shipping - goods) < Decimal("1E-8")


def test_only_what_has_gone_out_has_a_date_of_going_out():
    row = line(1)
    for status, went in (("SUCCESS", True), ("PENDING", False), ("CANCELLED", False), ("TELEPORTED", False)):
        one = order(lines=[row]) | {"fulfillments": [fulfilment(71, (row, 6), status=status)]}
        (found,) = records(whole(one))["Fulfilment"]
        assert (found.shipped_at is not None) == went


def test_amounts_are_the_shops_and_not_those_the_buyer_was_shown():
    row = line(1, quantity=2, price="10.00")
    one = order(lines=[row], totalPriceSet=money("24.00"), totalTaxSet=money("4.00"))
    one["refunds"] = [refund(1, (row, 1, "RETURN", "10.00", "2.00"), payments=[("12.00", "SUCCESS", "visa")])]
    found = records(whole(one))
    (bought,), (paid,) = found["Order"], found["Credit"]
    assert (bought.currency, bought.total, bought.tax) == ("GBP", Decimal(24), Decimal(4))
    assert (paid.currency, paid.amount, paid.tax, paid.lines[0].unit_price) == ("GBP", Decimal(12), 2, 10)


def test_a_gift_card_is_sold_by_its_name():
    card = line(1, sku=None, name="Gift card 50", quantity=1, price="50.00", unfulfilledQuantity=0)
    (found,) = the_order(lines=[card], displayFulfillmentStatus="FULFILLED").lines
    assert (found.sku, found.fulfilled_quantity, found.unit_price) == ("Gift card 50", 1, Decimal(50))


def test_what_an_edit_adds_is_ordered_and_what_it_takes_off_is_not():
    rows = [line(1, quantity=4, currentQuantity=1, unfulfilledQuantity=1), line(2, "TEE", quantity=5, price="3.00")]
    found = the_order(lines=rows, edited=True, totalPriceSet=money("40.00"), currentTotalPriceSet=money("25.00"))
    assert [(row.sku, row.quantity) for row in found.lines] == [("MUG-12", 1), ("TEE", 5)]
    assert found.total == 25


def test_parts_of_a_bundle_are_lines_of_their_own():
    rows = [line(1, "SET-MUG", 2, "6.00"), line(2, "SET-TEA", 4, "3.00")]
    assert [(row.sku, row.quantity) for row in the_order(lines=rows).lines] == [("SET-MUG", 2), ("SET-TEA", 4)]


def test_no_more_came_back_than_was_ordered():
    row = line(1, quantity=10, currentQuantity=10, unfulfilledQuantity=0)
    one = order(lines=[row]) | {"refunds": [refund(1, (row, 3, "RETURN", "30.00", "0.00"))]}
    assert records(whole(one))["Order"][0].lines[0].quantity == 10


def test_an_order_that_was_imported_was_placed_when_it_was_processed_first():
    assert the_order(createdAt=when(days=2), processedAt=when(days=9)).placed_at == BEGIN - timedelta(days=9)
    assert the_order(createdAt=when(days=2), processedAt=None).placed_at == BEGIN - timedelta(days=2)


def test_goods_of_a_parcel_that_say_no_number_are_left_out():
    row = line(1)
    one = order(lines=[row]) | {"fulfillments": [fulfilment(71, (row, 6), (row, None))]}
    assert [said.quantity for said in records(whole(one))["Fulfilment"][0].lines] == [6]


def test_no_fewer_than_none_are_fulfilled():
    row = line(1, quantity=10, currentQuantity=0, unfulfilledQuantity=10)
    assert the_order(lines=[row], edited=True).lines[0].fulfilled_quantity == 0
