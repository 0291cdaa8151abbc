"""The catalogue of checks.md, kind by kind, from its words."""

from collections import defaultdict
from datetime import timedelta

from tests.law.candidates import Candidate, added

RECENT = timedelta(days=180)


def products(world, system):
    """The products of a system by sku, in the words of the product authority."""
    found = defaultdict(list)
    for product in world.of("product"):
        if product.system == system:
            found[world.topology.sku(system, product.sku)].append(product)
    return found


def is_active(product):
    return product.active is not False


def active(world, system):
    """The skus of a system that have an active product, in the words of the product authority."""
    return {sku for sku, rows in products(world, system).items() if any(map(is_active, rows))}


def _known_in(world, flow, sku, skus):
    """Whether T has an active product for a sku; in a warehouse one of the same base SKU will do."""
    warehouse = world.topology.systems[flow.target].kind == "warehouse"
    return sku in skus or (warehouse and _base(world, sku) in skus | {_base(world, other) for other in skus})


def _base(world, sku):
    master = world.master(sku)
    return (master and master.base_sku) or sku


def sku_mismatch(world):
    for flow in world.topology.flows_of("product"):
        there, here = active(world, flow.target), products(world, flow.source)
        sold = defaultdict(list)
        for order, line in _lines(world, "order", flow.source):
            sku = world.topology.sku(flow.source, line.sku)
            recent = order.placed_at >= world.moment - RECENT
            if recent and world.has_sent(flow.target, "product") and not _known_in(world, flow, sku, there):
                sold[sku].append((order.placed_at, line.net, order.currency))
        returned = defaultdict(list)
        for record, line in _lines(world, "return", flow.target):
            sku = world.topology.sku(flow.target, line.sku)
            missing_there = world.has_sent(flow.target, "product") and not _known_in(world, flow, sku, there)
            missing_here = world.has_sent(flow.source, "product") and sku not in here
            if missing_there or missing_here:
                returned[sku].append(record.requested_at)
        for sku in sorted(sold.keys() | returned.keys()):
            yield _mismatch(flow, sku, sold[sku], returned[sku], here[sku])


def _lines(world, kind, system):
    records = [r for r in world.of(kind) if r.system == system and r.live]
    return [(record, line) for record in records for line in record.lines]


def _mismatch(flow, sku, sold, returned, own):
    uses = [placed for placed, _, _ in sold] + returned
    since = max((product.changed_at for product in own), default=min(uses))
    amount, currency = added((net, currency) for _, net, currency in sold)
    return Candidate("sku_mismatch", f"product:{flow.target}:{sku}", amount, currency, since, flow.grace, flow.key)


def uom_conflict(world):
    for flow in world.topology.flows_of("product"):
        here, there = products(world, flow.source), products(world, flow.target)
        for sku in sorted(here.keys() & there.keys()):
            ours, theirs = ([p for p in rows[sku] if is_active(p)] for rows in (here, there))
            ours = [product for product in ours if flow.takes(product)]
            if not ours or not theirs:
                continue
            one, other = _speaking(sku, ours), _speaking(sku, theirs)
            if (one.pack_size or 1) != (other.pack_size or 1):
                since = max(one.changed_at, other.changed_at)
                subject = f"product:{flow.target}:{sku}"
                yield Candidate("uom_conflict", subject, None, None, since, flow.grace, flow.key)


def _speaking(sku, rows):
    """Of several products of one sku the one that is itself called so, else the first by id."""
    return min(rows, key=lambda product: (product.sku != sku, product.id))


KINDS = [sku_mismatch, uom_conflict]
