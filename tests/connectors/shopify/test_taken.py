"""What Shopify's refunds took off an order: goods that had gone out, or goods that never did."""

from decimal import Decimal

import pytest

from tests.connectors.shopify.shop import fulfilment, line, money, order, refund
from tests.connectors.shopify.told import records, whole


def reduced(shipped, *taken, unfulfilled=0, **said):
    """An order of ten at 10.00 of which so many were `shipped`, and (quantity, restock type) were `taken` off."""
    gone = sum(quantity for quantity, _ in taken)
    row = line(1, quantity=10, currentQuantity=10 - gone, unfulfilledQuantity=unfulfilled)
    one = order(lines=[row], totalPriceSet=money("100.00"), currentTotalPriceSet=money(100 - gone * 10), **said)
    one["refunds"] = [refund(n, (row, quantity, kind, quantity * 10, 0)) for n, (quantity, kind) in enumerate(taken, 1)]
    if shipped:
        one["fulfillments"] = [fulfilment(71, (row, shipped)), fulfilment(72, (row, 10), status="CANCELLED")]
    return records(whole(one))


@pytest.mark.parametrize(
    ("shipped", "taken", "quantity", "credited"),
    [
        (7, [(3, "NO_RESTOCK")], 7, 0),  # taken off before it went out
        (10, [(3, "NO_RESTOCK")], 10, 1),  # sent, paid back and left with the buyer
        (0, [(10, "NO_RESTOCK")], 0, 0),
        (7, [(2, "CANCEL"), (1, "NO_RESTOCK")], 7, 0),
        (8, [(2, "CANCEL"), (1, "NO_RESTOCK")], 8, 1),
        (8, [(2, "CANCEL"), (1, "RETURN")], 8, 1),
        (10, [(1, "SOMETHING_NEW")], 10, 1),
    ],
)
def test_what_is_refunded_without_restocking_was_cancelled_or_sent(shipped, taken, quantity, credited):
    found = reduced(shipped, *taken)
    (row,) = found["Order"][0].lines
    assert (row.quantity, row.fulfilled_quantity) == (quantity, quantity)
    assert found["Order"][0].total == quantity * 10
    assert len(found.get("Credit", [])) == credited


@pytest.mark.parametrize(("unfulfilled", "quantity"), [(6, 10), (3, 7)])
def test_of_an_order_on_its_way_it_may_be_what_was_sent_or_what_was_not(unfulfilled, quantity):
    (row,) = reduced(4, (3, "NO_RESTOCK"), unfulfilled=unfulfilled)["Order"][0].lines
    assert (row.quantity, row.fulfilled_quantity) == (quantity, 4)


def test_goods_that_need_no_fulfilment_were_sent_without_one():
    found = reduced(0, (3, "NO_RESTOCK"), displayFulfillmentStatus="FULFILLMENT_NOT_REQUIRED")
    assert found["Order"][0].lines[0].quantity == 10


def test_money_paid_back_for_what_never_went_out_is_for_a_cancellation():
    row = line(1, quantity=10, currentQuantity=7, unfulfilledQuantity=7)
    paid = refund(1, (row, 3, "NO_RESTOCK", "30.00", "6.00"), payments=[("36.00", "SUCCESS", "visa")])
    (found,) = records(whole(order(lines=[row]) | {"refunds": [paid]}))["Credit"]
    assert (found.kind, found.amount, found.tax, found.reason) == ("refund", Decimal(36), Decimal(6), "cancellation")


def test_an_edited_order_is_worth_what_it_is_now_and_what_returns_took_of_it():
    row = line(1, quantity=10, currentQuantity=7, unfulfilledQuantity=0)
    sending = [{"subtotalAmountSet": money("5.00"), "taxAmountSet": money("1.00")}]
    back = refund(1, (row, 3, "RETURN", "30.00", "6.00"), refundShippingLines=sending)
    now = {"currentTotalPriceSet": money("84.00"), "currentTotalTaxSet": money("14.00")}
    (found,) = records(whole(order(lines=[row], edited=True, **now) | {"refunds": [back]}))["Order"]
    assert (found.total, found.tax) == (Decimal(126), Decimal(21))
