"""The stock ledger's kinds, as the page of the checks words them."""

from collections import defaultdict
from datetime import timedelta

from tests.law.candidates import Candidate
from tests.law.records import COME_BACK, summed
from tests.law.returns import inspected_at, portal_returns, states_inspections

EARLY_REASONS = ("return_initiated", "return_in_transit")
OPEN = ("open", "released", "part_fulfilled")


def restocks(world):
    """Positive movements into sellable, in the order of (at, id)."""
    found = [m for m in world.of("stock_movement") if m.condition == "sellable" and m.quantity > 0]
    return sorted(found, key=lambda movement: (movement.at, movement.id))


def base(world, record):
    """(base SKU, base quantity) of a level or movement."""
    return (
        world.base_sku(record.system, record.sku),
        record.quantity * world.pack_size(record.system, record.sku, record.pack_size),
    )


def returns_by_rma(world):
    found = defaultdict(list)
    for group, one in portal_returns(world):
        if one.reference("rma") is not None:
            found[one.realm, one.reference("rma")].append((group, one))
    return found


def _restocks_of_returns(world):
    """(movement, group, return) wherever a movement carries a return's rma."""
    returns = returns_by_rma(world)
    for movement in restocks(world):
        for group, one in returns.get((movement.realm, movement.reference("rma")), ()):
            yield movement, group, one


def _value(world, group, movement):
    sku, quantity = base(world, movement)
    return group.value({sku: quantity}) if group else (None, None)


def _group_of(world, movement):
    return next((group for group in world.groups if movement in group.movements), None)


def premature_restock(world):
    early = {}
    for movement, group, one in _restocks_of_returns(world):
        if _before_inspection(world, movement, group, one):
            early[movement.key] = movement, group
    for movement in restocks(world):
        if movement.reason in EARLY_REASONS:
            early.setdefault(movement.key, (movement, _group_of(world, movement)))
    for movement, group in early.values():
        value = _value(world, group, movement)
        about = {"movement": {movement.key}}
        yield Candidate("premature_restock", movement.subject, *value, movement.at, group=group, about=about)


def _before_inspection(world, movement, group, one):
    inspected = inspected_at(group, one)
    if inspected is not None:
        return movement.at < inspected
    not_here = one.status is not None and one.status not in COME_BACK
    return not_here or states_inspections(world, group, one)


def unsellable_restock(world):
    for movement, group, one in _restocks_of_returns(world):
        inspected = inspected_at(group, one)
        if inspected is None or movement.at < inspected:
            continue
        sku, _ = base(world, movement)
        stated = [line.disposition for line in one.lines if line.base_sku == sku and line.disposition]
        if stated and "sellable" not in stated:
            yield Candidate(
                *("unsellable_restock", movement.subject, *_value(world, group, movement), movement.at),
                group=group,
                about={"movement": {movement.key}},
            )


def sellable(one):
    """Accepted quantity of a return's sellable lines, by base SKU."""
    return summed((line.base_sku, line.accepted) for line in one.lines if line.disposition == "sellable")


def _restocked(world):
    """(return's key, base SKU) → (what was put away, the movements, latest last)."""
    found = defaultdict(lambda: [0, []])
    for movement, _, one in _restocks_of_returns(world):
        sku, quantity = base(world, movement)
        found[one.key, sku][0] += quantity
        found[one.key, sku][1].append(movement)
    return found


def over_restock(world):
    restocked = _restocked(world)
    for group, one in portal_returns(world):
        if not one.live or inspected_at(group, one) is None:
            continue
        for sku, quantity in sellable(one).items():
            total, movements = restocked[one.key, sku]
            if total > quantity:
                yield Candidate(
                    *("over_restock", movements[-1].subject, *group.value({sku: total - quantity})),
                    movements[-1].at,
                    group=group,
                    about={"movement": {movements[-1].key}},
                )


