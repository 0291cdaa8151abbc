"""The examples of the runbooks are played to the checks: each raises its kind, with the amount that its runbook gives.

All of them stand in one brand, under SKUs, customers and numbers of their own, and are examined by one run.
"""

import re
from decimal import Decimal

import pytest

from exceptions.models import ExceptionCase
from exceptions.runbooks.texts import shipped_text
from reconciliation.declarations import checks
from tests.checks.book import Book
from tests.checks.conftest import at

SIGNS = {"£": "GBP", "€": "EUR", "$": "USD"}
PUT_AWAY = {"status": "inspected", "inspected_at": at(100)}


def backorder_rejected(b, n):
    b.sold(n, (40, "6.30"), (12, "49.60"), at=("front", "shop"), status="open")
    b.outcome("to-warehouse", n, code="out_of_stock")
    return f"order:front:front-{n}>warehouse"


def blocked_return(b, n):
    b.sold(n, (10, "18.50"), payment={"method": "on account"})
    b.sent(n, 10)
    b.back(n, 4, status="rejected", rejection_reason="payment_pending")
    return f"return:portal:R-{n}"


def credit_before_receipt(b, n):
    b.came_back(n, 4, "42.50", received_at=at(150))
    b.gave(n, "170.00")
    return f"credit:erp:CN-{n}"


def credit_copy_mismatch(b, n):
    b.came_back(n, 8, "45.00")
    refs = {"rma": f"RMA-{n}", "credit_number": f"CN-{n}", "purchase_order": "PO-1"}
    b.gave(n, "360.00", refs=refs)
    base = {"kind": "credit_note", "currency": "GBP", "amount": "342.00", "issued_at": at(110), "status": "issued"}
    b.take("credit", "portal", f"CN-{n}", 110, refs=refs, **base)
    return f"credit:portal:CN-{n}"


def credit_outside_workflow(b, n):
    b.came_back(n, 5, "31.20")
    b.gave(n, "156.00", rma=False)
    return f"credit:erp:CN-{n}"


def credit_value_mismatch(b, n):
    b.came_back(n, 4, "25.40", currency="EUR", line={"received_quantity": 4, "accepted_quantity": 3})
    b.gave(n, "101.60", currency="EUR")
    return f"credit:erp:CN-{n}"


def credit_without_return(b, n):
    b.sold(n, (12, "18.75"))
    b.gave(n, "225.00")
    return f"credit:erp:CN-{n}"


def currency_mismatch(b, n):
    b.came_back(n, 10, "24.80", currency="EUR")
    b.gave(n, "248.00")
    return f"credit:erp:CN-{n}"


def dispatched_after_cancel(b, n):
    b.sold(n, (20, "62.00"), currency="USD", status="open")
    b.sold(n, (20, "62.00"), currency="USD", status="cancelled", said=22.25, at=("front",))
    b.sent(n, 20, said=26.7)
    return f"fulfilment:warehouse:F-{n}"


def duplicate_credit(b, n):
    b.came_back(n, 6, "35.00")
    b.gave(n, "210.00")
    b.gave(n, "210.00", 158, "-2")
    return f"credit:erp:CN-{n}-2"


def duplicate_order(b, n):
    b.sold(n, (24, "49.60"), status="open")
    again = {"refs": {"sales_order": f"SO-{n}"}, "total": "1190.40", "lines": b.lines_of(n, 24)}
    b.order(f"{n}-2", system="warehouse", placed=1, said=1, **again)
    return f"order:warehouse:warehouse-{n}-2"


def false_success(b, n):
    b.sold(n, (1, "1240.00"), at=("front", "warehouse"))
    b.outcome("to-shop", n, result="success", said=990)
    return f"order:front:front-{n}>shop"


def incomplete_order(b, n):
    b.take("product", "erp", f"S-{n}", sku=f"S-{n}", active=True, uom="case", pack_size=6)
    case = {"uom": "case", "pack_size": 6}
    b.sold(n, (15, "63.00", case), at=("front", "shop"), status="open")
    b.sold(n, (15, "63.00"), at=("warehouse",), status="open")
    return f"order:warehouse:warehouse-{n}"


def missing_credit(b, n):
    b.came_back(n, 6, "103.57", received_at=at(100))
    return f"return:portal:R-{n}"


def missing_disposition(b, n):
    b.came_back(n, 5, "32.25", line={"received_quantity": 5, "accepted_quantity": 4}, **PUT_AWAY)
    return f"return:portal:R-{n}#S-{n}"


def missing_po(b, n):
    b.sold(n, (1, "22.80"), currency="EUR")
    b.gave(n, "22.80", currency="EUR", reason="goodwill", refs={"sales_order": f"SO-{n}"})
    return f"credit:erp:CN-{n}"


def missing_restock(b, n):
    b.came_back(n, 10, "27.50", line={"accepted_quantity": 10, "disposition": "sellable"}, **PUT_AWAY)
    b.put_away(n, 6)
    return f"return:portal:R-{n}#S-{n}"


