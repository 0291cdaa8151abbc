"""Orders in three systems with all that follows from them, as large as wanted; the same arguments, the same lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

TOPOLOGY = Path(__file__).with_name("world.toml")
SKUS, CUSTOMERS, DAYS = 5_000, 2_000, 90
PENCE, TAX = Decimal("0.01"), Decimal("0.2")
PREFIXES = {"store": "S", "warehouse": "W", "erp": "E"}
# one group in a hundred is told wrongly, in each of these ways in turn
TROUBLES = (
    "quantity_mismatch",
    "price_mismatch",
    "order_missing_downstream",
    "credit_value_mismatch",
    "order_total_mismatch",
    "missing_restock",
    "missing_po",
)
AFTER_RETURNS = ("credit_value_mismatch", "missing_restock")


@dataclass(frozen=True)
class World:
    """`orders` groups, placed evenly over the 90 days before `moment`."""

    orders: int
    moment: datetime

    def lines(self, numbers=None):
        """Every record, of the groups in `numbers` (all unless told); catalogue and stock come with the first."""
        numbers = range(self.orders) if numbers is None else numbers
        if 0 in numbers:
            yield from self.goods()
        for number in numbers:
            yield from self.group(number)

    def group(self, number, *, quantity=0, later=timedelta()):
        """The records of one group; `quantity` more of its first line than before, told `later`."""
        return Group(self, number, quantity, later).records()

    def orders_of(self, system, numbers=None):
        """The order records of one system alone."""
        for number in range(self.orders) if numbers is None else numbers:
            yield Group(self, number).order(system)

    def goods(self):
        """Each system's catalogue, and the levels of the warehouse and the store."""
        at = stamp(self.moment - timedelta(days=DAYS + 30))
        for n in range(SKUS):
            named = {"at": at, "sku": sku(n), "title": f"Article {n}", "active": True, "pack_size": 1, "uom": "each"}
            for system in PREFIXES:
                yield {"type": "product", "system": system, "id": sku(n)} | named
            level = {"sku": sku(n), "location": "A", "condition": "sellable", "quantity": str(1_000_000 + n)}
            for system in ("warehouse", "store"):
                yield {"type": "stock_level", "system": system, "id": f"{sku(n)}@A", "at": at} | level

    def injected(self) -> Iterator[tuple[str, str]]:
        """Kind and subject of every disagreement that was put in."""
        for number in range(self.orders):
            group = Group(self, number)
            if group.trouble:
                yield group.trouble, group.subject


