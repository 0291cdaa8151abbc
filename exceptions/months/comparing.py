"""What the months come to with a change and without it.

The change is made in a transaction, everything is examined with it, the statements are compared with those from
before, and all of it is taken back.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from exceptions.acceptance import month_of
from exceptions.company import current_company
from exceptions.models import OPEN, ExceptionCase, Period
from exceptions.months.parts import LABELS, PARTS
from exceptions.months.statement import currencies, statement_of
from exceptions.previews.trying import undone
from exceptions.reconciling import reconcile
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
LOOKED_BACK = 12  # months, in which those still open and the last closed ones are looked for
LAST_CLOSED = 2

Lines = dict[tuple[str, str, str, str], Decimal]  # month and currency, part, line, name → amount


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


def compared(change: Callable[[], list[str]], *, at: datetime, full: bool) -> dict[str, Any]:
    """What differs in statements and open exceptions with a change; nothing is kept. `full`: it moves findings."""
    with undone():
        reconcile(as_of=at, now=at)  # what came since the last run is no effect of the change
        before, cases_before, open_before = _lines(at), _cases(), list(_open().values_list("id", flat=True))
        changes = change()
        reconcile(as_of=at, now=at, full=full)
        after, cases_after, opened = _lines(at), _cases(), _opened(open_before)
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
        "opened": opened,
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
    return Counter(_open().values_list("kind", flat=True))


def _open() -> QuerySet[ExceptionCase]:
    return ExceptionCase.objects.filter(state__in=OPEN)


def _opened(before: list[int]) -> list[list[Any]]:
    """What is open and was not, by the month since which it disagrees, and by currency (null: no amount to tell)."""
    asked = {"before": before, "open": list(OPEN), "zone": current_company().time_zone}
    return [
        [row.month, row.currency, row.cases, None if row.amount is None else str(row.amount)]
        for row in rows("previews/opened", asked, SQL)
    ]