def order_edited_after_return(b, n):
    b.sold(n, (10, "45.00"))
    b.sent(n, 10)
    b.back(n, 2)
    b.sold(n, (8, "45.00"), said=148)
    return f"return:portal:R-{n}"


def order_missing_downstream(b, n):
    b.sold(n, (1, "453.60"), at=("front", "warehouse"), currency="EUR")
    return f"order:front:front-{n}>shop"


def order_stuck(b, n):
    b.sold(n, (24, "36.00"), currency="EUR", status="released")
    return f"order:warehouse:warehouse-{n}"


def order_total_mismatch(b, n):
    b.sold(n, (10, "100.00"), at=("front", "warehouse"), total="1260.00", tax="210.00", shipping="50.00")
    b.sold(n, (10, "100.00"), at=("shop",), total="1260.00", tax="210.00")
    return f"order:shop:shop-{n}"


def orphan_return(b, n):
    b.back(n, 12, refs={"rma": f"RMA-{n}", "order_number": f"PO-{n}"}, refund_amount="230.40")
    return f"return:portal:R-{n}"


def over_credited(b, n):
    b.sold(n, (10, "62.00"), currency="USD")
    b.gave_loose(n, 6, "62.00", currency="USD")
    b.gave_loose(n, 7, "62.00", 210, "-2", currency="USD")
    return f"credit:erp:CN-{n}-2#S-{n}"


def over_dispatched(b, n):
    b.sold(n, (50, "18.00"), currency="EUR")
    b.sent(n, 30)
    b.sent(n, 24, 2, "-2")
    return f"fulfilment:warehouse:F-{n}-2#S-{n}"


def over_restock(b, n):
    b.came_back(n, 8, "19.90", line={"accepted_quantity": 8, "disposition": "sellable"}, **PUT_AWAY)
    b.put_away(n, 8)
    b.put_away(n, 8, 105.1, "-2")
    return f"stock_movement:warehouse:M-{n}-2"


def oversell(b, n):
    b.sold(n, (30, "12.00"), status="open")
    b.order(f"{n}-2", lines=b.lines_of(n, 20, "11.00"), total="220.00")
    b.take("stock_level", "warehouse", f"S-{n}", 1, sku=f"S-{n}", location="A", condition="sellable", quantity=40)
    return f"stock:warehouse:S-{n}"


def pack_size_mismatch(b, n):
    b.sold(n, (3, "496.00", {"uom": "case", "pack_size": 10}), at=("front", "warehouse"))
    b.sold(n, (300, "49.60"), at=("shop",))
    return f"order:shop:shop-{n}#S-{n}"


def partial_shipment_drift(b, n):
    b.sold(n, (100, "12.50"), status="part_fulfilled", at=("front", "warehouse"))
    b.sold(n, (100, "12.50"), status="fulfilled", at=("shop",))
    b.sent(n, 60)
    return f"order:shop:shop-{n}"


def premature_restock(b, n):
    b.came_back(n, 5, "74.00", line={"disposition": "sellable"}, status="inspected", inspected_at=at(106.5))
    b.put_away(n, 5, 100)
    return f"stock_movement:warehouse:M-{n}"


def price_mismatch(b, n):
    b.sold(n, (120, "8.40"), at=("front", "warehouse"))
    b.sold(n, (120, "8.75"), at=("shop",))
    return f"order:shop:shop-{n}#S-{n}"


def quantity_mismatch(b, n):
    b.sold(n, (5, "42.00"), (1, "10.00", {"sku": "OTHER"}), at=("front", "warehouse"), currency="EUR")
    b.sold(n, (1, "10.00", {"sku": "OTHER"}), at=("shop",), currency="EUR")
    return f"order:shop:shop-{n}#S-{n}"


def refund_not_settled(b, n):
    b.sold(n, (2, "64.00"), payment={"method": "card", "status": "paid"})
    b.sent(n, 2)
    b.back(n, 2)
    b.gave(n, "128.00", kind="refund", settled=False)
    return f"credit:erp:CN-{n}"


def released_before_payment(b, n):
    b.sold(n, (3, "780.00"), status="released", payment={"method": "card", "status": "failed"})
    b.sent(n, 1)
    return f"fulfilment:warehouse:F-{n}"


def released_on_hold(b, n):
    b.sold(n, (48, "36.00"), currency="EUR", status="released", payment={"hold": "over credit limit"})
    b.sent(n, 24)
    return f"fulfilment:warehouse:F-{n}"


def return_before_fulfilment(b, n):
    b.sold(n, (12, "18.00"), status="released")
    b.back(n, 12, status="requested", refund_amount="259.20")
    return f"return:portal:R-{n}"


def return_before_order_sync(b, n):
    b.sold(n, (5, "25.50"), channel="eu")
    b.back(n, 5, status="rejected", rejection_reason="order_not_found", refund_amount="153.00")
    return f"return:portal:R-{n}"


def return_missing_downstream(b, n):
    b.sold(n, (10, "28.35"))
    b.sent(n, 10)
    b.back(n, 10, status="authorised", refund_amount="340.20")
    return f"return:portal:R-{n}>shop"


