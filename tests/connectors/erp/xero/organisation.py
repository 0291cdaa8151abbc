"""An organisation's documents, in Xero's words."""

from copy import deepcopy
from datetime import timedelta
from uuid import NAMESPACE_OID, uuid5

import pytest

from connectors.erp.xero.simulator import Xero
from tests.connectors.vendors import BEGIN, Clock, connected

OF_A_NOTE_ALONE = ("CreditNoteID", "CreditNoteNumber", "RemainingCredit", "Allocations")


def cn(number):
    """The id of a credit note."""
    return f"c0000000-0000-4000-8000-{number:012}"


def inv(number):
    """The id of an invoice."""
    return f"10000000-0000-4000-8000-{number:012}"


def some_id(name):
    """An id that follows from a name."""
    return str(uuid5(NAMESPACE_OID, str(name)))


def row(sku="TEE", quantity=2, price=12.5, worth=25.0, tax=5.0, **said):
    base = {"LineItemID": some_id(sku), "ItemCode": sku, "Description": f"The {sku}", "Quantity": quantity}
    return base | {"UnitAmount": price, "LineAmount": worth, "TaxAmount": tax, "Tracking": []} | said


def note(number=1, *rows, **said):
    base = {
        "CreditNoteID": cn(number),
        "CreditNoteNumber": f"CN-{number:04}",
        "Type": "ACCRECCREDIT",
        "Status": "AUTHORISED",
        "Reference": f"RMA-{number} / #{1000 + number}",
        "Contact": {"ContactID": some_id("Acme"), "ContactNumber": "ACME01", "Name": "Acme"},
        "DateString": "2026-11-16T00:00:00",
        "LineAmountTypes": "Exclusive",
        "LineItems": list(rows) or [row()],
        "SubTotal": 25.0,
        "TotalTax": 5.0,
        "Total": 30.0,
        "RemainingCredit": 30.0,
        "CurrencyCode": "GBP",
        "Allocations": [],
        "Payments": [],
        "UpdatedDateUTCString": "2026-11-16T09:00:00Z",
    }
    return deepcopy(base | said)


def invoice(number=1, *rows, **said):
    base = {name: said for name, said in note(number, *rows).items() if name not in OF_A_NOTE_ALONE}
    base |= {"InvoiceID": inv(number), "InvoiceNumber": f"INV-{number}", "Type": "ACCREC"}
    return base | {"Reference": f"#{1000 + number}"} | said


def allocated(*numbers):
    return [
        {"AllocationID": some_id(n), "Date": "2026-11-16", "Amount": 1.0, "Invoice": {"InvoiceID": inv(n)}}
        for n in numbers
    ]


@pytest.fixture
def organisations(monkeypatch):
    """A function that connects an organisation of seven notes, read three at a time: (connection, simulator, clock)."""
    monkeypatch.setattr("connectors.erp.xero.client.SIZE", 3)

    def make(**settings):
        clock = Clock()
        organisation = Xero(clock)
        for number in range(1, 8):
            changed = BEGIN - timedelta(hours=3, minutes=-number)
            organisation.put("CreditNotes", note(number, Allocations=allocated(number)), changed)
            organisation.put("Invoices", invoice(number), changed)
        organisation.put("CreditNotes", note(99, Type="ACCPAYCREDIT"), BEGIN - timedelta(hours=2))
        connection = connected(
            "erp",
            "xero",
            settings={"tenant_id": organisation.tenant, "client_id": organisation.client_id} | settings,
            secrets={
                "client_secret": organisation.client_secret,
                "refresh_token": "refresh-0",
                "webhook_secret": organisation.key,
            },
        )
        return connection, organisation, clock

    return make
