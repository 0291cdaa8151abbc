"""Shopify's returns and refunds in the contract's words: which pay back, for what, and what became of the goods."""

from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.registry import Words, connector
from tests.connectors.reading import kept_and_refused
from tests.connectors.shopify.shop import gid, line, money, order, refund, sent_back, when
from tests.connectors.shopify.told import ROW, records, whole
from tests.connectors.vendors import BEGIN


def test_a_return_and_a_refund_are_of_the_orders_buyer():
    back = sent_back(91, (ROW, 3, 3))
    one = refund(1, (ROW, 3, "RETURN", "10.00", "2.00"), of=back)
    ann = {"id": gid("Customer", 8), "displayName": "Ann"}
    found = records(whole(order(lines=[ROW], customer=ann) | {"refunds": [one], "returns": [back]}))
    assert [(said.customer.id, said.customer.name) for said in (*found["Return"], *found["Credit"])] == [
        ("8", "Ann")
    ] * 2
    assert found["Credit"][0].number == one["legacyResourceId"]


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


def test_a_disposition_that_nobody_knows_is_asked_for_and_its_return_kept():
    back = sent_back(91, (ROW, 6, 0), decided=[(ROW, "RESTOCKED", 4), (ROW, "DONATED", 2)])
    item = whole(order(lines=[ROW]) | {"returns": [back]})
    kept, refused = kept_and_refused(connector("shopify"), "orders", item)
    (found,) = [one for one in kept if one.type == "return"]
    assert [(row.quantity, row.disposition) for row in found.lines] == [(2, None), (4, "sellable")]
    assert [(one.type, one.id, one.field) for one in refused] == [("return", "91", "lines[1].disposition")]
    (found,) = records(item, words=Words("shopify", {"fates": "donated=disposed"}))["Return"]
    assert [row.disposition for row in found.lines] == ["disposed", "sellable"]


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


def test_an_exchange_is_no_refund_and_its_new_goods_are_lines_of_the_order():
    back = sent_back(91, (ROW, 3, 0), decided=[(ROW, "RESTOCKED", 3)])
    back["exchangeLineItems"] = [{"id": gid("ExchangeLineItem", 1)}]
    new = line(2, "TEE", 3)
    settled = refund(1, (ROW, 3, "RETURN", "30.00", "0.00"), of=back)
    found = records(whole(order(lines=[ROW, new], edited=True) | {"refunds": [settled], "returns": [back]}))
    assert [one.resolution for one in found["Return"]] == ["exchange"]
    assert [(row.sku, row.quantity) for row in found["Order"][0].lines][1] == ("TEE", 3)


@pytest.mark.parametrize(
    ("statuses", "status", "settled"),
    [
        (["SUCCESS"], "issued", True),
        (["AWAITING_RESPONSE"], "issued", False),
        (["SUCCESS", "FAILURE"], "issued", True),
        (["ERROR", "FAILURE"], "failed", False),
        (["UNKNOWN"], "UNKNOWN", False),
        (["FAILURE", "ON_THE_MOON"], "ON_THE_MOON", False),
    ],
)
def test_how_far_a_refund_is_paid(statuses, status, settled):
    one = refund(1, payments=[("5.00", word, "visa") for word in statuses])
    (found,) = records(whole(order(lines=[ROW]) | {"refunds": [one]}))["Credit"]
    assert (found.status, found.settled) == (status, settled)


def test_fees_are_those_of_the_goods_and_of_sending_them_back():
    back = sent_back(91, (ROW, 3, 3))
    back["returnLineItems"][0]["restockingFee"] = {"percentage": 10.0, "amountSet": money("3.00")}
    back["returnShippingFees"] = [{"amountSet": money("4.50")}]
    (found,) = records(whole(order(lines=[ROW]) | {"returns": [back]}))["Return"]
    assert found.fees == Decimal("7.50")


def test_when_a_return_was_asked_for_came_and_was_inspected():
    back = sent_back(91, (ROW, 4, 0), decided=[(ROW, "RESTOCKED", 4)])
    (found,) = records(whole(order(lines=[ROW]) | {"returns": [back]}))["Return"]
    assert found.requested_at < found.received_at == found.inspected_at == found.at
    (waits,) = records(whole(order(lines=[ROW]) | {"returns": [sent_back(91, (ROW, 4, 4))]}))["Return"]
    assert (waits.received_at, waits.inspected_at) == (None, None)


