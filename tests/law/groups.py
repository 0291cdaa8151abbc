"""Order groups: which records speak of the same order, and what they say together."""

from collections import defaultdict
from functools import cached_property

from tests.law.records import mean_price, summed

STRONG = ("ecommerce_order", "sales_order", "order_number", "rma")
UNPAID = ("pending", "failed", "void")


class Group:
    """The records of one order group; `movements` and `outcomes` are attached to it."""

    def __init__(self, world, records):
        self.world = world
        self.records = records
        self.movements, self.outcomes = [], []

    def of(self, kind, system=None):
        """Its records of a type, of one system or of all."""
        return [r for r in self._by_type[kind] if system in (None, r.system)]

    @cached_property
    def _by_type(self):
        found = defaultdict(list)
        for record in self.records:
            found[record.type].append(record)
        return found

    def orders(self, system=None):
        return sorted(self.of("order", system), key=earliest)

    def returns(self, system=None):
        return sorted(self.of("return", system), key=lambda r: (r.requested_at, r.id))

    def speaking(self, system=None):
        """Its returns; of several of one rma in one system the earliest alone."""
        first = {}
        for record in self.returns(system):
            first.setdefault((record.system, record.reference("rma") or record.key), record)
        return list(first.values())

    def credits(self, system=None):
        return self.of("credit", system)

    def copies(self, system, flow=None):
        """The live orders of a system, earliest first; of a flow's source only those that travel on it."""
        travelling = [o for o in self.orders(system) if flow is None or system != flow.source or flow.takes(o)]
        return [order for order in travelling if order.live]

    @cached_property
    def order(self):
        """The law's O: the order of an order authority: the earliest live one, else the earliest, else None."""
        authorities = self.world.topology.holding("order")
        orders = sorted((o for o in self.of("order") if o.system in authorities), key=earliest)
        return next((order for order in orders if order.live), orders[0] if orders else None)

    @cached_property
    def dispatched(self):
        """Dispatched fulfilments, earliest first."""
        dispatchers = self.world.topology.dispatchers
        out = [f for f in self.of("fulfilment") if f.status == "dispatched" and f.system in dispatchers]
        return sorted(out, key=lambda f: (f.shipped, f.id))

    @cached_property
    def dispatched_quantities(self):
        """Dispatched base quantity by base SKU."""
        return summed((line.base_sku, line.base_quantity) for f in self.dispatched for line in f.lines)

    @property
    def nothing_dispatched(self):
        """Whether nothing is dispatched, for a fact: no verdict where no dispatching system was ever heard of."""
        heard = any(self.world.has_sent(key, "fulfilment") for key in self.world.topology.dispatchers)
        return heard and not self.dispatched

    def price(self, sku):
        """O's base price of a SKU, None where O does not have it."""
        return mean_price([line for line in self.order.lines if line.base_sku == sku]) if self.order else None

    def value(self, quantities):
        """(amount, currency) of base quantities by base SKU at O's prices: the sum of what is known, else nothing."""
        known = [quantity * self.price(sku) for sku, quantity in quantities.items() if self.price(sku) is not None]
        return (sum(known), self.order.currency) if known else (None, None)

    # flows into and out of a system

    def flows_into(self, system, record):
        flows = [flow for flow in self.world.topology.flows_of(record) if flow.target == system]
        return self._whose_other_end_is_here(flows, "source")

    def flows_out_of(self, system, record):
        flows = [flow for flow in self.world.topology.flows_of(record) if flow.source == system]
        return self._whose_other_end_is_here(flows, "target")

    def _whose_other_end_is_here(self, flows, end):
        here = {record.system for record in self.records}
        return [flow for flow in flows if getattr(flow, end) in here] or flows


def earliest(order):
    return order.placed_at, order.id, order.system


def rightful_hold(order, target):
    """Whether an order is not due yet towards a warehouse."""
    unpaid = order.method not in (None, "on_account") and order.payment_status in UNPAID
    return target.kind == "warehouse" and bool(order.hold or unpaid)


def joined(world):
    """The groups of a world, with what is attached to them."""
    records = [r for r in world.records if r.type in ("order", "fulfilment", "return", "credit")]
    parent = {record.key: record.key for record in records}

    def root(key):
        while parent[key] != key:
            key = parent[key]
        return key

    by_reference = {}
    for record in records:
        for reference in references(record):
            parent[root(record.key)] = root(by_reference.setdefault(reference, record.key))
    for one, other in world.links:
        if one in parent and other in parent:
            parent[root(one)] = root(other)
    members = defaultdict(list)
    for record in records:
        members[root(record.key)].append(record)
    groups = [Group(world, members[key]) for key in sorted(members)]
    _attach(world, {r.key: g for g in groups for r in g.records}, by_reference)
    return groups


def references(record, realm=None):
    """The strong references of a record, as they join: (realm, scheme, value)."""
    realm = realm or record.realm
    return [(realm, scheme, value) for scheme in STRONG if (value := record.reference(scheme)) is not None]


def _attach(world, group_of, by_reference):
    def by(found):
        return next((group_of[by_reference[reference]] for reference in found if reference in by_reference), None)

    for movement in world.of("stock_movement"):
        told = references(movement)
        group = by([r for r in told if r[1] == "rma"]) or by(told)
        if group:
            group.movements.append(movement)
    for outcome in world.of("outcome"):
        source = world.topology.flows[outcome.flow].source
        spoken_of = outcome.record["type"], source, outcome.record["id"]
        outcome.refs = outcome.record["refs"] or {}
        realm = outcome.fields["realm"] or world.topology.systems[source].realm
        outcome.realm = realm
        group = group_of.get(spoken_of) or by(references(outcome))
        if group:
            group.outcomes.append(outcome)
