"""What must never be, whatever was thrown: each in a sentence."""

from collections import Counter
from datetime import datetime

from connectors.models import Cursor, Delivery
from exceptions.models import Period, PeriodSignature, TrailEntry, WriteBack
from exceptions.months.signed import verify


def wrongs(asked, *, settled=False):
    """Sentences; at the end of the faults, or once everything has `settled`."""
    if not settled:
        return list(_cursors(datetime.fromisoformat(asked["over_at"])))
    return [*_deliveries(asked["delivered"]), *_decisions(asked["decided"]), *_month(asked)]


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
