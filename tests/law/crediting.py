"""The credit ledger's kinds, as the page of the checks words them."""

from collections import defaultdict
from datetime import timedelta

from tests.law.candidates import Candidate, money
from tests.law.documents import (
    credited,
    credited_returns,
    documents,
    expected_credit,
    tolerance_of,
)
from tests.law.returns import portal_returns, speaking

CENT = 0.01


def _about(document, *returns):
    return {"return": {one.key for one in returns}, "credit": {copy.key for copy in document.copies}}


def _late(group, system, days, end="into"):
    """The shortest grace of the credit flows into a system, else so many days."""
    return min((flow.grace for flow in group.flows_into(system, "credit")), default=timedelta(days=days))


def missing_credit(world):
    for group, one, found in credited_returns(world):
        expected = expected_credit(group, one)
        if not one.come_back or one.resolution not in ("refund", "credit") or expected is None or expected.amount <= 0:
            continue
        if found or _credited_without_rma(world, group) or not _credits_are_heard_of(world, one):
            continue
        flows = [flow for flow in group.flows_out_of(one.system, "credit") if flow.within is not None]
        within = min((flow.within for flow in flows), default=timedelta(days=5))
        yield Candidate(
            *("missing_credit", one.subject, expected.amount, expected.currency, one.received, within),
            group=group,
            about={"return": {one.key}, "ledger": {"credit"}},
        )


def _credited_without_rma(world, group):
    return any(d.live and d.reason == "return" and not d.rmas and group in d.groups for d in documents(world))


def _credits_are_heard_of(world, one):
    flows = [flow for flow in world.topology.flows_of("credit") if flow.source == one.system]
    systems = {flow.target for flow in flows} or set(world.topology.holding("credit"))
    return any(world.has_sent(system, "credit") for system in systems)


def credit_value_mismatch(world):
    for group, one, found in credited_returns(world):
        difference = _difference(group, one, found)
        if one.come_back and difference is not None and abs(difference) > tolerance_of(group, one):
            yield _on_the_latest("credit_value_mismatch", group, one, found, abs(difference))


def duplicate_credit(world):
    for group, one, found in credited_returns(world):
        difference = _difference(group, one, found)
        if len(found) > 1 and difference is not None and difference > tolerance_of(group, one):
            yield _on_the_latest("duplicate_credit", group, one, found, difference)


def _difference(group, one, found):
    """The signed difference between a return's documents and its expected credit; None where it is not known."""
    expected = expected_credit(group, one)
    total = credited(found, expected.currency) if expected and found else None
    return None if total is None else expected.difference(total)


def _on_the_latest(kind, group, one, found, amount):
    latest = found[-1]
    since = max(one.changed_at, latest.voice.changed_at)
    about = _about(latest, one)
    return Candidate(kind, latest.voice.subject, amount, latest.voice.currency, since, group=group, about=about)


def credit_copy_mismatch(world):
    for document in documents(world):
        if not document.voice.live:
            continue
        voice = document.voice
        for copy in document.copies:
            if copy is voice or not copy.live:
                continue
            other_money = copy.currency != voice.currency
            difference = None if other_money else abs(copy.net_goods - voice.net_goods)
            if other_money or float(difference) > CENT:
                since = max(copy.changed_at, voice.changed_at)
                yield Candidate(
                    *("credit_copy_mismatch", copy.subject, difference, copy.currency, since),
                    group=world.group_of(copy),
                    about=_about(document),
                )


def wrong_refund_method(world):
    refunds = defaultdict(list)
    for document in documents(world):
        given_back = document.voice.kind == "refund" and document.reason == "return"
        if given_back and document.voice.status in ("issued", "applied", "failed"):
            for group in document.groups:
                refunds[id(group)].append(document)
    for group in world.groups:
        if group.order is None or group.order.method != "on_account":
            continue
        for document in refunds[id(group)]:
            voice = document.voice
            about = _about(document, *[one for one in group.returns() if one.reference("rma") in document.rmas])
            yield Candidate(
                "wrong_refund_method", voice.subject, *money(voice), voice.changed_at, group=group, about=about
            )
        if not refunds[id(group)]:
            yield from _refused_refunds(world, group)


def _refused_refunds(world, group):
    for portal in sorted(world.topology.portals):
        for one in speaking(group, portal):
            for flow in world.topology.flows_of("credit"):
                last = world.last_outcome(flow, one)
                if last and last.result == "failed" and (last.error or {}).get("code") == "refund_rejected":
                    expected = expected_credit(group, one)
                    at_risk = (expected.amount, expected.currency) if expected else (None, None)
                    yield Candidate(
                        *("wrong_refund_method", one.subject, *at_risk, last.at),
                        flow=flow.key,
                        group=group,
                        about={"return": {one.key}, "leg": {(one.key, flow.key)}},
                    )


