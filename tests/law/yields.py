"""One cause, one exception: which kind yields to which, what a silent flow swallows, and how legs merge."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from math import floor

from tests.law.candidates import added

# lesser, greater, and what both must have in common, by the names of `Candidate.about` (a pair: the lesser's and the
# greater's name):
#   subject, named (its record), group, flow (set by themselves); order, return, credit, movement (keys of records);
#   refused (the return of a refused refund); record (either of a pair of orders or returns); sku (base SKUs); system
#   (dispatching, or either side of a pair); pair ((source, target)); ledger (a flow's type)
ABSENT = (
    "backorder_rejected",
    "return_before_order_sync",
    "false_success",
    "unfulfilled_on_account",
    "sync_failure",
    "order_missing_downstream",
)
YIELDS = [
    *((lesser, greater, ("order", "flow")) for n, greater in enumerate(ABSENT) for lesser in ABSENT[n + 1 :]),
    ("status_drift", "partial_shipment_drift", ("record",)),
    ("status_drift", "dispatched_after_cancel", ("group",)),
    ("over_dispatched", "duplicate_order", ("group",)),
    ("over_dispatched", "pack_size_mismatch", ("group", "sku", "system")),
    ("over_dispatched", "quantity_mismatch", ("group", "sku", "system")),
    ("pack_size_mismatch", "duplicate_order", ("group", "system")),
    ("quantity_mismatch", "duplicate_order", ("group", "system")),
    ("order_total_mismatch", "pack_size_mismatch", ("group", "pair")),
    ("order_total_mismatch", "quantity_mismatch", ("group", "pair")),
    ("order_total_mismatch", "price_mismatch", ("group", "pair")),
    ("return_before_fulfilment", "return_before_order_sync", ("return",)),
    ("return_quantity_mismatch", "return_before_fulfilment", ("return",)),
    ("return_missing_downstream", "false_success", ("return", "flow")),
    ("return_missing_downstream", "sync_failure", ("return", "flow")),
    ("missing_credit", "wrong_refund_method", ("return",)),
    ("missing_credit", "sync_failure", ("return", "ledger")),
    ("missing_credit", "false_success", ("return", "ledger")),
    ("credit_value_mismatch", "duplicate_credit", ("return",)),
    ("credit_value_mismatch", "currency_mismatch", ("return",)),
    ("credit_value_mismatch", "credit_before_receipt", ("return",)),
    ("unsellable_restock", "premature_restock", ("movement",)),
    ("over_restock", "premature_restock", ("movement",)),
    ("sync_failure", "return_before_order_sync", ("named",)),
    ("sync_failure", "blocked_return", ("named",)),
    ("sync_failure", "wrong_refund_method", ("named",)),
    ("sync_failure", "wrong_refund_method", (("refused", "return"),)),
    ("over_credited", "unsupported_credit_quantity", ("subject",)),
]
SWALLOWED = {"order_missing_downstream", "unfulfilled_on_account", "return_missing_downstream", "stale_stock"}
UNMUTED = {"reference_conflict", "unmapped_status", "unmapped_reason_code"}
GROUPED = ("order:", "fulfilment:", "return:", "credit:")


class Judgement:
    """What becomes of all candidates of a world."""

    def __init__(self, world, candidates):
        self.world = world
        self.candidates = list(candidates)
        self.of_kind = defaultdict(list)
        for candidate in self.candidates:
            self.of_kind[candidate.kind].append(candidate)
        self.conflicted = set().union(*(c.about["group"] for c in self.of_kind["reference_conflict"]))
        self.silent = {c.flow for c in self.of_kind["silent_flow"]}
        self.known = {}

    def raised(self, candidate):
        """Whether a candidate is itself raised, swallowed or not."""
        if id(candidate) not in self.known:
            ripe = candidate.ripe(self.world.moment) and not self.muted(candidate)
            self.known[id(candidate)] = ripe and not any(map(self.raised, self._greater(candidate)))
        return self.known[id(candidate)]

    def muted(self, candidate):
        """Whether it is about a record of a group that a conflict of references glued."""
        told = candidate.subject.startswith(GROUPED) and candidate.kind not in UNMUTED
        return told and bool(candidate.about.get("group", set()) & self.conflicted)

    def _greater(self, candidate):
        for lesser, kind, names in YIELDS:
            if lesser == candidate.kind:
                for greater in self.of_kind[kind]:
                    if all(_common(name, candidate.about, greater.about) for name in names):
                        yield greater

    def swallowed(self, candidate):
        """Whether a silent flow speaks for it."""
        if candidate.kind not in SWALLOWED or candidate.flow not in self.silent:
            return False
        return candidate.since > self.world.last_outcome_on(self.world.topology.flows[candidate.flow])

    def exceptions(self):
        """Every exception: (kind, subject) to (amount, currency), rounded as stored."""
        legs = defaultdict(list)
        for candidate in filter(self.raised, self.candidates):
            if not self.swallowed(candidate):
                legs[candidate.kind, candidate.subject].append(self._amount(candidate))
        return {key: rounded(self.world, *_merged(key[0], amounts)) for key, amounts in legs.items()}

    def _amount(self, candidate):
        if candidate.kind != "silent_flow":
            return candidate.amount, candidate.currency
        here = (c for c in self.candidates if c.flow == candidate.flow and c.kind in SWALLOWED)
        return added((c.amount, c.currency) for c in here if self.raised(c) and self.swallowed(c))


def _common(name, lesser, greater):
    mine, theirs = name if isinstance(name, tuple) else (name, name)
    return lesser.get(mine, set()) & greater.get(theirs, set())


def _merged(kind, amounts):
    if len(amounts) == 1 or kind == "sku_mismatch":
        return added(amounts)
    known = [(amount, currency) for amount, currency in amounts if amount is not None]
    if len({currency for _, currency in known}) != 1:
        return None, None
    return max(known)


def rounded(world, amount, currency):
    """An amount as it is stored: half up, to the minor unit of its currency."""
    if amount is None:
        return None, None
    digits = world.topology.minor(currency)
    whole = floor(abs(Fraction(amount)) * 10**digits + Fraction(1, 2))
    return Decimal(f"{whole}e-{digits}"), currency
