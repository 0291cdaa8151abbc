"""The page of measures: every chart over one window and one choice of cases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from exceptions.homes import figures, insight
from exceptions.homes.charts import Bars, Days
from exceptions.homes.insight import Scope
from exceptions.homes.snapshots import snapshot
from exceptions.models import TEAMS, Team
from reconciliation.declarations import checks
from reconciliation.models import Flow

WINDOWS = {"7": "7 days", "14": "14 days", "30": "30 days", "90": "90 days"}
DRIFT = "stock_drift"


@dataclass(frozen=True)
class Charts:
    """Every chart of the page, in one currency."""

    currencies: list[str]
    currency: str
    at_risk: Bars
    causes: Bars
    ageing: Bars
    ageing_counts: Bars
    flow: Days
    sparks: Bars
    drift: Days
    drift_skus: Bars
    to_claim: Bars
    to_resolve: Bars
    reopened: Bars


@dataclass(frozen=True)
class InsightPage:
    """The charts, as of when, what was asked, and what may be asked."""

    as_of: datetime
    scope: Scope
    window: str
    charts: Charts
    kinds: list[tuple[str, str]]
    teams: list[tuple[str, str]]
    flows: list[str]


def insight_page(asked: Mapping[str, str], *, at: datetime) -> InsightPage:
    """The page for the address's parameters; what is asked wrongly counts as not asked."""
    window = asked.get("days", "") if asked.get("days", "") in WINDOWS else "30"
    kinds = sorted(((kind, check.title) for kind, check in checks().items()), key=lambda one: one[1])
    teams = list(Team.objects.values_list("key", "name")) or [(key, key) for key in TEAMS]
    flows = list(Flow.objects.values_list("key", flat=True))
    scope = insight.last_days(int(window), at=at)
    scope = replace(
        scope,
        kind=_one_of(asked.get("kind"), [key for key, _ in kinds]),
        team=_one_of(asked.get("team"), [key for key, _ in teams]),
        flow=_one_of(asked.get("flow"), flows),
        customer=asked.get("customer", "").replace("\x00", "")[:200] or None,
    )
    currency = asked.get("currency", "")[:3]
    name = f"insight:{window}:{scope.asked}:{currency}"
    taken = snapshot(name, lambda now: charts(replace(scope, until=now), currency), at=at)
    return InsightPage(taken.as_of, scope, window, taken.figures, kinds, teams, flows)


def _one_of(value: str | None, known: list[str]) -> str | None:
    return value if value in known else None


def charts(scope: Scope, currency: str = "") -> Charts:
    """All charts; in the currency with the most cases, where the given one is unknown."""
    stands, moved, left = insight.standing(scope), insight.movements(scope), insight.backlog(scope)
    at_risk, ages, times = insight.at_risk(stands), insight.ageing(stands), insight.times(scope)
    known, asked = insight.currencies(at_risk), scope.asked
    chosen = currency if currency in known else next(iter(known), "")
    return Charts(
        known,
        chosen,
        figures.at_risk_bars(at_risk, chosen, **asked),
        figures.cause_bars(insight.causes(scope, chosen)),
        figures.ageing_bars(ages, chosen, **asked),
        figures.ageing_counts(ages, **asked),
        figures.flow_chart(insight.days(scope, moved, left)),
        figures.inflow_sparks(insight.opened_by_kind(scope, moved), **asked),
        figures.drift_chart(insight.days(replace(scope, kind=DRIFT), moved, left)),
        figures.drift_bars(insight.drifting(scope)),
        figures.times_bars(times, "claim", "taken"),
        figures.times_bars(times, "resolve", "closed"),
        figures.reopened_bars(insight.reopened(scope)),
    )
