"""The kinds of checks.md in which the copies of one order, or of one return, say different things, from its words."""

from tests.law.candidates import Candidate
from tests.law.records import mean_price, summed


def legs(world, record="order"):
    """Every (flow, group) of a ledger."""
    return [(flow, group) for flow in world.topology.flows_of(record) for group in world.groups]


def side(orders):
    """The orders that speak for one side: its live ones, else all."""
    return [order for order in orders if order.live] or orders


def newest_change(*sides):
    return max(record.changed_at for records in sides for record in records)


def _drift(flow, group, sources, targets):
    records = {record.key for record in (*sources, *targets)}
    since = newest_change(sources, targets)
    subject = targets[0].subject
    return Candidate("status_drift", subject, None, None, since, flow.grace, flow.key, group, {"record": records})


def status_drift(world):
    for flow, group in legs(world):
        sources = side([o for o in group.orders(flow.source) if flow.takes(o)])
        targets = side(group.orders(flow.target))
        if "status" in flow.compare and sources and targets and _differ(world, flow, sources[0], targets[0]):
            yield _drift(flow, group, sources, targets)
    for flow, group, one, other in return_pairs(world):
        if "status" in flow.compare and _differ(world, flow, one, other):
            yield _drift(flow, group, [one], [other])


def _differ(world, flow, one, other):
    if one.status is None or other.status is None:
        return False
    if world.topology.systems[flow.target].kind == "warehouse":
        return one.live != other.live
    return not flow.alike(one.status, other.status)


def return_pairs(world):
    """(flow, group, return of S, its copy in T): same rma, the earliest of each."""
    for flow, group in legs(world, "return"):
        copies = {r.reference("rma"): r for r in group.speaking(flow.target)}
        for one in group.speaking(flow.source):
            if flow.takes(one) and one.reference("rma") and one.reference("rma") in copies:
                yield flow, group, one, copies[one.reference("rma")]


def held(orders):
    """Base quantities by base SKU, over several orders."""
    return summed((line.base_sku, line.base_quantity) for order in orders for line in order.lines)


def pairs(world, compared):
    """(flow, group, copies of S, copies of T) of order flows that compare something, both sides live."""
    for flow, group in legs(world):
        sources, targets = group.copies(flow.source, flow), group.copies(flow.target)
        if compared in flow.compare and sources and targets:
            yield flow, group, sources, targets


def _line_pairs(world):
    for flow, group, sources, targets in pairs(world, "lines"):
        here, there = held(sources), held(targets)
        told = all(order.lines for order in (*sources, *targets))
        for sku in sorted(here.keys() | there.keys()) if told else ():
            one, other = here.get(sku, 0), there.get(sku, 0)
            if abs(one - other) > flow.tolerance["quantity"]:
                both = sku in here and sku in there
                sizes = packs(world, sku, sources + targets, (flow.source, flow.target))
                factor = both and any(one == other * size or other == one * size for size in sizes)
                yield flow, group, sources, targets, sku, abs(one - other), factor


def packs(world, sku, orders, systems):
    """Pack sizes above 1 of a base SKU: of the lines of these orders, and of the products of these systems."""
    sizes = {line.pack_size for order in orders for line in order.lines if line.base_sku == sku}
    for system in systems:
        for product in world.of("product"):
            named = product.system == system and sku in (world.base_sku(system, product.sku), product.base_sku)
            if named and product.pack_size:
                sizes.add(product.pack_size)
    return {size for size in sizes if size > 1}


def _line_level(kind, flow, group, sources, targets, sku, amount, currency):
    about = {"sku": {sku}, "system": {flow.source, flow.target}, "pair": {(flow.source, flow.target)}}
    since = newest_change(sources, targets)
    subject = f"{targets[0].subject}#{sku}"
    return Candidate(kind, subject, amount, currency, since, flow.grace, flow.key, group, about)


def pack_size_mismatch(world):
    for flow, group, sources, targets, sku, difference, factor in _line_pairs(world):
        if factor:
            worth = group.value({sku: difference})
            yield _line_level("pack_size_mismatch", flow, group, sources, targets, sku, *worth)


def quantity_mismatch(world):
    for flow, group, sources, targets, sku, difference, factor in _line_pairs(world):
        if not factor:
            worth = group.value({sku: difference})
            yield _line_level("quantity_mismatch", flow, group, sources, targets, sku, *worth)


def one_currency(*records):
    """Whether all records state one and the same currency."""
    said = {record.currency for record in records}
    return len(said) == 1 and None not in said


def price_mismatch(world):
    for flow, group, sources, targets in pairs(world, "price"):
        here, there = held(sources), held(targets)
        for sku in sorted(here.keys() & there.keys()):
            holders = [order for order in (*sources, *targets) if _lines([order], sku)]
            one, other = (mean_price(_lines(orders, sku)) for orders in (sources, targets))
            agreed = one_currency(*holders) and abs(here[sku] - there[sku]) <= flow.tolerance["quantity"]
            if agreed and None not in (one, other) and abs(one - other) > flow.tolerance["amount"]:
                worth = abs(one - other) * here[sku], holders[0].currency
                yield _line_level("price_mismatch", flow, group, sources, targets, sku, *worth)


def _lines(orders, sku):
    return [line for order in orders for line in order.lines if line.base_sku == sku]


def order_total_mismatch(world):
    for flow, group, sources, targets in pairs(world, "total"):
        one, other = sources[0], targets[0]
        if len(sources + targets) == 2 and one_currency(one, other) and None not in (one.net_goods, other.net_goods):
            difference = abs(one.net_goods - other.net_goods)
            if difference > flow.tolerance["amount"]:
                about = {"pair": {(flow.source, flow.target)}}
                since = newest_change(sources, targets)
                worth = difference, other.currency
                yield Candidate(
                    "order_total_mismatch", other.subject, *worth, since, flow.grace, flow.key, group, about
                )


def customer_mismatch(world):
    for flow, group, sources, targets in pairs(world, "customer"):
        one, other = sources[0], targets[0]
        if None not in (one.customer, other.customer) and one.customer != other.customer:
            since = newest_change([one], [other])
            yield Candidate("customer_mismatch", other.subject, None, None, since, flow.grace, flow.key, group)
    for flow, group in legs(world):
        told = "customer" in flow.compare and flow.target in world.topology.portals and group.order
        if told and (not flow.only or any(map(flow.takes, group.orders(flow.source)))):
            yield from _strangers(flow, group)


def _strangers(flow, group):
    for record in group.speaking(flow.target):
        known = None not in (record.customer, group.order.customer)
        if record.live and known and record.customer != group.order.customer:
            yield Candidate("customer_mismatch", record.subject, flow=flow.key, group=group)


KINDS = [
    status_drift,
    pack_size_mismatch,
    quantity_mismatch,
    price_mismatch,
    order_total_mismatch,
    customer_mismatch,
]