def return_quantity_mismatch(b, n):
    b.sold(n, (10, "12.40"))
    b.sent(n, 10)
    b.back(n, 6, status="authorised")
    b.back(n, 7, 101, "-2", status="authorised")
    return f"return:portal:R-{n}-2#S-{n}"


def return_value_mismatch(b, n):
    b.came_back(n, 5, "24.00", ordered=8, line={"unit_refund": "30.00"}, status="authorised")
    return f"return:portal:R-{n}#S-{n}"


def rounding_drift(b, n):
    b.sold(n, (5, "10.00"))
    b.sent(n, 5)
    for part, amount in enumerate(("10.24", "10.22", "10.25", "10.21", "10.19")):
        b.back(n, 1, part=f"-{part}")
        b.gave(n, amount, 110 + part, f"-{part}", refs={"rma": f"RMA-{n}-{part}", "purchase_order": "PO-1"})
    return f"customer:K-{n}:GBP:2025-09"


def sku_mismatch(b, n):
    b.take("product", "portal", "KIT", sku="KIT-A01", active=True)
    b.sold(n, (3, "42.00"), (2, "42.00"))
    return f"product:portal:S-{n}"


def sync_failure(b, n):
    b.sold(n, (1, "928.64"), at=("front", "warehouse"))
    b.outcome("to-shop", n, code="validation")
    return f"order:front:front-{n}>shop"


def unfulfilled_on_account(b, n):
    b.sold(n, (1, "1512.60"), at=("front", "shop"), status="open", payment={"method": "net terms"})
    b.outcome("to-warehouse", n, result="skipped")
    return f"order:front:front-{n}>warehouse"


def unsellable_restock(b, n):
    b.came_back(n, 3, "88.00", line={"disposition": "damaged"}, **PUT_AWAY)
    b.put_away(n, 3)
    return f"stock_movement:warehouse:M-{n}"


def unsupported_credit(b, n):
    b.gave_loose(n, 12, "6.95")
    return f"credit:erp:CN-{n}#S-{n}"


def unsupported_credit_price(b, n):
    b.sold(n, (10, "24.00"), currency="USD")
    b.gave_loose(n, 10, "25.00", currency="USD")
    return f"credit:erp:CN-{n}#S-{n}"


def unsupported_credit_quantity(b, n):
    b.sold(n, (10, "15.80"), (10, "15.80"))
    b.gave_loose(n, 13, "15.80")
    return f"credit:erp:CN-{n}#S-{n}"


def wrong_refund_method(b, n):
    b.sold(n, (20, "48.00"), payment={"method": "on account"})
    b.sent(n, 20)
    b.back(n, 6)
    b.gave(n, "288.00", kind="refund")
    return f"credit:erp:CN-{n}"


SCENES = [
    *(backorder_rejected, blocked_return, credit_before_receipt, credit_copy_mismatch, credit_outside_workflow),
    *(credit_value_mismatch, credit_without_return, currency_mismatch, dispatched_after_cancel, duplicate_credit),
    *(duplicate_order, false_success, incomplete_order, missing_credit, missing_disposition, missing_po),
    *(missing_restock, order_edited_after_return, order_missing_downstream, order_stuck, order_total_mismatch),
    *(orphan_return, over_credited, over_dispatched, over_restock, oversell, pack_size_mismatch),
    *(partial_shipment_drift, premature_restock, price_mismatch, quantity_mismatch, refund_not_settled),
    *(released_before_payment, released_on_hold, return_before_fulfilment, return_before_order_sync),
    *(return_missing_downstream, return_quantity_mismatch, return_value_mismatch, rounding_drift, sku_mismatch),
    *(sync_failure, unfulfilled_on_account, unsellable_restock, unsupported_credit, unsupported_credit_price),
    *(unsupported_credit_quantity, wrong_refund_method),
]


def at_risk(kind):
    """What the example of a runbook comes to: the last amount that it names; null where it names none."""
    example = shipped_text(kind).partition("## Example")[2]
    named = re.findall(r"([£€$])(\d[\d,]*\.\d\d)", example)
    return (Decimal(named[-1][1].replace(",", "")), SIGNS[named[-1][0]]) if named else None


def test_every_example_with_an_amount_is_played_but_the_one_of_many_orders():
    assert {kind for kind in checks() if at_risk(kind)} - {"silent_flow"} == {scene.__name__ for scene in SCENES}


@pytest.mark.django_db(transaction=True)
def test_each_example_is_raised_with_the_amount_that_its_runbook_gives():
    book = Book()
    subjects = {scene.__name__: scene(book, scene.__name__) for scene in SCENES}
    book.close()
    book.found("silent_flow", 1000)
    cases = {(case.kind, case.subject): case for case in ExceptionCase.objects.filter(closed_at=None)}
    raised = {kind: cases.get((kind, subject)) for kind, subject in subjects.items()}
    found = {kind: case and (case.amount, case.currency) for kind, case in raised.items()}
    assert found == {kind: at_risk(kind) for kind in subjects}
