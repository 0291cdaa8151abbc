"""A brand that is told of many kinds at once, each under SKUs, customers and numbers of its own."""

import io
import json
from decimal import Decimal

from django.utils import timezone

from connectors.lines import read_lines
from reconciliation.intake import take_in
from reconciliation.topology import load
from tests.checks.conftest import TOPOLOGY, Brand, at

TOLERANCE = ('tolerance = { amount = "0.05" }', 'tolerance = { amount = "0.25" }')
TO_PORTAL = """
[[flows]]
key = "to-portal"
record = "order"
source = "front"
target = "portal"
cadence = "15m"
grace = "1h"
only = { channel = ["eu"] }
"""
ALL = ("front", "shop", "warehouse")


class Book(Brand):
    """The brand, whose lines come in together; what is told of a kind carries its name in every number."""

    def __init__(self):
        self.lines = []
        super().__init__()
        load(TOPOLOGY.replace(*TOLERANCE) + TO_PORTAL, dry_run=False)

    def take(self, type, system, id, said=0, **fields):
        self.lines.append(json.dumps({"type": type, "system": system, "id": id, "at": at(said)} | fields))

    def close(self):
        """Takes in what was told since the last time."""
        receipt = take_in(read_lines(io.BytesIO("\n".join(self.lines).encode())), source="test", clock=timezone.now)
        assert not receipt.rejected, receipt.refusals
        self.lines = []

    def sold(self, n, *lines, at=ALL, currency="GBP", **fields):
        """Lines as (quantity, price) or with more about them."""
        told = [{"sku": f"S-{n}", "quantity": one[0], "unit_price": one[1]} | dict(*one[2:]) for one in lines]
        total = str(sum(line["quantity"] * Decimal(line["unit_price"]) for line in told))
        base = {"total": total, "currency": currency, "customer": {"id": f"K-{n}"}, "status": "closed"}
        for system in at:
            self.order(n, system=system, lines=told, **base | fields)

    def sent(self, n, quantity, said=1, part=""):
        lines = [{"sku": f"S-{n}", "quantity": quantity}]
        self.shipped(f"{n}{part}", said, refs={"sales_order": f"SO-{n}"}, shipped_at=at(said), lines=lines)

    def back(self, n, quantity, said=100, part="", system="portal", line=None, **fields):
        lines = [{"sku": f"S-{n}", "quantity": quantity} | (line or {})]
        refs = {"sales_order": f"SO-{n}", "rma": f"RMA-{n}{part}"}
        self.returned(f"{n}{part}", said, lines=lines, system=system, **{"refs": refs} | fields)

    def came_back(self, n, quantity, price, ordered=None, currency="GBP", line=None, **fields):
        """Sold, sent, and returned to portal and shop."""
        self.sold(n, (ordered or quantity, price), currency=currency)
        self.sent(n, ordered or quantity)
        for system in ("portal", "shop"):
            self.back(n, quantity, system=system, line=line, currency=currency, **fields)

    def gave(self, n, amount, said=110, part="", rma=True, currency="GBP", **fields):
        refs = {"sales_order": f"SO-{n}", "purchase_order": "PO-1"} | ({"rma": f"RMA-{n}"} if rma else {})
        base = {"refs": refs, "customer": {"id": f"K-{n}"}, "currency": currency}
        self.credit(f"CN-{n}{part}", said, amount, **base | fields)

    def gave_loose(self, n, quantity, price, said=200, part="", currency="GBP"):
        """A credit that names no order and no return."""
        line = {"sku": f"S-{n}", "quantity": quantity, "unit_price": price}
        self.gave(n, str(quantity * Decimal(price)), said, part, refs={}, lines=[line], currency=currency)

    def lines_of(self, n, quantity, price="49.60"):
        return [{"sku": f"S-{n}", "quantity": quantity, "unit_price": price}]

    def put_away(self, n, quantity, said=105, part=""):
        self.moved(quantity, f"M-{n}{part}", said, sku=f"S-{n}", refs={"rma": f"RMA-{n}"})
