"""What the queue comes to: money at risk, ageing, inflow against resolved, times, what came back, common causes.

Every measure is one statement over a window `[since, until)` and a choice of cases, and says nothing of who did it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from exceptions.company import current_company
from exceptions.models import CLOSED, OPEN
from reconciliation.statements import rows

SQL = Path(__file__).parent / "sql"
STEPS = {
    "0–1 days": "age:<2d",
    "2–3 days": "age:>2d age:<4d",
    "4–7 days": "age:>4d age:<8d",
    "8–14 days": "age:>8d age:<15d",
    "15–30 days": "age:>15d age:<31d",
    "over 30 days": "age:>31d",
}
PRICE_KINDS = ("price_mismatch", "return_value_mismatch", "unsupported_credit_price", "credit_value_mismatch")


@dataclass(frozen=True)
class Scope:
    """Which cases, and the window `[since, until)`; what is null restricts nothing."""

    since: datetime
    until: datetime
    kind: str | None = None
    team: str | None = None
    customer: str | None = None
    flow: str | None = None

    @property
    def asked(self) -> dict[str, str]:
        """The same choice of cases as filters of the queue."""
        named = ((name, getattr(self, name)) for name in ("kind", "team", "customer", "flow"))
        return {name: value for name, value in named if value}


@dataclass(frozen=True)
class AtRisk:
    """What is open of a kind in a currency, and by how much its money moved within the window."""

    kind: str
    currency: str | None
    cases: int
    amount: Decimal
    change: Decimal


@dataclass(frozen=True)
class Age:
    """What is open of an age in a currency."""

    label: str
    search: str
    currency: str | None
    cases: int
    amount: Decimal


@dataclass(frozen=True)
class Day:
    """What became open, healed and was worked on a day of the company, and how much was open at its end."""

    day: date
    opened: int
    healed: int
    worked: int
    backlog: int


@dataclass(frozen=True)
class Cause:
    """Open cases that share a flow, a word without a mapping, a SKU, or prices of one customer."""

    cause: str
    value: str
    currency: str
    cases: int
    amount: Decimal
    kinds: list[str]


def at_risk(scope: Scope) -> list[AtRisk]:
    """The open money by kind and currency, the most first."""
    moved = {(row.kind, row.currency): row.change for row in _asked("at_risk_change", scope)}
    return [
        AtRisk(row.kind, row.currency, row.cases, row.amount, moved.get((row.kind, row.currency), Decimal(0)))
        for row in _asked("at_risk", scope)
    ]


def change_at_risk(scope: Scope) -> dict[str, Decimal]:
    """By how much all open money moved within the window, by currency; also of kinds of which nothing is open now."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in _asked("at_risk_change", scope):
        sums[row.currency] += row.change
    return dict(sums)


def ageing(scope: Scope) -> list[Age]:
    """What is open at `until` by age and currency, the youngest first."""
    steps = list(STEPS.items())
    found = []
    for row in _asked("ageing", scope):
        label, search = steps[row.step]
        found.append(Age(label, search, row.currency, row.cases, row.amount))
    return found


def days(scope: Scope) -> list[Day]:
    """Every day of the window, also the quiet ones."""
    by_day: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in _asked("days", scope):
        sums = by_day[row.day]
        by_day[row.day] = [sums[0] + row.opened, sums[1] + row.healed, sums[2] + row.worked]
    backlog = int(_asked("backlog", scope)[0].cases)
    found = []
    for day in reversed(list(_days_of(scope))):
        opened, healed, worked = by_day[day]
        found.append(Day(day, opened, healed, worked, backlog))
        backlog -= opened - healed - worked
    return found[::-1]


def opened_by_kind(scope: Scope) -> dict[str, list[int]]:
    """How many became open on each day of the window, by kind; kinds without any are left out."""
    calendar = {day: number for number, day in enumerate(_days_of(scope))}
    series: dict[str, list[int]] = defaultdict(lambda: [0] * len(calendar))
    for row in _asked("days", scope):
        series[row.kind][calendar[row.day]] += row.opened
    return {kind: counts for kind, counts in series.items() if any(counts)}


def times(scope: Scope) -> list[Any]:
    """Rows kind, what (`claim` or `resolve`), cases, median, ninetieth; hours by the clock; kind null: all kinds."""
    return _asked("times", scope)


def reopened(scope: Scope) -> list[Any]:
    """Rows resolution, closed, came_back, disproved; what healed by itself goes under the resolution `healed`."""
    return _asked("reopened", scope)


def credits_of(scope: Scope, currency: str) -> Any:
    """The row returns, expected, credits, issued: what portals state for the window's returns, what was credited."""
    return rows("insight/credits", _parameters(scope) | {"currency": currency}, SQL)[0]


def drifting(scope: Scope) -> list[Any]:
    """Rows case, sku, title, difference (in base units, unsigned) of stock that disagrees, the most first."""
    return _asked("drifting", scope)


def causes(scope: Scope, currency: str) -> list[Cause]:
    """What stands behind several open cases in a currency, ranked by money."""
    found = rows("insight/causes", _parameters(scope) | {"currency": currency, "price_kinds": list(PRICE_KINDS)}, SQL)
    return [Cause(*row) for row in found]


def currencies(found: Iterable[Any]) -> list[str]:
    """The currencies of measures, the one with the most cases first."""
    sums: dict[str, int] = defaultdict(int)
    for one in found:
        if one.currency:
            sums[one.currency] += one.cases
    return sorted(sums, key=lambda currency: (-sums[currency], currency))


def last_days(number: int, *, at: datetime, scope: Scope | None = None) -> Scope:
    """The window of the last `number` days of the company, today included, up to `at`."""
    today = _here(at).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=number - 1)
    return replace(scope, since=since, until=at) if scope else Scope(since, at)


def _days_of(scope: Scope) -> Iterable[date]:
    day, last = _here(scope.since).date(), _here(scope.until - timedelta(microseconds=1)).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _here(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(current_company().time_zone))


def _parameters(scope: Scope) -> dict[str, Any]:
    return asdict(scope) | {"open": list(OPEN), "closed": list(CLOSED), "zone": current_company().time_zone}


def _asked(name: str, scope: Scope) -> list[Any]:
    return rows(f"insight/{name}", _parameters(scope), SQL)
