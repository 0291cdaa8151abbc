"""What the runbooks say ends an exception does end it, and what they say does not is not enough."""

import pytest

from exceptions.models import ExceptionCase
from tests.checks import test_runbook_examples as examples
from tests.checks.book import Book
from tests.checks.conftest import at

LATER = 1001  # hours after noon


def withdraw(b, type, system, id):
    b.take(type, system, id, LATER, deleted=True)


def counter_booking(b, n):
    b.put_away(n, -8, LATER, "-back")


def later_receipt(b, n):
    b.back(n, 4, LATER, line={"received_quantity": 4}, received_at=at(150))


def credit_of_the_month(b, n):
    b.gave(n, "1.11", LATER, "-sum", rma=False, reason="price_adjustment")


def parcel_back(b, n):
    b.back(n, 20, LATER, currency="USD")


def same_purchase_order(b, n):
    b.order(f"{n}-new", said=LATER, placed=LATER, refs={"purchase_order": "PO-1"}, lines=b.lines_of(n, 20))


NOT_ENOUGH = [
    ("premature_restock", counter_booking),
    ("unsellable_restock", counter_booking),
    ("over_restock", counter_booking),
    ("credit_before_receipt", later_receipt),
    ("rounding_drift", credit_of_the_month),
    ("dispatched_after_cancel", parcel_back),
    ("dispatched_after_cancel", same_purchase_order),
]


def premature_restock(b, n):
    withdraw(b, "stock_movement", "warehouse", f"M-{n}")


def unsellable_restock(b, n):
    b.moved(3, f"M-{n}", LATER, sku=f"S-{n}", refs={"rma": f"RMA-{n}"}, condition="quarantine")


def over_restock(b, n):
    withdraw(b, "stock_movement", "warehouse", f"M-{n}-2")


def credit_before_receipt(b, n):
    b.gave(n, "170.00", LATER, status="void")


def dispatched_after_cancel(b, n):
    refs = {"sales_order": f"SO-{n}", "purchase_order": "PO-1"}
    b.order(f"{n}-new", said=LATER, placed=LATER, refs=refs, lines=b.lines_of(n, 20))


def over_dispatched(b, n):
    b.sold(n, (54, "18.00"), currency="EUR", said=LATER)


def duplicate_order(b, n):
    again = {"refs": {"sales_order": f"SO-{n}"}, "lines": b.lines_of(n, 24)}
    b.order(f"{n}-2", system="warehouse", said=LATER, status="cancelled", **again)


def wrong_refund_method(b, n):
    b.gave(n, "288.00", LATER, kind="refund", status="void")
    b.gave(n, "288.00", LATER, "-2")


def missing_credit(b, n):
    b.gave(n, "621.42", LATER)


def credit_outside_workflow(b, n):
    b.gave(n, "156.00", LATER)


def credit_without_return(b, n):
    b.back(n, 12, LATER)


def credit_value_mismatch(b, n):
    b.gave(n, "101.60", LATER, status="void", currency="EUR")
    b.gave(n, "76.20", LATER, "-2", currency="EUR")


def duplicate_credit(b, n):
    b.gave(n, "210.00", LATER, "-2", status="void")


def order_edited_after_return(b, n):
    b.sold(n, (10, "45.00"), said=LATER)


def released_before_payment(b, n):
    b.sold(n, (3, "780.00"), said=LATER, status="released", payment={"method": "card", "status": "paid"})


def released_on_hold(b, n):
    b.sold(n, (48, "36.00"), currency="EUR", said=LATER, status="released")


def return_before_fulfilment(b, n):
    b.sent(n, 12, LATER)


def return_quantity_mismatch(b, n):
    b.back(n, 7, LATER, "-2", status="cancelled")


def refund_not_settled(b, n):
    b.gave(n, "128.00", LATER, kind="refund", settled=True)


def unsupported_credit_quantity(b, n):
    withdraw(b, "credit", "erp", f"CN-{n}")


def sync_failure(b, n):
    b.sold(n, (1, "928.64"), at=("shop",), said=LATER)


FIXES = [
    *(premature_restock, unsellable_restock, over_restock, credit_before_receipt, dispatched_after_cancel),
    *(over_dispatched, duplicate_order, wrong_refund_method, missing_credit, credit_outside_workflow),
    *(credit_without_return, credit_value_mismatch, duplicate_credit, order_edited_after_return),
    *(released_before_payment, released_on_hold, return_before_fulfilment, return_quantity_mismatch),
    *(refund_not_settled, unsupported_credit_quantity, sync_failure),
]


@pytest.mark.django_db(transaction=True)
def test_what_a_runbook_says_ends_an_exception_ends_it_and_what_is_too_little_does_not():
    book = Book()
    subjects = {scene.__name__: scene(book, scene.__name__) for scene in examples.SCENES}
    book.close()
    book.found("silent_flow", 1000)
    for kind, tried in NOT_ENOUGH:
        tried(book, kind)
    book.close()
    book.found("silent_flow", LATER)
    mended = {fix.__name__ for fix in FIXES}
    assert (mended | {kind for kind, _ in NOT_ENOUGH}) - still_open(subjects) == set()
    for fix in FIXES:
        fix(book, fix.__name__)
    book.close()
    book.found("silent_flow", LATER + 500)
    assert still_open(subjects) & mended == set()


def still_open(subjects):
    """The kinds whose example is open."""
    known = set(ExceptionCase.objects.filter(closed_at=None).values_list("kind", "subject"))
    return {kind for kind, subject in subjects.items() if (kind, subject) in known}