def missing_restock(world):
    if not any(world.has_sent(system, "stock_movement") for system in world.topology.holding("stock")):
        return
    restocked = _restocked(world)
    for group, one in portal_returns(world):
        inspected = inspected_at(group, one)
        if not one.live or inspected is None:
            continue
        for sku, quantity in sellable(one).items():
            total, _ = restocked[one.key, sku]
            if total < quantity:
                yield Candidate(
                    *("missing_restock", f"{one.subject}#{sku}", *group.value({sku: quantity - total}), inspected),
                    grace=timedelta(hours=24),
                    group=group,
                    about={"return": {one.key}},
                )


def levels(world, system, flow=None):
    """Sellable levels of a system by base SKU."""
    found = defaultdict(list)
    for level in world.of("stock_level"):
        if level.system == system and level.condition == "sellable" and (flow is None or flow.takes(level)):
            found[base(world, level)[0]].append(level)
    return found


def changes(world, system, sku):
    """When a system's sellable levels of a base SKU changed, a withdrawn one when it was withdrawn."""
    for level in world.newest.values():
        if (level.type, level.system) != ("stock_level", system):
            continue
        said = next((version for version in reversed(level.history) if not version.deleted), None)
        if said and said.condition == "sellable" and base(world, said)[0] == sku:
            yield level.changed_at


def total(world, found):
    return sum(base(world, level)[1] for level in found)


def _stock_differences(world):
    """(flow, base SKU, the target's levels) wherever both sides differ by more than the leg tolerates."""
    for flow in world.topology.flows_of("stock"):
        there = levels(world, flow.target)
        for sku, here in levels(world, flow.source, flow).items():
            if abs(total(world, here) - total(world, there.get(sku, ()))) > flow.tolerance["quantity"]:
                yield flow, sku, there.get(sku, [])


def stock_drift(world):
    for flow, sku, there in _stock_differences(world):
        changed = max(changes(world, flow.source, sku))
        if there and max(level.at for level in there) >= changed:
            since = max(changed, *changes(world, flow.target, sku))
            yield Candidate(
                "stock_drift", f"stock:{flow.target}:{sku}", None, None, since, flow.grace, flow.key, about={}
            )


def stale_stock(world):
    for flow, sku, there in _stock_differences(world):
        changed = max(changes(world, flow.source, sku))
        behind = max(level.at for level in there) < changed if there else _sells(world, flow.target, sku)
        if behind:
            yield Candidate("stale_stock", f"stock:{flow.target}:{sku}", None, None, changed, flow.grace, flow.key)


def _sells(world, system, sku):
    """Whether a system has an active product for a base SKU."""
    return any(
        product.system == system and product.active is not False and world.base_sku(system, product.sku) == sku
        for product in world.of("product")
    )


def oversell(world):
    demand = _demand(world)
    for system in world.topology.holding("stock"):
        available = world.topology.systems[system].stock == "available"
        for sku, found in levels(world, system).items():
            wanted = demand.get(sku, [])
            open_quantity = sum(quantity for quantity, _, _ in wanted)
            short = -total(world, found) if available else open_quantity - total(world, found)
            if short > 0 and (available or open_quantity > 0):
                since = max(level.changed_at for level in found)
                value = _open_value(short, wanted)
                yield Candidate("oversell", f"stock:{system}:{sku}", *value, since)


def _demand(world):
    """Base SKU → (open quantity, price, currency) of each group that still has something to receive."""
    found = defaultdict(list)
    for group in world.groups:
        if group.order is not None and group.order.status in OPEN:
            for sku, quantity in group.order.quantities.items():
                left = quantity - group.dispatched_quantities.get(sku, 0)
                if left > 0:
                    found[sku].append((left, group.price(sku), group.order.currency))
    return found


def _open_value(short, wanted):
    """Shortfall × mean open price; nothing where there are several currencies or no price."""
    priced = [(quantity, price) for quantity, price, _ in wanted if price is not None]
    quantity = sum(quantity for quantity, _ in priced)
    if len({currency for *_, currency in wanted}) != 1 or not quantity:
        return None, None
    return short * sum(quantity * price for quantity, price in priced) / quantity, wanted[0][2]


KINDS = (*(premature_restock, unsellable_restock, over_restock, missing_restock, stock_drift, stale_stock, oversell),)
