"""Xero's words in the contract's: references by agreement, net prices, cash told from credit, days in their zone."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.erp.xero.mapper import lines, read_reference
from connectors.lines import Accepted, Known
from connectors.mapping import mapped
from connectors.models import Connection
from connectors.registry import Words, connector
from tests.connectors.erp.xero.organisation import inv, invoice, note, row
from tests.connectors.reading import kept_and_refused, taken

KNOWN = Known(systems=frozenset({"xero"}), flows={})
PAYLOADS = Path(__file__).parents[3] / "payloads" / "xero"


def records(item, feed="credit_notes", **settings):
    """The records; each is accepted by the contract."""
    found = []
    connection = Connection(system="xero", kind="erp", vendor="xero", settings=settings)
    for said in mapped(connector("erp", "xero"), feed, item, connection):
        read = taken(said, KNOWN)
        assert isinstance(read, Accepted), read
        found.append(read.record)
    return found


def the_note(*rows, **said):
    (found,) = records(note(1, *rows, **said))
    return found


def test_a_credit_note():
    item = json.loads((PAYLOADS / "credit_note.json").read_text(), parse_float=Decimal)
    item["AllocatedTo"] = [{"InvoiceNumber": "INV-2201", "Reference": "#1042"}]
    (found,) = records(item, customer_id="ContactNumber", time_zone="Europe/London")
    assert (found.number, found.kind, found.status, found.settled) == ("CN-0105", "credit_note", "issued", None)
    assert found.refs == {
        "credit_number": "CN-0105",
        "rma": "RMA-2207",
        "order_number": "#1042",
        "invoice": "INV-2201",
    }
    assert (found.currency, found.amount, found.tax) == ("GBP", Decimal("30.0"), Decimal("5.0"))
    assert (found.customer.id, found.customer.name) == ("ACME01", "Trade Buyer Ltd")
    assert found.issued_at.isoformat() == "2026-07-15T23:00:00+00:00"  # a day of British summer
    (line,) = found.lines
    assert (line.sku, line.quantity, line.unit_price) == ("TEE-BLK-M", 2, Decimal("12.5"))


@pytest.mark.parametrize(
    ("said", "form", "found"),
    [
        ("RMA-1 / #1042", "{rma} / {order_number}", {"rma": "RMA-1", "order_number": "#1042"}),
        ("  RMA-1/#1042 ", "{rma} / {order_number}", {"rma": "RMA-1", "order_number": "#1042"}),
        ("PO 77", "PO {purchase_order}", {"purchase_order": "77"}),
        ("RMA-1", "{rma}", {"rma": "RMA-1"}),
        ("goodwill for Anna", "{rma} / {order_number}", {}),
        (" / #1042", "{rma} / {order_number}", {}),
        ("", "{rma} / {order_number}", {}),
    ],
)
def test_references_in_the_agreed_form(said, form, found):
    assert read_reference(said, form) == found


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_reference_whatever_is_an_error(said, form):
    read_reference(said, form)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("DRAFT", "draft"),
        ("SUBMITTED", "draft"),
        ("AUTHORISED", "issued"),
        ("PAID", "applied"),
        ("VOIDED", "void"),
        ("DELETED", "void"),
        ("PONDERED", "PONDERED"),
    ],
)
def test_the_status_of_a_note(said, status):
    assert the_note(Status=said).status == status


def test_a_payment_makes_it_a_refund_and_an_allocation_does_not():
    paid = the_note(Payments=[{"PaymentID": "p", "Amount": 30.0, "PaymentType": "ARCREDITPAYMENT"}])
    assert (paid.kind, paid.settled) == ("refund", True)
    assert the_note(Payments=[{"PaymentID": "p", "Status": "DELETED"}]).kind == "credit_note"
    assert the_note(Allocations=[{"Invoice": {"InvoiceID": inv(1)}}]).kind == "credit_note"


def test_what_is_bought_is_not_ours():
    assert records(note(1, Type="ACCPAYCREDIT")) == []
    assert records(invoice(1, Type="ACCPAY"), "invoices") == []


def test_a_price_with_tax_is_made_net():
    (line,) = the_note(row(quantity=3, price=10, worth=30, tax=5), LineAmountTypes="Inclusive").lines
    assert abs(line.unit_price * 3 - 25) < Decimal("0.000000001")
    (line,) = the_note(row(quantity=3, price=10, worth=30, tax=0), LineAmountTypes="NoTax").lines
    assert line.unit_price == 10


def test_four_places_of_a_price_are_kept():
    (line,) = the_note(row(quantity=12, price=Decimal("8.3333"), worth=Decimal("100.00"))).lines
    assert abs(line.unit_price * 12 - 100) < Decimal("0.000000001")


def test_what_is_taken_back_within_a_note_has_a_negative_price():
    (_, line) = the_note(row(), row("FEE", quantity=-1, price=5, worth=-5, tax=-1)).lines
    assert (line.quantity, line.unit_price) == (1, -5)


def test_lines_of_text_are_no_lines_and_one_without_an_item_is_named_by_its_text():
    text = {"LineItemID": "t", "Description": "Thank you"}
    found = the_note(text, row(ItemCode=None, Description="Goodwill for the delay")).lines
    assert [line.sku for line in found] == ["Goodwill for the delay"]


def test_an_amount_without_a_quantity_is_one_piece():
    (line,) = the_note(row("FEE", quantity=None, price=None, worth=7.5)).lines
    assert (line.quantity, line.unit_price) == (1, Decimal("7.5"))


def test_a_line_of_none_keeps_its_price():
    (line,) = the_note(row(quantity=0, price=12.5, worth=0)).lines
    assert (line.quantity, line.unit_price) == (0, Decimal("12.5"))


def test_a_note_without_carriage_says_nothing_of_it():
    assert the_note().shipping is None


@pytest.mark.parametrize("said", ["2026-11-16T09:00:00", "2026-11-16 09:00:00Z", "2026-11-16T10:00:00+01:00"])
def test_a_moment_without_a_zone_is_utc(said):
    assert the_note(UpdatedDateUTCString=said).at.isoformat() == "2026-11-16T09:00:00+00:00"


def test_an_item_is_named_by_its_code_wherever_that_stands():
    (found,) = records(
        note(1, row(ItemCode=None, Item={"Code": "TEE"}), row(ItemCode=None, Item={"Code": "POST"}, worth=4.0)),
        shipping_items="POST",
    )
    assert ([line.sku for line in found.lines], found.shipping) == (["TEE"], Decimal("4.0"))


def test_carriage_is_no_goods():
    (found,) = records(note(1, row(), row("CARRIAGE", 1, 4.0, 4.0, 0.8)), shipping_items="POST, CARRIAGE")
    assert (found.shipping, [line.sku for line in found.lines]) == (Decimal("4.0"), ["TEE"])


def test_reasons_are_options_of_a_tracking_category():
    def reason(*options):
        rows = [row(f"S{n}", Tracking=[{"Name": "Why", "Option": option}]) for n, option in enumerate(options)]
        (found,) = records(note(1, *rows), reason_category="Why")
        return found.reason, [line.reason for line in found.lines]

    assert reason("Price adjustment") == ("price_adjustment", ["price_adjustment"])
    assert reason("Cancellation") == ("cancellation", ["cancellation"])
    assert reason("Goodwill", "Return") == (None, ["goodwill", "return"])
    assert reason("price-adjustment") == ("price_adjustment", ["price_adjustment"])


def test_a_reason_that_nobody_knows_is_asked_about_and_the_credit_kept():
    item = note(1, row(Tracking=[{"Name": "Where", "Option": "Hull"}, {"Name": "Why", "Option": "Torn"}]))
    settings = {"reason_category": "Why"}
    (kept,), (refused,) = kept_and_refused(connector("erp", "xero"), "credit_notes", item, settings=settings)
    assert (kept.reason, kept.lines[0].reason, kept.amount) == (None, None, 30)
    assert "Torn" in refused.reason
    (found,) = records(item, **settings, reasons="torn = return")
    assert (found.reason, found.lines[0].reason) == ("return", "return")


def test_dates_in_the_older_form():
    found = the_note(
        DateString=None, Date="/Date(1794787200000+0000)/", UpdatedDateUTCString=None,
        UpdatedDateUTC="/Date(1794819600000+1300)/",
    )  # fmt: skip
    assert (found.issued_at.isoformat(), found.at.isoformat()) == (
        "2026-11-16T00:00:00+00:00",
        "2026-11-16T09:00:00+00:00",
    )


def test_an_invoice_that_stands_for_an_order():
    (found,) = records(invoice(1, row(quantity=2, price=15, worth=25)), "invoices")
    assert (found.id, found.number, found.refs) == (inv(1), "INV-1", {"invoice": "INV-1", "order_number": "#1001"})
    assert (found.status, found.payment.status, found.total, found.tax) == ("released", "pending", 30, 5)
    assert found.lines[0].unit_price == Decimal("12.5")  # behind the discount
    (found,) = records(invoice(1, Status="VOIDED"), "invoices", invoice_reference="sales_order")
    assert (found.status, found.refs["sales_order"]) == ("cancelled", "#1001")


def test_invoices_whose_reference_means_nothing_lend_none():
    item = note(1, Reference="", AllocatedTo=[{"InvoiceNumber": "INV-1", "Reference": "thanks"}])
    (found,) = records(item, invoice_reference="never")
    assert found.refs == {"credit_number": "CN-0001", "invoice": "INV-1"}
    (found,) = records(invoice(1), "invoices", invoice_reference="never")
    assert found.refs == {"invoice": "INV-1"}


def line_of(feed, item, **settings):
    """The one line of an item, as it goes into intake."""
    (found,) = lines(feed, item, Words("xero", settings))
    return found


def test_all_that_the_contract_has_of_an_invoice_is_carried_and_the_document_with_it():
    item = invoice(1, row(), row("POST", 1, 4.0, 4.0, 0.8), CurrencyCode="EUR")
    item["Contact"]["EmailAddress"] = "buyer@example.test"
    found = line_of("invoices", item, shipping_items="POST", customer_id="ContactNumber")
    assert found["customer"] == {"id": "ACME01", "name": "Acme", "email": "buyer@example.test"}
    assert (found["currency"], found["shipping"], found["total"], found["tax"]) == ("EUR", Decimal("4.0"), 30, 5)
    assert found["placed_at"] == "2026-11-16T00:00:00+00:00"
    assert [line["sku"] for line in found["lines"]] == ["TEE"]
    assert found["raw"] == item


def test_all_that_the_contract_has_of_a_note_is_carried_and_the_document_with_it():
    item = note(1, row(Tracking=[{"Name": "Why", "Option": "Goodwill"}]), CurrencyCode="EUR")
    found = line_of("credit_notes", item, reason_category="Why")
    (line,) = found["lines"]
    assert line == {
        "id": item["LineItems"][0]["LineItemID"],
        "sku": "TEE",
        "quantity": 2,
        "unit_price": Decimal("12.5"),
        "reason": "goodwill",
    }
    assert (found["number"], found["currency"], found["amount"], found["reason"]) == ("CN-0001", "EUR", 30, "goodwill")
    assert found["raw"] == item


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    st.sampled_from(["LineItems", "Contact", "Total", "Payments", "Allocations", "Status", "DateString", "Type"]),
)
def test_no_answer_whatever_stops_a_feed(value, name):
    connection = Connection(system="xero", kind="erp", vendor="xero", settings={})
    for item in (note() | {name: value}, value if isinstance(value, dict) else {"id": value}):
        for feed in ("credit_notes", "invoices"):
            for said in mapped(connector("erp", "xero"), feed, item, connection):
                taken(said, KNOWN)


def test_the_mapper_is_pure():
    words = Words("xero", {})
    assert list(lines("credit_notes", note(), words)) == list(lines("credit_notes", note(), words))
