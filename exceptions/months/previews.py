"""What a change of the topology — a mapping, a tolerance, a flow — would do to the months, before it is made.

The change is made in a transaction, everything is examined with it, the statements are compared with those from
before, and all of it is taken back. It lasts as long as a run over everything, so Celery does it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from exceptions.acceptance import month_of
from exceptions.models import OPEN, ChangePreview, ExceptionCase, Period
from exceptions.months.statement import LABELS, PARTS, Statement, currencies, statement_of
from exceptions.reconciling import reconcile
from reconciliation import topology
from reconciliation.topology_file import TopologyRefused

LOOKED_BACK = 12  # months, in which those still open and the last closed ones are looked for
LAST_CLOSED = 2

Lines = dict[tuple[str, str, str, str], Decimal]  # month and currency, part, line, name → amount


def ask_preview(change: Callable[[], Any], *, by: User, at: datetime) -> ChangePreview:
    """A preview of `change`, to be made by Celery; what the change would make of the topology is kept with it."""
    with _undone():
        change()
        text = topology.dump()
    return ChangePreview.objects.create(by=by, topology=text, asked_at=at)


def make_preview(id: int, *, at: datetime) -> ChangePreview:
    """Makes a preview that was asked for, once; a change that is refused leaves the reason."""
    asked = ChangePreview.objects.get(id=id)
    if asked.finished_at is not None:
        return asked
    try:
        asked.result = compared(asked.topology, at=at)
    except (TopologyRefused, topology.SystemInUse) as error:
        asked.result = {"refused": str(error)}
    asked.finished_at = at
    asked.save(update_fields=["result", "finished_at"])
    return asked


def compared(text: str, *, at: datetime) -> dict[str, Any]:
    """What differs in statements and open exceptions if the topology were `text`; nothing is kept."""
    with _undone():
        reconcile(as_of=at, now=at)  # what came since the last run is no effect of the change
        before, cases_before = _lines(at), _cases()
        changes = topology.load(text, dry_run=False)
        reconcile(as_of=at, now=at, full=True)
        after, cases_after = _lines(at), _cases()
    return {
        "changes": [str(change) for change in changes],
        "lines": [
            [*key, str(before.get(key, Decimal(0))), str(after.get(key, Decimal(0)))]
            for key in sorted(before.keys() | after.keys())
            if before.get(key, 0) != after.get(key, 0)
        ],
        "cases": [
            [kind, cases_before[kind], cases_after[kind]]
            for kind in sorted(cases_before.keys() | cases_after.keys())
            if cases_before[kind] != cases_after[kind]
        ],
        "months": sorted({key[0] for key in before.keys() | after.keys()}, reverse=True),
    }


def _lines(at: datetime) -> Lines:
    found: Lines = {}
    for made in _statements(at):
        month = f"{made.month} {made.currency}"
        for part in PARTS:
            for line in made.lines(part):
                label = LABELS[part].get(line.bucket, line.bucket)
                found[month, part, label, line.name or ""] = line.amount
    return found


def _statements(at: datetime) -> Iterator[Statement]:
    """Every month that is not closed, and the last closed ones, of each currency."""
    closed = set(Period.objects.filter(state="closed").values_list("month", "currency"))
    taken: Counter[str] = Counter()
    first = month_of(at)
    for _ in range(LOOKED_BACK):
        month = f"{first:%Y-%m}"
        for currency in currencies(month):
            taken[currency] += (month, currency) in closed
            if (month, currency) not in closed or taken[currency] <= LAST_CLOSED:
                yield statement_of(month, currency, as_of=at, by_sku=False)
        first = month_of(first - timedelta(days=1))


def _cases() -> Counter[str]:
    return Counter(ExceptionCase.objects.filter(state__in=OPEN).values_list("kind", flat=True))


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
