"""The return ledger's kinds, as the page of the checks words them."""

from datetime import timedelta
from fractions import Fraction

from tests.law.candidates import Candidate
from tests.law.records import COME_BACK, summed

PAST_REQUESTED = {"authorised", "in_transit", *COME_BACK}
DAY = timedelta(hours=24)


def speaking(group, system):
    """A system's returns of a group: several of one rma in it, and the earliest speaks."""
    heard, spoken = set(), []
    for one in group.returns(system):
        rma = one.reference("rma")
        if rma is None or rma not in heard:
            heard.add(rma)
            spoken.append(one)
    return spoken


def portal_returns(world):
    """(group, return) of every portal."""
    for group in world.groups:
        for portal in sorted(world.topology.portals):
            for one in speaking(group, portal):
                yield group, one


def copies_of(group, one):
    """A return and its copies in any system."""
    rma = one.reference("rma")
    others = [r for r in group.returns() if r is not one and rma is not None and r.reference("rma") == rma]
    return [one, *others]


def inspected_at(group, one):
    """The earliest inspection that a return or a copy of it states."""
    return min((r.inspected_at for r in copies_of(group, one) if r.inspected_at), default=None)


def _states_of_others(world, group, one, states):
    """Whether a system that holds a copy of a return states something of others than that copy."""
    return any(
        states(other)
        for copy in copies_of(group, one)
        for other in world.of("return")
        if other.system == copy.system and other.key != copy.key
    )


def states_dispositions(world, group, one):
    return _states_of_others(world, group, one, lambda r: any(line.disposition for line in r.lines))


def states_inspections(world, group, one):
    return _states_of_others(world, group, one, lambda r: r.inspected_at is not None)


def accepted(lines):
    return summed((line.base_sku, line.accepted) for line in lines)


def same_currency(one, other):
    return one.currency is not None and one.currency == other.currency


def prices(order, sku):
    """The known base prices of a SKU of an order."""
    return [line.base_price for line in order.lines if line.base_sku == sku and line.base_price is not None]


def _about(one, **more):
    return {"return": {one.key}} | more


def _sum_at_risk(one):
    return one.refund_amount, one.currency


def orphan_return(world):
    if not any(kind == "order" for _, kind in world.sent):
        return
    for group, one in portal_returns(world):
        if one.live and not group.orders():
            grace = min((flow.grace for flow in group.flows_out_of(one.system, "return")), default=DAY)
            at_risk = _sum_at_risk(one)
            yield Candidate("orphan_return", one.subject, *at_risk, one.requested_at, grace, None, group, _about(one))


def return_before_order_sync(world):
    for group, one in portal_returns(world):
        unknown = one.status == "rejected" and one.rejection_reason == "order_not_found"
        if not (one.status == "requested" or unknown):
            continue
        if group.orders(one.system) or not world.has_sent(one.system, "order"):
            continue
        for flow in world.topology.flows_of("order"):
            if flow.target == one.system:
                for order in group.copies(flow.source, flow):
                    about = _about(one, leg={(order.key, flow.key)}, order={order.key})
                    yield Candidate(
                        *("return_before_order_sync", one.subject, *_sum_at_risk(one), one.changed_at),
                        flow=flow.key,
                        group=group,
                        about=about,
                    )


def blocked_return(world):
    for group, one in portal_returns(world):
        order = group.order
        if one.status != "rejected" or order is None:
            continue
        unpaid = one.rejection_reason == "payment_pending" and order.method == "on_account"
        if unpaid or one.rejection_reason in ("unknown_sku", "unknown_customer"):
            value = group.value(one.quantities)
            yield Candidate("blocked_return", one.subject, *value, one.changed_at, group=group, about=_about(one))


def return_before_fulfilment(world):
    for group, one in portal_returns(world):
        order = group.order
        if one.live and order and group.nothing_dispatched and order.status in ("open", "released", "cancelled"):
            at_risk = _sum_at_risk(one)
            yield Candidate(
                "return_before_fulfilment", one.subject, *at_risk, one.changed_at, group=group, about=_about(one)
            )


def return_quantity_mismatch(world):
    for group in world.groups:
        if group.order is None:
            continue
        for portal in sorted(world.topology.portals):
            returns = speaking(group, portal)
            too_many = dict(_more_than_sent(group, [one for one in returns if one.live]))
            otherwise = {(one.key, sku): (one, q) for one in returns for sku, q in _received_otherwise(one)}
            for (_, sku), (one, quantity) in {**otherwise, **too_many}.items():
                yield Candidate(
                    *("return_quantity_mismatch", f"{one.subject}#{sku}", *group.value({sku: quantity})),
                    one.changed_at,
                    group=group,
                    about=_about(one),
                )


def _more_than_sent(group, returns):
    """What the live returns of one portal exceed the dispatched quantity by, on the latest of them."""
    sent = group.dispatched_quantities if group.dispatched else group.order.quantities
    if not sent:
        return  # who says nothing of lines is not compared
    for sku, quantity in summed(pair for one in returns for pair in one.quantities.items()).items():
        if quantity > sent.get(sku, 0):
            latest = max((one for one in returns if sku in one.quantities), key=lambda one: (one.requested_at, one.id))
            yield (latest.key, sku), (latest, quantity - sent.get(sku, 0))