def test_what_is_paid_back_in_two_ways_is_a_refund_of_their_sum():
    both = refund(
        1, payments=[("5.00", "SUCCESS", "gift_card"), ("7.00", "SUCCESS", "visa"), ("9.00", "FAILURE", "visa")]
    )
    (found,) = records(whole(order(lines=[ROW]) | {"refunds": [both]}))["Credit"]
    assert (found.kind, found.amount, found.settled) == ("refund", Decimal(12), True)
    waits = refund(1, payments=[("5.00", "SUCCESS", "visa"), ("7.00", "PENDING", "visa")])
    (found,) = records(whole(order(lines=[ROW]) | {"refunds": [waits]}))["Credit"]
    assert (found.amount, found.settled) == (Decimal(12), False)


def test_a_refund_is_in_its_own_currency_and_dated_when_it_was_processed():
    paid = refund(1, payments=[("5.00", "SUCCESS", "visa")], processedAt=when(hours=3), createdAt=when(hours=9))
    paid["totalRefundedSet"] = money("5.00", "EUR")
    (found,) = records(whole(order(lines=[ROW]) | {"refunds": [paid]}))["Credit"]
    assert (found.currency, found.issued_at) == ("EUR", BEGIN - timedelta(hours=3))


def test_what_failed_to_be_paid_back_is_nothing_of_its_return():
    back = sent_back(91, (ROW, 3, 3))
    lost = refund(1, (ROW, 1, "RETURN", "10.00", "0.00"), payments=[("10.00", "FAILURE", "visa")], of=back)
    paid = refund(2, (ROW, 1, "RETURN", "10.00", "0.00"), payments=[("10.00", "SUCCESS", "visa")], of=back)
    (found,) = records(whole(order(lines=[ROW]) | {"refunds": [lost, paid], "returns": [back]}))["Return"]
    assert (found.refund_amount, found.resolution) == (Decimal(10), "refund")


def test_goods_of_a_return_are_put_back_by_their_disposition_alone():
    back = sent_back(91, (ROW, 3, 0), decided=[(ROW, "RESTOCKED", 3)])
    paid = refund(1, (ROW, 3, "RETURN", "30.00", "0.00"), of=back)
    older = refund(2, (ROW, 2, "LEGACY_RESTOCK", "20.00", "0.00"))
    older["refundLineItems"][0]["restocked"] = True
    found = records(whole(order(lines=[ROW]) | {"refunds": [paid, older], "returns": [back]}))["StockMovement"]
    assert [(moved.id.split("-")[0], moved.quantity) for moved in found] == [("disposition", 3), ("refund", 2)]


def test_a_credit_of_a_return_is_no_cancellation():
    back = sent_back(91, (ROW, 3, 3))
    one = refund(1, (ROW, 3, "CANCEL", "30.00", "6.00"), payments=[("36.00", "SUCCESS", "visa")], of=back)
    (found,) = records(whole(order(lines=[ROW]) | {"refunds": [one], "returns": [back]}))["Credit"]
    assert found.reason == "return"


def test_a_return_whose_goods_are_all_missing_has_not_arrived():
    back = sent_back(91, (ROW, 4, 0), decided=[(ROW, "MISSING", 4)])
    (found,) = records(whole(order(lines=[ROW]) | {"returns": [back]}))["Return"]
    assert (found.received_at, found.inspected_at, found.status) == (None, None, "authorised")


def test_a_return_was_asked_for_when_it_was_made_and_not_when_it_was_approved():
    back = sent_back(91, (ROW, 4, 4), createdAt=when(hours=30), requestApprovedAt=when(hours=20))
    (found,) = records(whole(order(lines=[ROW]) | {"returns": [back]}))["Return"]
    assert (found.requested_at, found.at) == (BEGIN - timedelta(hours=30), BEGIN - timedelta(hours=20))


def test_two_lines_of_the_same_goods_share_what_became_of_them():
    back = sent_back(91, (ROW, 2, 0), (ROW, 3, 0), decided=[(ROW, "RESTOCKED", 4)])
    (found,) = records(whole(order(lines=[ROW]) | {"returns": [back]}))["Return"]
    assert [(row.quantity, row.disposition) for row in found.lines] == [(2, "sellable"), (2, "sellable"), (1, None)]


def test_a_refund_dates_its_return():
    back = sent_back(91, (ROW, 3, 3))
    paid = refund(1, (ROW, 3, "RETURN", "30.00", "6.00"), of=back, updatedAt=when(minutes=5))
    (found,) = records(whole(order(lines=[ROW]) | {"refunds": [paid], "returns": [back]}))["Return"]
    assert found.at == BEGIN - timedelta(minutes=5)
