"""The orders of checks.md, kind by kind, from its words; what their copies say otherwise is in copies.py."""

from itertools import combinations

from tests.law.candidates import Candidate, added, money
from tests.law.copies import held, legs, newest_change
from tests.law.groups import UNPAID, references, rightful_hold

REFERENCES = ("sales_order", "ecommerce_order", "order_number")


def absent(world):
    """(flow, group, order): each live order of S that travels, where the group has no order of T."""
    for flow, group in legs(world):
        if not group.orders(flow.target):
            for order in group.copies(flow.source, flow):
                yield flow, group, order


def _absence(kind, flow, group, order, grace):
    amount, currency = money(order)
    return Candidate(
        kind,
        f"{order.subject}>{flow.target}",
        amount,
        currency,
        order.placed_at,
        grace,
        flow.key,
        group,
        {"order": {order.key}},
    )


def _overdue(world):
    for flow, group, order in absent(world):
        held = rightful_hold(order, world.topology.systems[flow.target])
        if world.has_sent(flow.target, "order") and not held:
            yield flow, group, order


def order_missing_downstream(world):
    for flow, group, order in _overdue(world):
        yield _absence("order_missing_downstream", flow, group, order, flow.grace)


def unfulfilled_on_account(world):
    for flow, group, order in _overdue(world):
        last = world.last_outcome(flow, order)
        quiet = last is None or last.result == "skipped" or failed_with(last, "payment_pending")
        if world.topology.systems[flow.target].kind == "warehouse" and order.method == "on_account" and quiet:
            yield _absence("unfulfilled_on_account", flow, group, order, flow.grace)


def failed_with(outcome, code):
    """Whether an outcome, if there is one, failed with this code."""
    return bool(outcome) and outcome.result == "failed" and (outcome.error or {}).get("code") == code


def backorder_rejected(world):
    for flow, group, order in absent(world):
        if failed_with(world.last_outcome(flow, order), "out_of_stock"):
            yield _absence("backorder_rejected", flow, group, order, None)


def order_stuck(world):
    for flow, group in legs(world):
        target = world.topology.systems[flow.target]
        sent = group.copies(flow.source, flow)
        waiting = [o for o in group.copies(flow.target) if o.status in ("open", "released")]
        due = any(not rightful_hold(order, target) for order in sent)
        if target.kind == "warehouse" and flow.within is not None and waiting and due and group.nothing_dispatched:
            first = waiting[0]
            amount, currency = added(map(money, sent))
            yield Candidate(
                "order_stuck", first.subject, amount, currency, first.placed_at, flow.within, flow.key, group
            )


def partial_shipment_drift(world):
    for flow, group in legs(world, "fulfilment"):
        orders = group.copies(flow.target)
        wanted = held(orders) if all(order.lines for order in orders) else None
        if wanted and (group.dispatched or group.nothing_dispatched) and orders[0].status:
            sent = {sku: min(quantity, group.dispatched_quantities.get(sku, 0)) for sku, quantity in wanted.items()}
            if _misstated(orders[0].status, wanted, sent, bool(group.dispatched)):
                yield _partial(flow, group, orders, {sku: q - sent[sku] for sku, q in wanted.items() if q > sent[sku]})


def _misstated(status, wanted, sent, anything):
    if wanted == sent:
        return status in ("open", "released", "part_fulfilled")
    if status in ("fulfilled", "closed"):
        return True
    return status in ("open", "released") if anything else status == "part_fulfilled"


def _partial(flow, group, orders, missing):
    amount, currency = group.value(missing) if missing else (0, group.order and group.order.currency)
    since = newest_change(orders, group.dispatched)
    keys = {order.key for order in orders}
    subject = orders[0].subject
    return Candidate(
        "partial_shipment_drift", subject, amount, currency, since, flow.grace, flow.key, group, {"record": keys}
    )


def over_dispatched(world):
    for group in world.groups:
        order = group.order
        for sku, quantity in order.quantities.items() if order and order.live else ():
            excess = group.dispatched_quantities.get(sku, 0) - quantity
            if excess > 0:
                holding = [f for f in group.dispatched if sku in f.quantities]
                about = {"sku": {sku}, "system": {f.system for f in holding}}
                amount, currency = group.value({sku: excess})
                subject = f"{holding[-1].subject}#{sku}"
                yield Candidate("over_dispatched", subject, amount, currency, group=group, about=about)


def _bound(record):
    """Whether a record must carry references: no matter how live it is in other respects."""
    if record.type in ("order", "return"):
        return record.live
    return record.status not in {"credit": ("void", "failed"), "fulfilment": ("cancelled",)}[record.type]


