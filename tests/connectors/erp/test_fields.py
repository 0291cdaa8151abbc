"""Each field of the contract is carried by an ERP's mapper, or its README says that it does not have it."""

import pytest

from connectors.erp.file.client import ErpFiles
from connectors.registry import connector
from tests.connectors import reading
from tests.connectors.erp.xero.organisation import allocated, invoice, note, row
from tests.connectors.test_fields import asked, carried, lacking

SETTINGS = {"reason_category": "Why", "shipping_items": "POST"}


def xero():
    post = row("POST", 1, 4.0, 4.0, 0.8)
    known = {"Contact": {"ContactID": "c", "Name": "Acme", "EmailAddress": "buyer@example.test"}}
    rows = [row(Tracking=[{"Name": "Why", "Option": "Return"}]), post]
    yield "credit_notes", note(1, *rows, Allocations=allocated(1), Payments=[{"PaymentID": "p"}], **known)
    yield "invoices", invoice(1, row(), post, **known)


def file():
    """Each column of each file says something."""
    said = {"rma": "R-1", "kind": "refund", "reason": "return", "line_reason": "return", "currency": "GBP"}
    for feed, kind in ErpFiles.kinds.items():
        more = ("ship_to", "notes", "customer_email", "realm")
        cells = {column: said.get(column, "1") for column in (*kind.columns, *more)} | {"deleted": "no"}
        cells |= dict.fromkeys(("placed_at", "issued_at"), "2026-11-20T10:00:00Z") | {"row": 2}
        yield feed, {"id": "1", "at": "2026-11-20T10:00:00Z", "rows": [cells]}


@pytest.mark.parametrize(("vendor", "items"), [("xero", xero), ("file", file)])
def test_each_field_of_the_contract_is_carried_or_said_to_lack(vendor, items):
    made = connector("erp", vendor)
    found = {
        one
        for feed, item in items()
        for record in reading.records(made, feed, item, settings=SETTINGS)
        for one in carried(record)
    }
    assert set(asked()) - found == set(lacking(f"erp/{vendor}"))
