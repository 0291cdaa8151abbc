"""Measures as charts, each under the sentence that it shows."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from exceptions.company import current_company
from exceptions.formats import minor_units, money_text, number_text
from exceptions.homes.charts import Bars, Days, bars, flow_of_days, level_of_days, money_of_days, sparkline
from exceptions.homes.insight import PRICE_KINDS, Age, AtRisk, Cause, Day, Risk, Scope
from exceptions.homes.numbers import queue_of
from exceptions.resolutions import resolutions
from reconciliation.declarations import kind_title

CAUSES = {
    "flow": "the flow {}",
    "word": "the unmapped word {}",
    "sku": "the SKU {}",
    "prices": "the prices of the customer {}",
}
OLD = ("15–30 days", "over 30 days")
OUTCOMES = {"healed": "Healed by itself", "dismiss": "Dismissed", "other": "Without a resolution"}


def at_risk_bars(
    found: Sequence[AtRisk],
    currency: str,
    changes: Mapping[tuple[str, str], Decimal] = MappingProxyType({}),
    /,
    **asked: str,
) -> Bars:
    """Money at risk by kind in one currency, the most first; `changes` are those since yesterday."""
    here = [one for one in found if one.currency == currency and one.amount > 0]
    total = sum((one.amount for one in here), Decimal(0))
    title = "No money is at risk"
    if here:
        share = f"{here[0].amount * 100 / total:.0f}\N{NO-BREAK SPACE}%"
        title = f"“{kind_title(here[0].kind)}” holds {share} of {money_text(total, currency)} at risk"
    said = (
        (
            kind_title(one.kind),
            one.amount,
            money_text(one.amount, currency),
            queue_of(**asked | {"kind": one.kind, "q": f"currency:{currency}"}),
            f"{one.cases:,} open{_moved(changes.get((one.kind, currency)), currency)}",
        )
        for one in here
    )
    return bars(title, ("Kind", "At risk", "Exceptions"), said, "Nothing open has money at risk.")


def _moved(change: Decimal | None, currency: str) -> str:
    if not change:
        return ""
    return f", {'+' if change > 0 else '−'}{money_text(abs(change), currency)} since yesterday"


def ageing_bars(found: Sequence[Age], currency: str, **asked: str) -> Bars:
    """How old the open money in a currency is."""
    here = [one for one in found if one.currency == currency]
    total = sum((one.amount for one in here), Decimal(0))
    old = sum((one.amount for one in here if one.label in OLD), Decimal(0))
    title = "Nothing open is older than 14 days"
    if old:
        title = f"{money_text(old, currency)} of {money_text(total, currency)} is older than 14 days"
    elif any(one.label in OLD for one in here):
        title = "No money open is older than 14 days"
    return bars(title, ("Age", "At risk", "Exceptions"), (_age(one, currency, asked) for one in here))


def _age(one: Age, currency: str, asked: dict[str, str]) -> tuple[Any, ...]:
    address = queue_of(**asked | {"q": f"currency:{currency} {one.search}"})
    return (one.label, one.amount, money_text(one.amount, currency), address, f"{one.cases:,} open")


def ageing_counts(found: Sequence[Age], **asked: str) -> Bars:
    """How old what is open is, by number."""
    sums: dict[str, tuple[int, str]] = {}
    for one in found:
        sums[one.label] = (sums.get(one.label, (0, ""))[0] + one.cases, one.search)
    total, old = sum(n for n, _ in sums.values()), sum(sums[label][0] for label in OLD if label in sums)
    title = f"{old:,} of {total:,} open exceptions are older than 14 days" if old else "Nothing is older than 14 days"
    said = ((label, n, f"{n:,}", queue_of(**asked | {"q": search})) for label, (n, search) in sums.items())
    return bars(title, ("Age", "Exceptions"), said, "Nothing is open.")


def flow_chart(days: Sequence[Day], **asked: str) -> Days:
    """Inflow against resolved, with the backlog; each number leads to the exceptions of its day."""
    opened, healed, worked = (sum(getattr(day, name) for day in days) for name in ("opened", "healed", "worked"))
    grown = opened - healed - worked
    how = f"grew by {grown:,}" if grown > 0 else f"shrank by {-grown:,}" if grown < 0 else "stayed as it was"
    told = f"{opened:,} opened, {healed:,} healed, {worked:,} closed by work"
    behind = [
        [queue_of(**asked | {"q": f"state:any {move}:{day.day}"}) for move in ("opened", "healed", "worked", "open")]
        for day in days
    ]
    return flow_of_days(f"The backlog {how} in {len(days)} days: {told}", days, behind)


def risk_chart(days: Sequence[Risk], currency: str, **asked: str) -> Days:
    """Money at risk, day by day; the title holds it against time."""
    times = sum((day.amount for day in days), Decimal(0))
    title = "No money was at risk"
    if times:
        mean = money_text(round(times / len(days), minor_units(currency)), currency)
        title = f"{mean} were at risk on average: {money_text(times, currency)} × days in {len(days)} days"
    behind = [[queue_of(**asked | {"q": f"state:any open:{day.day} currency:{currency}"})] for day in days]
    return money_of_days(title, days, currency, behind)


def drift_chart(days: Sequence[Day], **asked: str) -> Days:
    """How many SKUs drift, day by day."""
    now, then = (days[-1].backlog, days[0].backlog) if days else (0, 0)
    more = now - then
    how = f"{more:,} more than" if more > 0 else f"{-more:,} fewer than" if more < 0 else "as many as"
    behind = [[queue_of(**asked | {"q": f"state:any open:{day.day}"})] for day in days]
    return level_of_days(f"Stock of {now:,} SKUs drifts, {how} {len(days) - 1} days ago", days, behind)


def drift_bars(found: Sequence[Any]) -> Bars:
    """The SKUs whose stock differs most."""
    title = "No stock drifts"
    if found:
        title = f"{found[0].sku} differs most: {number_text(found[0].difference)} units"
    said = ((row.sku, row.difference, number_text(row.difference), queue_of(sku=row.sku), row.title) for row in found)
    return bars(title, ("SKU", "Units apart", "What"), said, "Every system has the same stock.")


def inflow_sparks(series: dict[str, list[int]], **asked: str) -> Bars:
    """How many became open a day, kind by kind, the most first."""
    ranked = sorted(series.items(), key=lambda one: (-sum(one[1]), one[0]))
    title = "Nothing became open"
    if ranked:
        title = f"“{kind_title(ranked[0][0])}” comes in most: {sum(ranked[0][1]):,} in {len(ranked[0][1])} days"
    said = (
        (kind_title(kind), sum(counts), f"{sum(counts):,}", queue_of(**asked | {"kind": kind}), "", sparkline(counts))
        for kind, counts in ranked
    )
    return bars(title, ("Kind", "Opened"), said)


def days_of(scope: Scope) -> str:
    """A window as the search writes it, in days of the company: 2026-09-01..2026-09-30."""
    zone = ZoneInfo(current_company().time_zone)
    first, last = (moment.astimezone(zone).date() for moment in (scope.since, scope.until - timedelta(seconds=1)))
    return f"{first}..{last}"


def times_bars(found: Sequence[Any], what: str, verb: str, scope: Scope) -> Bars:
    """How long people took (`claim` or `resolve`), overall and by kind."""
    rows = [row for row in found if row.what == what]
    overall = next((row for row in rows if row.kind is None), None)
    search = f"state:any {'taken' if what == 'claim' else 'worked'}:{days_of(scope)}"
    title = f"Nothing was {verb} by people"
    if overall:
        median, ninetieth = _hours(overall.median), _hours(overall.ninetieth)
        title = f"Half is {verb} within {median}, nine in ten within {ninetieth}"
    said = (
        (
            kind_title(row.kind) if row.kind else "All kinds",
            round(row.median, 3),
            _hours(row.median),
            queue_of(**scope.asked | ({"kind": row.kind} if row.kind else {}) | {"q": search}),
            f"nine in ten within {_hours(row.ninetieth)} ({row.cases:,})",
        )
        for row in rows
    )
    return bars(title, ("Kind", "Median", "90th percentile"), said)


def _hours(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


def reopened_bars(found: Sequence[Any], scope: Scope) -> Bars:
    """Which resolutions hold, and which come back."""
    closed, back = sum(row.closed for row in found), sum(row.came_back for row in found)
    title = f"{back:,} of {closed:,} closings came back" if back else "Nothing that was closed came back"
    said = (
        (
            OUTCOMES.get(row.resolution) or _label(row.resolution),
            row.came_back * 100 / row.closed if row.closed else 0,
            f"{row.came_back * 100 / row.closed:.0f} %" if row.closed else "–",
            _closings(row.resolution, scope),
            f"{row.came_back:,} of {row.closed:,}{f', {row.disproved:,} claims disproved' if row.disproved else ''}",
        )
        for row in found
    )
    return bars(title, ("Resolution", "Came back", "Of how many"), said, "Nothing was closed.")


def _closings(resolution: str, scope: Scope) -> str:
    """The queue of what was closed so in the window; none for what no resolution names."""
    if resolution == "healed":
        return queue_of(**scope.asked | {"q": f"state:any healed:{days_of(scope)}"})
    if resolution not in resolutions():
        return ""
    return queue_of(**scope.asked | {"q": f"state:any worked:{days_of(scope)} resolution:{resolution}"})


def _label(resolution: str) -> str:
    known = resolutions().get(resolution)
    return known.label if known else resolution


def cause_bars(found: Sequence[Cause]) -> Bars:
    """What one cause stands behind many exceptions, by money."""
    title = "No cause stands behind several exceptions"
    if found:
        title = f"{_named(found[0])} stands behind {money_text(found[0].amount, found[0].currency)}"
    said = (
        (_named(one), one.amount, money_text(one.amount, one.currency), _rows_of(one), _kinds(one)) for one in found
    )
    return bars(title, ("Cause", "At risk", "Exceptions"), said, "Nothing open shares a cause.")


def _named(one: Cause) -> str:
    name = CAUSES[one.cause].format(one.value)
    return f"{name[:1].upper()}{name[1:]}"


def _kinds(one: Cause) -> str:
    return f"{one.cases:,} open: {', '.join(kind_title(kind) for kind in one.kinds)}"


def _rows_of(one: Cause) -> str:
    """The queue of just these; none for a word that cannot be written in a search."""
    search = f"currency:{one.currency}"
    if one.cause == "prices":
        return queue_of(customer=one.value, q=f"kind:{','.join(PRICE_KINDS)} {search}")
    if one.cause == "word":
        return "" if set(one.value) & set("'\"\\") else queue_of(q=f'"word:{one.value}" {search}')
    return queue_of(**{one.cause: one.value, "q": search})