def required(world, group, record):
    """The schemes that a record's system requires of its type."""
    return world.topology.systems[record.system].requires.get(record.type, ()) if _bound(record) else ()


def _lacking(kind, group, record):
    worth = money(record) if record.type in ("order", "credit") and kind == "missing_po" else (None, None)
    grace = min((flow.grace for flow in group.flows_into(record.system, record.type)), default=None)
    return Candidate(kind, record.subject, *worth, record.changed_at, grace, group=group)


def missing_po(world):
    for group in world.groups:
        order = group.order
        for record in group.records if order else ():
            if "purchase_order" not in required(world, group, record):
                continue
            own = record.reference("purchase_order")
            if record is order and own is None and order.method == "on_account":
                yield Candidate("missing_po", order.subject, *money(order), group=group)
            elif record is not order and order.reference("purchase_order") not in (None, own):
                yield _lacking("missing_po", group, record)


def missing_reference(world):
    for group in world.groups:
        for record in group.records:
            lacking = [s for s in required(world, group, record) if s in REFERENCES and record.reference(s) is None]
            others = [other for other in group.records if other is not record]
            if any(other.reference(scheme) for scheme in lacking for other in others):
                yield _lacking("missing_reference", group, record)


def incomplete_order(world):
    for group in world.groups:
        for order in group.orders():
            if world.topology.systems[order.system].kind == "warehouse" and order.live and _incomplete(world, order):
                yield Candidate("incomplete_order", order.subject, *money(group.order), group=group)


def _incomplete(world, order):
    masters = (world.master(world.topology.sku(order.system, line.sku)) for line in order.lines if not line.uom)
    return not order.ship_to or not order.lines or any((m.pack_size or 1) > 1 for m in masters if m)


def _released(world, kind, wrongly):
    for group in world.groups:
        if group.dispatched and group.order and group.order.live and wrongly(group.order):
            yield Candidate(kind, group.dispatched[0].subject, *money(group.order), group=group)


def released_before_payment(world):
    def unpaid(order):
        return order.method not in (None, "on_account") and order.payment_status in UNPAID

    return _released(world, "released_before_payment", unpaid)


def released_on_hold(world):
    return _released(world, "released_on_hold", lambda order: order.hold)


def dispatched_after_cancel(world):
    for group in world.groups:
        if group.order and not group.order.live:
            cancelled = since_when(group.order, lambda version: version.status == "cancelled")
            for fulfilment in group.dispatched:
                if cancelled < fulfilment.shipped:
                    worth = group.value(fulfilment.quantities)
                    yield Candidate("dispatched_after_cancel", fulfilment.subject, *worth, group=group)


def since_when(record, holds):
    """The `at` of the first of the unbroken run of versions that still holds."""
    first = None
    for version in reversed(record.history):
        if version.deleted or not holds(version):
            break
        first = version.at
    return first


def duplicate_order(world):
    for group in world.groups:
        for system in sorted({order.system for order in group.orders()}) if group.order else ():
            for doubled in _doubled(group, system, group.copies(system)):
                last = max(doubled, key=lambda o: (o.placed_at, o.id))
                about = {"system": {system}}
                yield Candidate("duplicate_order", last.subject, *money(last), group=group, about=about)


def _doubled(group, system, copies):
    if system == group.order.system:
        sharing = [one for one in copies if any(_share(one, other) for other in copies if other is not one)]
        if sharing:
            yield sharing
    elif len(copies) > 1:
        wanted = group.order.quantities
        together = held(copies)
        if any(together.get(sku, 0) > quantity for sku, quantity in wanted.items()):
            yield copies


def _share(one, other):
    """Whether two orders of one system carry the same number of the shop or of the sale."""
    schemes = ("ecommerce_order", "sales_order")
    return one.realm == other.realm and any(
        one.reference(s) and one.reference(s) == other.reference(s) for s in schemes
    )


def reference_conflict(world):
    authorities = world.topology.holding("order")
    for group in world.groups:
        for record in group.records:
            for authority in authorities:
                if authority != record.system and _glues(record, group.copies(authority)):
                    yield Candidate("reference_conflict", record.subject, group=group)
                    break


def _glues(record, orders):
    mine = set(references(record))
    spoken_of = [set(references(order)) for order in orders if mine & set(references(order))]
    return any(not one & other for one, other in combinations(spoken_of, 2))


KINDS = [
    order_missing_downstream,
    unfulfilled_on_account,
    backorder_rejected,
    order_stuck,
    partial_shipment_drift,
    over_dispatched,
    missing_po,
    missing_reference,
    incomplete_order,
    released_before_payment,
    released_on_hold,
    dispatched_after_cancel,
    duplicate_order,
    reference_conflict,
]
