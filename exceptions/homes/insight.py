"""What the queue comes to: money at risk, ageing, inflow against resolved, times, what came back, common causes.

Every measure is one statement over a window `[since, until)` and a choice of cases, and says nothing of who did it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from exceptions.company import current_company
from exceptions.models import CLOSED, OPEN
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
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
    """What is open of a kind in a currency."""

    kind: str
    currency: str | None
    cases: int
    amount: Decimal


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
class Risk:
    """The money that was open in a currency at the end of a day of the company."""

    day: date
    amount: Decimal


@dataclass(frozen=True)
class Cause:
    """Open cases that share a flow, a word without a mapping, a SKU, or prices of one customer."""

    cause: str
    value: str
    currency: str
    cases: int
    amount: Decimal
    kinds: list[str]


def standing(scope: Scope) -> list[Any]:
    """Rows kind, step (of age), currency, cases, amount of what is open now."""
    return _asked("standing", scope)


def at_risk(stands: Iterable[Any]) -> list[AtRisk]:
    """What stands open by kind and currency, the most money first."""
    sums = _sums(stands, "kind")
    found = [AtRisk(kind, currency, *both) for (kind, currency), both in sums.items()]
    return sorted(found, key=lambda one: (-one.amount, -one.cases, one.kind, one.currency or ""))


def changes_at_risk(scope: Scope) -> dict[tuple[str, str], Decimal]:
    """By how much the open money of each kind and currency moved within the window; also where nothing is open now."""
    return {(row.kind, row.currency): row.change for row in _asked("at_risk_change", scope)}


def ageing(stands: Iterable[Any]) -> list[Age]:
    """What stands open by age and currency, the youngest first."""
    sums = _sums(stands, "step")
    steps = list(STEPS.items())
    ordered = sorted(sums, key=lambda key: (key[0], key[1] or ""))
    return [Age(steps[step][0], steps[step][1], currency, *sums[step, currency]) for step, currency in ordered]


def _sums(stands: Iterable[Any], name: str) -> dict[tuple[Any, str | None], tuple[int, Decimal]]:
    """(Value of that name, currency) → cases and amount."""
    sums: dict[tuple[Any, str | None], tuple[int, Decimal]] = {}
    for row in stands:
        key = getattr(row, name), row.currency
        cases, amount = sums.get(key, (0, Decimal(0)))
        sums[key] = cases + row.cases, amount + row.amount
    return sums


def movements(scope: Scope) -> list[Any]:
    """Rows kind, day, opened, healed, worked of the window."""
    return _asked("days", scope)


def backlog(scope: Scope) -> dict[str, int]:
    """How many of each kind were open at `until`."""
    return {row.kind: int(row.cases) for row in _asked("backlog", scope)}


def days(scope: Scope, moved: Iterable[Any], left: Mapping[str, int]) -> list[Day]:
    """Every day of the window, also the quiet ones, from its movements and the backlog at its end."""
    by_day: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in moved:
        if scope.kind in (None, row.kind):
            sums = by_day[row.day]
            by_day[row.day] = [sums[0] + row.opened, sums[1] + row.healed, sums[2] + row.worked]
    still = left.get(scope.kind, 0) if scope.kind else sum(left.values())
    found = []
    for day in reversed(list(_days_of(scope))):
        opened, healed, worked = by_day[day]
        found.append(Day(day, opened, healed, worked, still))
        still -= opened - healed - worked
    return found[::-1]


def opened_by_kind(scope: Scope, moved: Iterable[Any]) -> dict[str, list[int]]:
    """How many became open on each day of the window, by kind; kinds without any are left out."""
    calendar = {day: number for number, day in enumerate(_days_of(scope))}
    series: dict[str, list[int]] = defaultdict(lambda: [0] * len(calendar))
    for row in moved:
        series[row.kind][calendar[row.day]] += row.opened
    return {kind: counts for kind, counts in series.items() if any(counts)}


def times(scope: Scope) -> list[Any]:
    """Rows kind, what (`claim` or `resolve`), cases, median, ninetieth; hours by the clock; kind null: all kinds."""
    return _asked("times", scope)


def reopened(scope: Scope) -> list[Any]:
    """Rows resolution, closed, came_back, disproved; what healed by itself goes under the resolution `healed`."""
    return _asked("reopened", scope)


def drifting(scope: Scope) -> list[Any]:
    """Rows case, sku, title, difference (in base units, unsigned) of stock that disagrees, the most first."""
    return _asked("drifting", scope)


def causes(scope: Scope, currency: str) -> list[Cause]:
    """What stands behind several open cases in a currency, ranked by money."""
    found = rows("insight/causes", _parameters(scope) | {"currency": currency, "price_kinds": list(PRICE_KINDS)}, SQL)
    return [Cause(*row) for row in found]


def risk_days(scope: Scope, currency: str, open_now: Decimal) -> list[Risk]:
    """The open money of a currency at the end of each day of the window, from what is open now and how it moved."""
    moved = {row.day: row.change for row in rows("insight/risk_days", _parameters(scope) | {"currency": currency}, SQL)}
    left = open_now - moved.pop(None, Decimal(0))
    found = []
    for day in reversed(list(_days_of(scope))):
        found.append(Risk(day, left))
        left -= moved.get(day, Decimal(0))
    return found[::-1]


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


def days_from(first: date, last: date, *, at: datetime) -> Scope:
    """The window of the days of the company from `first` to `last`, at most up to `at`."""
    zone = ZoneInfo(current_company().time_zone)
    since, until = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, last + timedelta(days=1)))
    return Scope(since, min(until, at))


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
