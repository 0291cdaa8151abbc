"""Asked inside of a product's own process: what it holds."""

import io
from collections import defaultdict
from datetime import datetime

from django.core.management import call_command
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.models import OPEN, ExceptionCase, TrailEntry
from exceptions.reconciling import reconcile
from exceptions.trail import seal, verify
from reconciliation.intake import take_in
from reconciliation.models import Finding, LedgerEntry, Member, RejectedLine

FINDING = ("kind", "subject", "leg", "state", "amount", "currency")


def answer(asked):
    """The outcome as JSON; where lines are given, they are taken in first."""
    as_of = datetime.fromisoformat(asked["as_of"])
    if "lines" in asked:
        call_command("migrate", verbosity=0)
        from tests.faults.brand import prepare

        prepare()
        take_in(read_lines(io.BytesIO("\n".join(asked["lines"]).encode())), source="faults", clock=timezone.now)
    reconcile(as_of=as_of, now=as_of)
    tables = _tables()
    reconcile(as_of=as_of, now=as_of, full=True)
    changed = set(tables["findings"]) ^ set(_findings())
    seal(at=timezone.now())
    notes = defaultdict(list)
    for words, case in TrailEntry.objects.filter(move="note").values_list("note", "case_id"):
        notes[words].append(case)
    return {"tables": tables, "notes": notes, "broken": verify().broken, "after_full_run": sorted(changed)}


def _tables():
    return {
        "ledgers": _rows(LedgerEntry.objects.values_list("version", "record", "at", "until", "changed_at", "content")),
        "groups": _rows(Member.objects.values_list("record", "group_key")),
        "refused lines": sorted({bytes(line.sha256).hex() for line in RejectedLine.objects.only("sha256")}),
        "findings": _findings(),
        "open exceptions": _rows(ExceptionCase.objects.filter(state__in=OPEN).values_list("kind", "subject")),
    }


def _findings():
    return _rows(Finding.objects.exclude(state="unripe").values_list(*FINDING))


def _rows(rows):
    return sorted(" ".join(map(str, row)) for row in rows)