def refund_not_settled(world):
    for document in documents(world):
        voice = document.voice
        if not voice.live or voice.kind != "refund" or voice.settled is not False:
            continue
        paid = [group for group in document.groups if group.order and group.order.method not in (None, "on_account")]
        for group in paid:
            grace = _late(group, voice.system, 3)
            yield Candidate(
                *("refund_not_settled", voice.subject, *money(voice), voice.issued, grace),
                group=group,
                about=_about(document),
            )


def credit_before_receipt(world):
    judged = set()
    for group, one, found in sorted(credited_returns(world), key=lambda told: (told[1].requested_at, told[1].id)):
        for document in found:
            voice = document.voice
            if voice.key in judged:
                continue  # of returns of one rma in several portals the earliest speaks
            judged.add(voice.key)
            not_here = one.status is not None and not one.come_back
            came = one.received_at or one.inspected_at
            if not_here or (came is not None and came > voice.issued):
                since = max(one.changed_at, voice.changed_at)
                yield Candidate(
                    *("credit_before_receipt", voice.subject, *money(voice), since),
                    group=group,
                    about=_about(document, one),
                )


def credit_outside_workflow(world):
    for document in documents(world):
        voice = document.voice
        if not document.live or document.reason != "return" or document.rmas:
            continue
        group = next((group for group in document.groups if _live_returns(world, group)), None)
        if group:
            yield Candidate(
                *("credit_outside_workflow", voice.subject, *money(voice), voice.changed_at),
                group=group,
                about=_about(document),
            )


def _live_returns(world, group):
    return [one for portal in sorted(world.topology.portals) for one in speaking(group, portal) if one.live]


def credit_without_return(world):
    if not any(kind == "return" for _, kind in world.sent):
        return
    for document in documents(world):
        voice = document.voice
        if not document.live or document.reason != "return" or not (document.rmas or document.names_an_order):
            continue
        if not document.returns and not any(group.returns() for group in document.groups):
            group = world.group_of(voice)
            grace = _late(group, voice.system, 1)
            yield Candidate(
                *("credit_without_return", voice.subject, *money(voice), voice.issued, grace),
                group=group,
                about=_about(document),
            )


def currency_mismatch(world):
    for group in world.groups:
        order = group.order
        if order is None or order.currency is None:
            continue
        for copy in group.orders():
            if copy.live and _in_other_money(copy, order):
                yield _other_money(group, copy, money(copy))
    for group, one in portal_returns(world):
        if one.live and group.order and _in_other_money(one, group.order):
            yield _other_money(group, one, (one.refund_amount, one.currency), {"return": {one.key}})
    for document in documents(world):
        voice = document.voice
        if document.live and any(_in_other_money(voice, order) for order in document.orders):
            about = _about(document, *document.returns)
            yield _other_money(world.group_of(voice), voice, money(voice), about)


def _in_other_money(record, order):
    return None not in (record.currency, order.currency) and record.currency != order.currency


def _other_money(group, record, at_risk, about=None):
    since = max(record.changed_at, record.at)
    return Candidate("currency_mismatch", record.subject, *at_risk, since, group=group, about=about or {})


def rounding_drift(world):
    drifts = defaultdict(list)
    for group, one, found in credited_returns(world):
        difference = _difference(group, one, found)
        within = one.come_back and difference and abs(difference) <= tolerance_of(group, one)
        if within and _customer(group):
            month = f"{found[-1].voice.issued:%Y-%m}"
            since = max(one.changed_at, found[-1].voice.changed_at)
            drifts[_customer(group).upper(), group.order.currency, month].append((difference, since, _customer(group)))
    for (_, currency, month), found in drifts.items():
        total = sum(difference for difference, *_ in found)
        if abs(total) > 1:
            customer = min(customer for *_, customer in found)
            since = max(since for _, since, _ in found)
            yield Candidate("rounding_drift", f"customer:{customer}:{currency}:{month}", abs(total), currency, since)


def _customer(group):
    return (group.order.fields["customer"] or {}).get("id")


KINDS = (
    *(missing_credit, credit_value_mismatch, duplicate_credit, credit_copy_mismatch, wrong_refund_method),
    *(refund_not_settled, credit_before_receipt, credit_outside_workflow, credit_without_return, currency_mismatch),
    rounding_drift,
)
