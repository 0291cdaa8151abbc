"""The sync of checks.md, kind by kind, from its words."""

from collections import defaultdict

from tests.law.candidates import Candidate, money
from tests.law.groups import rightful_hold
from tests.law.orders import failed_with

WAITING = ("rate_limited", "timeout")


class Report:
    """The last outcome for one record on one flow, and what is known of that record."""

    def __init__(self, world, outcome):
        self.world, self.outcome = world, outcome
        self.flow = world.topology.flows[outcome.flow]
        self.key = outcome.record["type"], self.flow.source, outcome.record["id"]
        self.subject = f"{':'.join(self.key)}>{self.flow.target}"
        newest = world.newest.get(self.key)
        self.withdrawn = bool(newest) and newest.deleted
        self.record = None if self.withdrawn else newest
        self.group = world.group_by_outcome.get(outcome.key)

    @property
    def open(self):
        """Whether the record is still waited for on this flow."""
        return not self.withdrawn and not (self.record and self.record.over)

    def in_target(self):
        """T's records of the flow's type in the group, for a return's outcome those with its rma."""
        found = self.group.of(self.flow.record, self.flow.target) if self.group else []
        rma = self.rma
        return [record for record in found if record.reference("rma") == rma] if rma else found

    @property
    def rma(self):
        if self.key[0] != "return":
            return None
        return (self.record and self.record.reference("rma")) or self.outcome.reference("rma")

    @property
    def on_account_order(self):
        return self.key[0] == "order" and self.record is not None and self.record.method == "on_account"

    @property
    def worth(self):
        return money(self.record) if self.record and self.key[0] in ("order", "credit") else (None, None)

    def about(self):
        """What precedences compare."""
        found = {self.key[0]: {self.key}, "ledger": {self.flow.record}}
        if failed_with(self.outcome, "refund_rejected"):
            found["refused"] = self._its_returns()
        return found

    def _its_returns(self):
        """The return that a refused refund is of."""
        if self.key[0] == "return" or not self.record:
            return {self.key}
        rma = self.record.reference("rma")
        returns = self.group.returns() if self.group else ()
        return {r.key for r in returns if rma and r.reference("rma") == rma}

    def candidate(self, kind, grace):
        since = self.outcome.at
        return Candidate(kind, self.subject, *self.worth, since, grace, self.flow.key, self.group, self.about())


def reports(world, result):
    found = [o for o in world.last_outcomes.values() if o.result == result]
    return [Report(world, outcome) for outcome in sorted(found, key=lambda o: o.key)]


def sync_failure(world):
    for report in reports(world, "failed"):
        outcome = report.outcome
        arrived = any(record.at > outcome.at for record in report.in_target())
        unpaid = failed_with(outcome, "payment_pending")
        target = world.topology.systems[report.flow.target]
        held = unpaid and report.key[0] == "order" and report.record and rightful_hold(report.record, target)
        if report.open and not arrived and not held:
            waits = any(failed_with(outcome, code) for code in WAITING) or (unpaid and report.on_account_order)
            yield report.candidate("sync_failure", report.flow.grace if waits else None)


def false_success(world):
    for report in reports(world, "success"):
        flow = report.flow
        counts = flow.record in ("order", "return", "credit", "fulfilment") and world.has_sent(flow.target, flow.record)
        if counts and report.open and not _arrived(world, report):
            yield report.candidate("false_success", flow.grace)


def _arrived(world, report):
    told = report.outcome.target_id
    if told is None:
        return bool(report.in_target())
    found = world.newest.get((report.flow.record, report.flow.target, told))
    return found is not None and not found.deleted


def silent_flow(world):
    for flow in world.topology.flows.values():
        heard = [outcome for outcome in world.of("outcome") if outcome.flow == flow.key]
        last = world.last_outcome_on(flow)
        limit = world.moment - (3 * flow.cadence + flow.grace)
        reported = any(outcome.result == "success" for outcome in heard)
        if reported and any(last < record.changed_at < limit for record in _travelling(world, flow)):
            yield Candidate("silent_flow", f"flow:{flow.key}", flow=flow.key)


def _travelling(world, flow):
    """The records whose change a flow would have to report."""
    kind = {"stock": "stock_level", "credit": "return"}.get(flow.record, flow.record)
    for record in world.of(kind):
        if record.system == flow.source and flow.takes(record):
            unknown_there = kind == "fulfilment" and not world.group_of(record).orders(flow.target)
            if not unknown_there and (flow.record != "credit" or record.come_back):
                yield record


def rejected_record(world):
    good = defaultdict(list)
    for said in {(said.type, said.system, said.id, said.rank): said for said in reversed(world.said)}.values():
        good[said.type, said.system, said.id].append(said)  # as it first came: the same line twice changes nothing
    first = {(line.system, line.digest): line for line in reversed(world.refused)}
    for line in first.values():
        later = good.get((line.type, line.system, line.id), ())
        if line.at is None:
            mended = any(said.arrival > line.arrival for said in later)
        else:
            mended = any(said.at >= line.at for said in later)
        if not mended:
            yield Candidate("rejected_record", f"rejected:{line.system or '-'}:{line.digest}")


def unmapped_status(world):
    for record in world.records:
        if record.raw_status is not None and record.status is None:
            yield Candidate("unmapped_status", f"status:{record.system}:{record.type}:{record.raw_status}")
        if record.raw_method is not None and record.method is None:
            yield Candidate("unmapped_status", f"status:{record.system}:payment.method:{record.raw_method}")
        if record.raw_payment_status is not None and record.payment_status is None:
            yield Candidate("unmapped_status", f"status:{record.system}:payment.status:{record.raw_payment_status}")


KINDS = [sync_failure, false_success, silent_flow, rejected_record, unmapped_status]
