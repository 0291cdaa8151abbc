"""What must never be, whatever was thrown: each in a sentence."""

from collections import Counter
from datetime import datetime

from connectors.models import Cursor, Delivery
from exceptions.models import (
    Acceptance,
    OwnChange,
    Period,
    PeriodSignature,
    Proposal,
    Suppression,
    TrailEntry,
    WriteBack,
)
from exceptions.months.signed import verify
from reconciliation.models import Link


def wrongs(asked, *, settled=False):
    """Sentences; at the end of the faults, or once everything has `settled`."""
    if not settled:
        return list(_cursors(datetime.fromisoformat(asked["over_at"])))
    return [*_deliveries(asked["delivered"]), *_decisions(asked["decided"]), *_agreements(asked), *_month(asked)]


def _cursors(over_at):
    """Nothing is marked as read that could not have been read yet."""
    for cursor in Cursor.objects.filter(watermark__gt=over_at):
        yield f"{cursor} is marked as read to {cursor.watermark}, after the faults were over"


def _deliveries(taken):
    """Every delivery that was answered with 200 is there and handled."""
    known = {(one.connection.system, one.identity): one for one in Delivery.objects.select_related("connection")}
    for name in map(tuple, taken):
        if name not in known:
            yield f"the delivery {name} was taken and is not there"
        elif known[name].handled_at is None:
            yield f"the delivery {name} is not handled: {known[name].error}"


def _decisions(decided):
    """What was acknowledged is at least in the outbox."""
    unasked = set(decided) - set(WriteBack.objects.values_list("case_id", flat=True))
    yield from (f"what was decided about E-{case} was never asked for" for case in unasked)


def _agreements(asked):
    """What was acknowledged is there, and each proposal that was approved had its effect once."""
    notes = Counter(Proposal.objects.values_list("note", flat=True))
    yield from (f"made {notes[words]} times: {words}" for words in asked["proposed"] if notes[words] != 1)
    approved = Proposal.objects.filter(decision="approved")
    unsaid = set(asked["approved"]) - set(approved.values_list("id", flat=True))
    yield from (f"the approval of proposal {one} was acknowledged and is not there" for one in sorted(unsaid))
    had, effects = Counter(approved.values_list("case", "resolution")), Counter[tuple[int, str]]()
    effects.update((case, "accept_variance") for case in Acceptance.objects.values_list("case", flat=True))
    changes = Counter(OwnChange.objects.values_list("case", "what"))
    effects.update({one: count for one, count in changes.items() if one[1] == "waive_reference"})
    yield from (
        f"{one} was approved {had[one]} times and done {effects[one]}"
        for one in had | effects
        if had[one] != effects[one]
    )
    moves = TrailEntry.objects.filter(move__in=("approve", "approve_fix")).count()
    if moves != approved.count():
        yield f"{approved.count()} proposals were approved and {moves} approvals are in the trail"
    linked = [case for case, what in changes if what == "link_order"]
    yield from (f"E-{case} was linked and has no link" for case in set(asked["linked"]) - set(linked))
    for what, rows in (("link_order", Link.objects), ("waive_reference", Suppression.objects)):
        made = sum(count for one, count in changes.items() if one[1] == what)
        if rows.count() != made:
            yield f"{made} times {what}, which led to {rows.count()} rows"


def _month(asked):
    """The month is closed, as it was signed; each signature is in the trail, and each follows the one before."""
    month, currency = asked["month"]
    period = Period.objects.filter(month=month, currency=currency).first()
    if period is None or period.state != "closed":
        yield f"{month} {currency} is {period.state if period else 'unknown'}"
        return
    yield from verify(period)
    signed = list(PeriodSignature.objects.filter(period=period).values_list("act", "reason"))
    trail = list(TrailEntry.objects.filter(about=f"period {period}").order_by("id").values_list("move", "note"))
    if signed != trail:
        yield f"the signatures {signed} are {trail} in the trail"
    acts, before = [act for act, _ in signed], {"prepared": ("reopened", "prepared", None)}
    before |= {"reviewed": ("prepared",), "reopened": ("reviewed",)}
    for last, act in zip([None, *acts], acts, strict=False):
        if last not in before[act]:
            yield f"{act} follows {last}"
    reasons = Counter(reason for act, reason in signed if act == "reopened")
    yield from (f"opened {reasons[one]} times: {one}" for one in asked["reasons"] if reasons[one] != 1)
    if len(acts) < asked["acts"]:
        yield f"{asked['acts']} acts were seen and {len(acts)} are there"