def _received_otherwise(one):
    """By how much what was received of a SKU differs from what was announced."""
    if one.status in COME_BACK:
        for sku, lines in one.lines_by_sku().items():
            known = [line for line in lines if line.received is not None]
            difference = abs(sum(line.received - line.base_quantity for line in known))
            if difference:
                yield sku, difference


def return_value_mismatch(world):
    for group, one in portal_returns(world):
        if not one.live or group.order is None or not same_currency(one, group.order):
            continue
        for sku, lines in one.lines_by_sku().items():
            differences = list(_off_the_price(group.order, sku, lines))
            if differences:
                yield Candidate(
                    *("return_value_mismatch", f"{one.subject}#{sku}", sum(differences), one.currency, one.changed_at),
                    group=group,
                    about=_about(one),
                )


def _off_the_price(order, sku, lines):
    """Difference × accepted quantity of each line whose refund lies outside the order's prices."""
    known = prices(order, sku)
    for line in lines:
        if known and line.unit_refund is not None:
            off = max(min(known) - line.unit_refund, line.unit_refund - max(known))
            if off > Fraction("0.01"):
                yield off * line.accepted


def missing_disposition(world):
    for group, one in portal_returns(world):
        inspected = inspected_at(group, one)
        if not one.live or inspected is None or not states_dispositions(world, group, one):
            continue
        stated = {line.base_sku for r in copies_of(group, one) for line in r.lines if line.disposition}
        for sku, quantity in accepted(one.lines).items():
            if quantity > 0 and sku not in stated:
                yield Candidate(
                    *("missing_disposition", f"{one.subject}#{sku}", *group.value({sku: quantity}), inspected, DAY),
                    group=group,
                    about=_about(one),
                )


def order_edited_after_return(world):
    for group, one in portal_returns(world):
        order = group.order
        if not one.live or one.status == "closed" or order is None:
            continue
        before = order.version_at(one.requested_at)
        if before is not None and before.lines and order.lines and _edited(before, order):
            difference = None
            if None not in (before.net_goods, order.net_goods) and before.currency == order.currency:
                difference = abs(before.net_goods - order.net_goods)
            yield Candidate(
                *("order_edited_after_return", one.subject, difference, order.currency, order.changed_at),
                group=group,
                about=_about(one),
            )


def _edited(before, order):
    """Whether the goods differ: quantities of a SKU, or how many of it have which price, where each has one."""
    then, now = _tiers(before), _tiers(order)
    for sku in then.keys() | now.keys():
        one, other = then.get(sku, {}), now.get(sku, {})
        priced = None not in {*one, *other}
        if sum(one.values()) != sum(other.values()) or (priced and one != other):
            return True
    return False


def _tiers(order):
    """Base SKU → base price → units."""
    return {
        sku: summed((line.base_price, line.base_quantity) for line in lines if line.base_quantity)
        for sku, lines in order.lines_by_sku().items()
    }


def unmapped_reason_code(world):
    for one in world.of("return"):
        table = world.topology.reason_codes.get(one.system)
        for line in one.lines:
            if table and line.reason_code is not None and line.reason_code not in table:
                subject = f"reason:{one.system}:{line.reason_code}"
                yield Candidate("unmapped_reason_code", subject, None, None, one.changed_at)


def reason_mismatch(world):
    for group in world.groups:
        for flow in world.topology.flows_of("return"):
            if "reason" in flow.compare:
                for one in filter(flow.takes, speaking(group, flow.source)):
                    for copy in _same_rma(group, flow.target, one):
                        yield from _reasons_that_differ(world, group, flow, one, copy)


def _same_rma(group, system, one):
    rma = one.reference("rma")
    return [r for r in speaking(group, system) if rma is not None and r.reference("rma") == rma]


def _reasons_that_differ(world, group, flow, one, copy):
    here, there = _reasons(world, one), _reasons(world, copy)
    for sku in here.keys() & there.keys():
        if None not in here[sku] | there[sku] and here[sku] != there[sku]:
            since = max(one.changed_at, copy.changed_at)
            yield Candidate(
                *("reason_mismatch", f"{copy.subject}#{sku}", None, None, since, flow.grace, flow.key, group),
                about=_about(copy),
            )


def _reasons(world, one):
    """The canonical reasons of each SKU, None among them where one is not mapped; SKUs without one are left out."""
    return {
        sku: {world.topology.reason(one.system, line.reason_code) for line in lines if line.reason_code}
        for sku, lines in one.lines_by_sku().items()
        if any(line.reason_code for line in lines)
    }


def return_missing_downstream(world):
    for group in world.groups:
        for flow in world.topology.flows_of("return"):
            for one in filter(flow.takes, speaking(group, flow.source)):
                if one.reference("rma") is None or _same_rma(group, flow.target, one):
                    continue
                if one.status in PAST_REQUESTED and world.has_sent(flow.target, "return"):
                    subject, past = f"{one.subject}>{flow.target}", _first_past_requested(one)
                    about = _about(one, leg={(one.key, flow.key)})
                    yield Candidate(
                        *("return_missing_downstream", subject, *_sum_at_risk(one), past, flow.grace, flow.key, group),
                        about=about,
                    )


def _first_past_requested(one):
    return min(version.at for version in one.history if not version.deleted and version.status in PAST_REQUESTED)


KINDS = (
    *(orphan_return, return_before_order_sync, blocked_return, return_before_fulfilment, return_quantity_mismatch),
    *(return_value_mismatch, missing_disposition, order_edited_after_return, unmapped_reason_code, reason_mismatch),
    return_missing_downstream,
)
