"""What one system says of one thing, in canonical words, base SKUs, base quantities and base prices."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

LIVE_CREDIT = {"issued", "applied"}
COME_BACK = {"received", "inspected", "closed"}


@dataclass(frozen=True)
class Line:
    """A line of a record: `base_*` in base units, `net` the line's value after all discounts, None where unknown."""

    id: str
    sku: str
    base_sku: str
    uom: str | None
    pack_size: Fraction
    own_pack_size: Fraction | None
    quantity: Fraction
    base_quantity: Fraction
    net: Fraction | None
    base_price: Fraction | None
    received: Fraction | None
    accepted: Fraction
    unit_refund: Fraction | None
    reason_code: str | None
    reason: str | None
    disposition: str | None


class Record:
    """One version of a record; its fields are attributes, None where absent.

    `status`, `method`, `payment_status` and `rejection_reason` are canonical (None where no mapping knows them), the
    words as they came are `raw_status`, `raw_method`, `raw_payment_status`. `history` holds the versions up to this
    one, oldest first, one a moment; `changed_at` is the contract's.
    """

    def __init__(self, said, world):
        self.type, self.system, self.id, self.at = said.type, said.system, said.id, said.at
        self.deleted = said.deleted
        self.fields = said.fields
        self.world = world
        topology = world.topology
        self.realm = said.fields["realm"] or topology.systems[said.system].realm
        self.history = [self]
        self.changed_at = said.at
        payment = said.fields.get("payment") or {}
        self.hold, self.raw_method, self.raw_payment_status = (payment.get(n) for n in ("hold", "method", "status"))
        self.raw_status = said.fields.get("status")
        self.status = self.raw_status and topology.status(self.system, self.type, self.raw_status)
        self.method = topology.status(self.system, "payment.method", self.raw_method)
        self.payment_status = topology.status(self.system, "payment.status", self.raw_payment_status)
        self.rejection_reason = topology.rejection(self.system, said.fields.get("rejection_reason"))
        self.customer = topology.customer(self.system, (said.fields.get("customer") or {}).get("id"))
        self.refs = said.fields.get("refs") or {}
        self._lines = None

    def __getattr__(self, name):
        if name.startswith("_") or "fields" not in self.__dict__:
            raise AttributeError(name)
        return self.fields.get(name)

    def __repr__(self):
        return f"<{self.type}:{self.system}:{self.id} {self.raw_status}>"

    @property
    def key(self):
        return self.type, self.system, self.id

    @property
    def subject(self):
        return ":".join(self.key)

    @property
    def live(self):
        if self.type == "order":
            return self.status != "cancelled"
        if self.type == "return":
            return self.status not in ("rejected", "cancelled")
        return self.status in LIVE_CREDIT if self.type == "credit" else True

    @property
    def over(self):
        """Cancelled, rejected or void: nobody waits for it any more."""
        return self.status in ("cancelled", "rejected", "void")

    @property
    def come_back(self):
        """Whether a return is received, inspected or closed."""
        return self.status in COME_BACK

    @property
    def gross(self):
        return self.fields.get({"order": "total", "credit": "amount", "return": "refund_amount"}[self.type])

    @property
    def net_goods(self):
        return None if self.gross is None else self.gross - (self.tax or 0) - (self.shipping or 0)

    @property
    def shipped(self):
        return self.fields["shipped_at"] or self.at

    @property
    def issued(self):
        return self.fields["issued_at"] or self.at

    @property
    def received(self):
        """The moment a return's age runs from, None where it never came back."""
        came = (version.at for version in self.history if not version.deleted and version.come_back)
        return self.received_at or self.inspected_at or next(came, None)

    def reference(self, scheme):
        """The reference of this scheme as it is compared, None where absent."""
        return self.world.topology.reference(self.refs.get(scheme))

    @property
    def lines(self):
        if self._lines is None:
            self._lines = self.world.lines_of(self)
        return self._lines

    @property
    def quantities(self):
        """Base quantity by base SKU."""
        return summed((line.base_sku, line.base_quantity) for line in self.lines)

    def lines_by_sku(self):
        found = defaultdict(list)
        for line in self.lines:
            found[line.base_sku].append(line)
        return dict(found)

    def version_at(self, moment):
        """The version in force at a moment, None before the first or where it was deleted."""
        reigning = [version for version in self.history if version.at <= moment]
        return reigning[-1] if reigning and not reigning[-1].deleted else None


def summed(pairs):
    found = defaultdict(Fraction)
    for key, value in pairs:
        found[key] += value
    return dict(found)


def mean_price(lines):
    """The base price of some lines of one SKU: the mean weighted by quantity, None where unknown."""
    priced = [line for line in lines if line.base_price is not None]
    quantity = sum(line.base_quantity for line in priced)
    return sum(line.net for line in priced) / quantity if quantity else None
