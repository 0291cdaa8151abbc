"""A draft credit note comes to its amounts exactly, bears the agreed reference, and lacks nothing silently."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.erp.xero.mapper import read_reference
from connectors.erp.xero.writes import DRAFT_CREDIT
from connectors.registry import Words
from connectors.writing import CannotBeWritten, Wanted, planned_again

WORDS = Words("xero", {"credit_account": "200"})
VALUES = {"currency": "GBP", "customer": "contact-1", "refs": {"rma": "RMA-51", "order_number": "#1042"}}


def planned(quantity="3", amount="37.50", words=WORDS, **changed):
    lines = [{"sku": "TEE", "quantity": Decimal(quantity), "amount": Decimal(amount)}]
    return DRAFT_CREDIT.plan(Wanted({}, VALUES | {"lines": lines} | changed), words)


def line(plan):
    return plan.body["CreditNotes"][0]["LineItems"][0]


def test_a_price_that_divides_is_a_price():
    assert (line(planned())["Quantity"], line(planned())["UnitAmount"]) == (3, 12.5)


def test_one_that_does_not_stands_in_one_piece_and_says_how_many_it_was():
    found = line(planned(amount="10.00"))
    assert (found["Quantity"], found["UnitAmount"], found["Description"]) == (1, 10, "3 × TEE")


@given(st.decimals("0.01", "99999", places=2, allow_nan=False), st.decimals("0.5", "999", places=1, allow_nan=False))
def test_every_line_comes_to_its_amount(amount, quantity):
    found = line(planned(str(quantity), str(amount)))
    assert Decimal(repr(found["Quantity"])) * Decimal(repr(found["UnitAmount"])) == amount


def test_the_reference_is_read_again_as_it_was_written():
    note = planned().body["CreditNotes"][0]
    assert read_reference(note["Reference"], "{rma} / {order_number}") == VALUES["refs"]


def test_what_is_kept_sends_the_same():
    assert planned_again(planned().as_json()).digest == planned().digest
    assert planned(amount="37.51").digest != planned().digest


@pytest.mark.parametrize(
    ("changed", "lacking"),
    [
        ({"lines": []}, "which goods"),
        ({"customer": None}, "who the customer is in xero"),
        ({"currency": None}, "currency"),
        ({"refs": {"order_number": "#1042"}}, "names rma"),
        ({"refs": {"rma": 'R"1', "order_number": "#1"}}, "quotation mark"),
    ],
)
def test_what_lacks_is_said(changed, lacking):
    with pytest.raises(CannotBeWritten, match=lacking):
        planned(**changed)
