"""A small brand for the checks: a storefront, a shop, a warehouse, a portal and an ERP; records by hand, and a run."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.models import OPEN, ExceptionCase
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.topology import load

NOON = datetime(2025, 9, 1, 12, tzinfo=UTC)
TOPOLOGY = """
[[systems]]
key = "front"
kind = "sparklayer"
authority = ["order", "price"]
requires = { order = ["purchase_order"] }
[[systems]]
key = "shop"
kind = "shopify"
[[systems]]
key = "warehouse"
kind = "warehouse"
authority = ["stock"]
requires = { order = ["purchase_order"] }
[[systems]]
key = "portal"
kind = "rebound"
authority = ["return"]
[[systems]]
key = "erp"
kind = "erp"
authority = ["credit", "product"]
requires = { credit = ["purchase_order"] }
[[systems]]
key = "ipaas"
kind = "ipaas"

[[flows]]
key = "to-shop"
record = "order"
source = "front"
target = "shop"
cadence = "5m"
grace = "30m"
[[flows]]
key = "to-warehouse"
record = "order"
source = "front"
target = "warehouse"
cadence = "15m"
grace = "2h"
within = "48h"
compare = ["status", "lines"]
[[flows]]
key = "shipments"
record = "fulfilment"
source = "warehouse"
target = "shop"
cadence = "30m"
grace = "2h"
[[flows]]
key = "returns"
record = "return"
source = "portal"
target = "shop"
cadence = "1h"
grace = "4h"
[[flows]]
key = "credits"
record = "credit"
source = "portal"
target = "erp"
cadence = "1h"
grace = "1d"
within = "5d"
tolerance = { amount = "0.05" }
[[flows]]
key = "products"
record = "product"
source = "front"
target = "portal"
cadence = "1d"
grace = "1d"

[skus.portal]
"OLD-TEE" = "TEE"
[statuses.warehouse.order]
"ALLOCATED" = "released"
"""


def at(hours=0, **more):
    """So long after noon of 1 September 2025, as text."""
    return (NOON + timedelta(hours=hours, **more)).isoformat()


class Brand:
    """Records by hand: each method takes one line in; `found` runs the checks as of a moment and says what is open."""

    def __init__(self):
        load(TOPOLOGY, dry_run=False)
        self.held = []
        # every system has sent every type once, so that no check is silent for want of a feed
        for system in ("front", "shop", "warehouse", "portal"):
            self.order(
                "X",
                system=system,
                status="cancelled",
                placed=-900,
                said=-900,
                po="PO-X",
                lines=[],
                customer={"id": "C-X"},
            )
        self.take("fulfilment", "warehouse", "F-X", -900, status="pending")
        for system in ("portal", "shop"):
            self.take("return", system, "R-X", -900, status="cancelled", requested_at=at(-900), refs={"rma": "X"})
        self.credit("C-X", said=-900, status="void", refs={"sales_order": "SO-X"})
        held, self.held = self.held, None
        self._take_in(*held)

    def take(self, type, system, id, said=0, **fields):
        value = {"type": type, "system": system, "id": id, "at": at(said)} | fields
        if self.held is None:
            self._take_in(value)
        else:
            self.held.append(value)
        return value

    def _take_in(self, *values):
        lines = "\n".join(json.dumps(value) for value in values)
        receipt = take_in(read_lines(io.BytesIO(lines.encode())), source="test", clock=timezone.now)
        assert not receipt.rejected, receipt.refusals

    def order(self, n=1, system="front", placed=0, said=0, status="open", po="PO-1", lines=None, refs=None, **fields):
        lines = [{"sku": "TEE", "quantity": 10, "unit_price": "5.00"}] if lines is None else lines
        numbers = {"sales_order": f"SO-{n}"} | ({"purchase_order": po} if po else {}) | (refs or {})
        money = {"currency": "GBP", "total": "50.00"}
        known = {"placed_at": at(placed), "ship_to": {"town": "Rye"}, "customer": {"id": "C-1"}}
        said_so = {"status": status, "refs": numbers, "lines": lines}
        return self.take("order", system, f"{system}-{n}", said, **known | money | said_so | fields)

    def everywhere(self, n=1, **fields):
        """The order and its copies, alike."""
        for system in ("front", "shop", "warehouse"):
            self.order(n, system, **fields)

    def shipped(self, n=1, said=1, quantity=10, **fields):
        sent = {"refs": {"sales_order": f"SO-{n}"}, "status": "dispatched"}
        sent |= {"lines": [{"sku": "TEE", "quantity": quantity}]}
        self.take("fulfilment", "warehouse", f"F-{n}", said, **sent | fields)

    def returned(self, n=1, said=100, status="received", quantity=4, refs=None, system="portal", **fields):
        numbers = {"sales_order": f"SO-{n}", "rma": f"RMA-{n}"} if refs is None else refs
        lines = fields.pop("lines", [{"sku": "TEE", "quantity": quantity}])
        base = {"requested_at": at(said), "resolution": "credit", "currency": "GBP", "refund_amount": "20.00"}
        self.take(
            "return", system, f"R-{n}", said, **base | {"status": status, "refs": numbers, "lines": lines} | fields
        )

    def credit(self, id="CN-1", said=110, amount="20.00", status="issued", refs=None, **fields):
        numbers = {"sales_order": "SO-1", "rma": "RMA-1", "purchase_order": "PO-1"} if refs is None else refs
        base = {"kind": "credit_note", "currency": "GBP", "amount": amount, "issued_at": at(said), "status": status}
        self.take("credit", "erp", id, said, **base | {"refs": numbers, "customer": {"id": "C-1"}} | fields)

    def outcome(
        self, flow="to-warehouse", n=1, said=0.2, result="failed", code=None, type="order", system="front", **fields
    ):
        error = {"error": {"code": code}} if code else {}
        record = {"type": "order", "id": f"front-{n}", "refs": {"sales_order": f"SO-{n}"}}
        self.take("outcome", "ipaas", f"{flow}-{n}", said, flow=flow, record=record, result=result, **error, **fields)

    def moved(self, quantity, id="M-1", said=105, **fields):
        stock = {"sku": "TEE", "condition": "sellable", "quantity": quantity, "refs": {"rma": "RMA-1"}}
        self.take("stock_movement", "warehouse", id, said, **stock | fields)

    def rewire(self, old="", new="", more=""):
        """The topology with `old` replaced by `new`, and more of it."""
        assert old in TOPOLOGY
        load(TOPOLOGY.replace(old, new) + more, dry_run=False)

    def case(self, kind):
        """The one open exception of a kind."""
        return ExceptionCase.objects.get(kind=kind, state__in=OPEN)

    def found(self, kind, hours, full=False):
        """Subject → (amount, currency) of the open exceptions of a kind, as of so many hours after noon."""
        reconcile(as_of=NOON + timedelta(hours=hours), now=timezone.now(), full=full)
        cases = ExceptionCase.objects.filter(kind=kind, state__in=OPEN).order_by("subject")
        return {case.subject: (None if case.amount is None else f"{case.amount:f}", case.currency) for case in cases}

    def said(self, kind, hours):
        """The open cases of a kind as people read them: titles, then (field, expected, from, actual, from) of each."""
        self.found(kind, hours)
        cases = ExceptionCase.objects.filter(kind=kind, state__in=OPEN).order_by("subject")
        parts = ("field", "expected", "expected_from", "actual", "actual_from")
        return [c.title for c in cases], [tuple(e[part] for part in parts) for c in cases for e in c.evidence]


@pytest.fixture
def brand(db):
    return Brand()