class Group:
    """One order and what became of it."""

    def __init__(self, world, number, quantity=0, later=timedelta()):
        self.number, self.more, self.later = number, quantity, later
        age = timedelta(days=DAYS) * (1 - number / world.orders) + timedelta(hours=3)
        self.placed_at = world.moment - age
        shipped_at = self.placed_at + timedelta(hours=20)
        self.shipped_at = shipped_at if shipped_at < world.moment - timedelta(hours=3) else None
        self.over = age > timedelta(days=7)
        trouble = TROUBLES[number // 100 % len(TROUBLES)] if number % 100 == 42 and self.over else None
        self.returned = self.over and (trouble in AFTER_RETURNS or (number % 23 in (5, 11) and trouble is None))
        self.trouble = trouble

    @property
    def refs(self):
        return {"sales_order": f"SO-{self.number}", "purchase_order": f"PO-{self.number}"}

    @property
    def customer(self):
        n = self.number * 7 % CUSTOMERS
        return {"id": f"C-{n}", "name": f"Customer {n}"}

    @property
    def first_sku(self):
        return sku(self.number * 13 % SKUS)

    @property
    def subject(self):
        n = self.number
        return {
            "quantity_mismatch": f"order:warehouse:W-{n}#{self.first_sku}",
            "price_mismatch": f"order:erp:E-{n}#{self.first_sku}",
            "order_missing_downstream": f"order:store:S-{n}>erp",
            "credit_value_mismatch": f"credit:erp:CN-{n}",
            "order_total_mismatch": f"order:erp:E-{n}",
            "missing_restock": f"return:portal:R-{n}#{self.first_sku}",
            "missing_po": f"order:warehouse:W-{n}",
        }[self.trouble]

    def records(self):
        yield self.order("store")
        yield self.order("warehouse")
        if self.trouble != "order_missing_downstream":
            yield self.order("erp")
        yield self.outcome("orders-to-warehouse", "order", f"S-{self.number}", f"W-{self.number}", self.changed_at)
        if self.shipped_at:
            yield self.fulfilment()
        if self.returned:
            yield from self.return_records()

    @property
    def changed_at(self):
        return (self.shipped_at or self.placed_at) + self.later

    def bought(self):
        """Two to four lines: number of the article, quantity, price."""
        for k in range(2 + self.number % 3):
            n = (self.number * 13 + k * 1_009) % SKUS
            yield n, 1 + (self.number + k) % 9 + (self.more if k == 0 else 0), price(n)

    def order(self, system):
        lines = [line(n, quantity) | {"unit_price": str(each)} for n, quantity, each in self.bought()]
        net = sum(quantity * each for _, quantity, each in self.bought())
        tax = (net * TAX).quantize(PENCE)
        said = self._head("order", system, f"{PREFIXES[system]}-{self.number}", self.changed_at) | {
            "number": f"{PREFIXES[system]}-{self.number}",
            "status": "fulfilled" if self.shipped_at else "open",
            "placed_at": stamp(self.placed_at),
            "customer": self.customer,
            "payment": {"method": "on_account", "status": "pending"},
            "currency": "GBP",
            "total": str(net + tax),
            "tax": str(tax),
            "ship_to": {"name": self.customer["name"], "town": "Whitby"},
            "lines": lines,
        }
        return self._told_wrongly(said, system, net + tax)

    def _told_wrongly(self, said, system, total):
        first = said["lines"][0]
        match self.trouble, system:
            case "quantity_mismatch", "warehouse":
                first["quantity"] = str(int(first["quantity"]) + 1)
            case "price_mismatch", "erp":
                first["unit_price"] = str(Decimal(first["unit_price"]) + Decimal("0.5"))
            case "order_total_mismatch", "erp":
                said["total"] = str(total + 5)
            case "missing_po", "warehouse":
                del said["refs"]["purchase_order"]
        return said

    def fulfilment(self):
        head = self._head("fulfilment", "warehouse", f"F-{self.number}", self.changed_at)
        lines = [line(n, quantity) for n, quantity, _ in self.bought()]
        return head | {"status": "dispatched", "shipped_at": stamp(self.shipped_at), "lines": lines}

    def return_records(self):
        requested_at = self.shipped_at + timedelta(days=1)
        days = {"requested_at": 0, "received_at": 1, "inspected_at": 2}
        said = {name: stamp(requested_at + timedelta(days=day)) for name, day in days.items()}
        n, _, each = next(self.bought())
        counted = {"received_quantity": "1", "accepted_quantity": "1", "disposition": "sellable"}
        gross = each + (each * TAX).quantize(PENCE)
        rma = {"rma": f"RMA-{self.number}"}
        for system, id, reason in (
            ("portal", f"R-{self.number}", "TOO_MANY"),
            ("store", f"SR-{self.number}", "UNWANTED"),
        ):
            head = self._head("return", system, id, requested_at + timedelta(days=4), rma)
            money = {"currency": "GBP", "refund_amount": str(gross), "resolution": "credit", "customer": self.customer}
            lines = [line(n, 1) | counted | {"reason_code": reason}]
            yield head | said | money | {"status": "closed", "lines": lines}
        yield self.credit(requested_at + timedelta(days=3), rma, n, each)
        if self.trouble != "missing_restock":
            moved = self._head("stock_movement", "warehouse", f"M-{self.number}", requested_at + timedelta(days=3), rma)
            yield moved | line(n, 1) | {"location": "A", "condition": "sellable", "reason": "return"}

    def credit(self, issued_at, rma, n, each):
        net = each + (3 if self.trouble == "credit_value_mismatch" else 0)
        tax = (net * TAX).quantize(PENCE)
        head = self._head("credit", "erp", f"CN-{self.number}", issued_at, rma | {"credit_number": f"CN-{self.number}"})
        said = {"number": f"CN-{self.number}", "kind": "credit_note", "status": "issued", "customer": self.customer}
        money = {"currency": "GBP", "amount": str(net + tax), "tax": str(tax), "issued_at": stamp(issued_at)}
        return head | said | money | {"lines": [line(n, 1) | {"unit_price": str(each)}]}

    def outcome(self, flow, type, about, target, at):
        said = {"type": "outcome", "system": "ipaas", "id": f"{flow}/{about}", "at": stamp(at + timedelta(minutes=10))}
        record = {"type": type, "id": about, "refs": self.refs}
        return said | {"flow": flow, "record": record, "result": "success", "target_id": target}

    def _head(self, type, system, id, at, refs=None):
        return {"type": type, "system": system, "id": id, "at": stamp(at), "refs": self.refs | (refs or {})}


def sku(number):
    return f"ART-{number:05}"


def price(number):
    return Decimal(150 + number * 37 % 4_200) / 100


def line(number, quantity):
    return {"sku": sku(number), "quantity": str(quantity), "uom": "each", "pack_size": 1}


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
