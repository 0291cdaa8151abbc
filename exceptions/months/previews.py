"""What a change of the configuration would do to the months, before it is made: of the topology (a mapping, a
tolerance, a flow), or a suppression.

The change is made in a transaction, everything is examined with it, the statements are compared with those from
before, and all of it is taken back. It lasts as long as a run over everything, so Celery does it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Sum
from django.utils.dateparse import parse_datetime

from exceptions.acceptance import month_of
from exceptions.models import OPEN, ChangePreview, ExceptionCase, Period
from exceptions.months.statement import LABELS, PARTS, currencies, month_bounds, statement_of
from exceptions.reconciling import reconcile
from exceptions.suppressions import suppress
from exceptions.trying import undone
from reconciliation import topology
from reconciliation.topology_file import TopologyRefused

LOOKED_BACK = 12  # months, in which those still open and the last closed ones are looked for
LAST_CLOSED = 2
OF = ("subject", "customer", "sku")

Lines = dict[tuple[str, str, str, str], Decimal]  # month and currency, part, line, name → amount


def ask_preview(change: Callable[[], Any], *, by: User, at: datetime) -> ChangePreview:
    """A preview of `change`, to be made by Celery; what the change would make of the topology is kept with it."""
    with undone():
        change()
        text = topology.dump()
    return ChangePreview.objects.create(by=by, topology=text, asked_at=at)


def ask_suppression_preview(said: Mapping[str, Any], *, by: User, at: datetime) -> ChangePreview:
    """A preview of a suppression, to be made by Celery; `said`: kind, ends_at, and subject, customer or sku."""
    kept = {name: said[name] or None for name in OF} | {"kind": said["kind"], "ends_at": said["ends_at"].isoformat()}
    return ChangePreview.objects.create(by=by, suppression=kept, asked_at=at)


def make_preview(id: int, *, at: datetime) -> ChangePreview:
    """Makes a preview that was asked for, once; a change that is refused leaves the reason."""
    asked = ChangePreview.objects.select_related("by").get(id=id)
    if asked.finished_at is not None:
        return asked
    try:
        said = asked.suppression
        asked.result = _suppressed(said, asked.by, at) if said else _with_topology(asked.topology, at)
    except (TopologyRefused, topology.SystemInUse) as error:
        asked.result = {"refused": str(error)}
    asked.finished_at = at
    asked.save(update_fields=["result", "finished_at"])
    return asked


def compared_months(at: datetime) -> Iterator[tuple[str, str]]:
    """Every month that is not closed, and the last closed ones, of each currency; the newest first."""
    closed = set(Period.objects.filter(state="closed").values_list("month", "currency"))
    taken: Counter[str] = Counter()
    first = month_of(at)
    for _ in range(LOOKED_BACK):
        month = f"{first:%Y-%m}"
        for currency in currencies(month):
            taken[currency] += (month, currency) in closed
            if (month, currency) not in closed or taken[currency] <= LAST_CLOSED:
                yield month, currency
        first = month_of(first - timedelta(days=1))


def _with_topology(text: str, at: datetime) -> dict[str, Any]:
    return compared(lambda: [str(change) for change in topology.load(text, dry_run=False)], at=at, full=True)


def _suppressed(said: Mapping[str, Any], by: User, at: datetime) -> dict[str, Any]:
    ends_at = parse_datetime(said["ends_at"])
    assert ends_at is not None
    of = {name: said[name] for name in OF}

    def change() -> list[str]:
        suppress(said["kind"], until=ends_at, reason="preview", by=by, **of)
        return []

    return compared(change, at=at, full=False) | {"kept_out": _kept_out(said["kind"], of, at)}


def _kept_out(kind: str, of: Mapping[str, str | None], at: datetime) -> list[list[Any]]:
    """Of each month, the exceptions first seen in it that the suppression would have kept out, whatever their state."""
    fitting = ExceptionCase.objects.filter(kind=kind, **{name: value for name, value in of.items() if value})
    found = []
    for month, currency in compared_months(at):
        since, until = month_bounds(month)
        seen = fitting.filter(first_seen__gte=since, first_seen__lt=until, currency=currency)
        sums = seen.aggregate(cases=Count("id"), amount=Sum("amount", default=Decimal(0)))
        if sums["cases"]:
            found.append([month, currency, sums["cases"], str(sums["amount"])])
    return found


def compared(change: Callable[[], list[str]], *, at: datetime, full: bool) -> dict[str, Any]:
    """What differs in statements and open exceptions with a change; nothing is kept. `full`: it moves findings."""
    with undone():
        reconcile(as_of=at, now=at)  # what came since the last run is no effect of the change
        before, cases_before = _lines(at), _cases()
        changes = change()
        reconcile(as_of=at, now=at, full=full)
        after, cases_after = _lines(at), _cases()
    return {
        "changes": changes,
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
    for month, currency in compared_months(at):
        made = statement_of(month, currency, as_of=at, by_sku=False)
        for part in PARTS:
            for line in made.lines(part):
                label = LABELS[part].get(line.bucket, line.bucket)
                found[f"{month} {currency}", part, label, line.name or ""] = line.amount
    return found


def _cases() -> Counter[str]:
    return Counter(ExceptionCase.objects.filter(state__in=OPEN).values_list("kind", flat=True))
