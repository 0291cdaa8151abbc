"""Findings by hand, as runs leave them, and cases that follow them."""

from datetime import timedelta
from decimal import Decimal

from exceptions.intake import take_in_findings
from exceptions.models import ExceptionCase, TrailEntry
from exceptions.moves import SYSTEM
from reconciliation.models import ChangedSubject, Finding, Run
from tests.exceptions.people import NOW

KIND = "credit_value_mismatch"
SUBJECT = "return:portal:R1"


def found(subject=SUBJECT, amount="20.00", kind=KIND, **fields):
    """A check finds it (again); its case is told with the next run."""
    said = {
        "space": "group",
        "shard": "g",
        "state": "raised",
        "ripe_at": NOW,
        "title": f"About {subject}",
        "systems": ["erp", "portal"],
        "amount": amount and Decimal(amount),
        "currency": "GBP" if amount else None,
        "evidence": [{"field": "amount", "expected": "0.00", "actual": amount}],
        "last_run": 0,
    }
    leg = fields.pop("leg", "")
    Finding.objects.update_or_create(kind=kind, subject=subject, leg=leg, defaults=said | fields)
    news(subject, kind)


def gone(subject=SUBJECT, kind=KIND):
    """No check finds it any more."""
    Finding.objects.filter(kind=kind, subject=subject).delete()
    news(subject, kind)


def news(subject, kind=KIND):
    ChangedSubject.objects.get_or_create(kind=kind, subject=subject, defaults={"run": 0})


def run(hours=0, since=NOW, **more):
    """Cases follow the findings, so long after noon of Wednesday 30 September 2026; counts by kind."""
    at = since + timedelta(hours=hours, **more)
    made = Run.objects.create(as_of=at, full=False, advanced=True, configuration=0)
    counts = take_in_findings(run=made.pk, as_of=at, at=at)
    made.finished_at = at
    made.save()
    return counts


def the_case(subject=SUBJECT, kind=KIND):
    return ExceptionCase.objects.select_related("owner", "previous_owner").get(
        kind=kind, subject=subject, frozen_in=None
    )


def moves_of(known):
    return list(TrailEntry.objects.filter(case=known).order_by("id").values_list("move", flat=True))


def illegal_moves():
    """What the system did to cases that the table of moves does not know."""
    told = TrailEntry.objects.filter(by=None, case__isnull=False).values_list("move", "from_state", "to_state")
    return [
        (move, before, after)
        for move, before, after in told
        if (before, after) != (None, "new") and not (move in SYSTEM and SYSTEM[move].may_lead(before, after))
    ]


def moved(known, state, **fields):
    """A person's move, without its trail."""
    ExceptionCase.objects.filter(pk=known.pk).update(state=state, touched_at=NOW, **fields)
    return the_case(known.subject, known.kind)


def opened(amount="20.00", **fields):
    """The case that one finding opened."""
    found(amount=amount, **fields)
    run()
    return the_case()
