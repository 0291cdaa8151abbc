"""The page of measures: every chart over one window and one choice of cases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from time import monotonic

from django.core.cache import cache
from django.utils import timezone

from exceptions.homes import figures, insight
from exceptions.homes.charts import Bars, Days
from exceptions.homes.insight import Scope
from exceptions.homes.snapshots import FRESH, Snapshot, keep, kept
from exceptions.models import TEAMS
from exceptions.ownership import team_names
from reconciliation.declarations import checks
from reconciliation.models import Flow

CHOSEN, LONGEST = "chosen", 731  # days
WINDOWS = {"7": "7 days", "14": "14 days", "30": "30 days", "90": "90 days"}
DRIFT = "stock_drift"
KEPT, REMEMBERED, QUICK = 24 * 3600, 3600, 1.0  # seconds
TOOK = "insight-took"
Choices = tuple[list[tuple[str, str]], list[tuple[str, str]], list[str]]


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
    risk: Days
    sparks: Bars
    drift: Days
    drift_skus: Bars
    to_claim: Bars
    to_resolve: Bars
    reopened: Bars


@dataclass(frozen=True)
class InsightPage:
    """The charts, as of when, what was asked, and what may be asked.

    `charts` and `as_of` null: none are kept, and they take too long to be waited for. `is_old`: newer ones are wanted.
    """

    as_of: datetime | None
    scope: Scope
    window: str
    charts: Charts | None
    is_old: bool
    kinds: list[tuple[str, str]]
    teams: list[tuple[str, str]]
    flows: list[str]

    @property
    def first(self) -> date:
        """The first day of the window."""
        return timezone.localtime(self.scope.since).date()

    @property
    def last(self) -> date:
        """The last day of the window."""
        return timezone.localtime(self.scope.until - timedelta(microseconds=1)).date()


@dataclass(frozen=True)
class View:
    """One choice of window, cases and currency: the name under which its charts are kept, and how they are taken."""

    name: str
    take: Callable[[datetime], Charts]


def insight_page(asked: Mapping[str, str], *, at: datetime, wait: bool = False) -> InsightPage:
    """The page for the address's parameters; what is asked wrongly counts as not asked.

    Charts of the last minute are shown as they are, others are taken anew: at once where that is quick or somebody
    wants to `wait`, else by a worker (take_insight), and what is kept is shown meanwhile.
    """
    choices = _choices()
    window, scope = _scope(asked, choices, at)
    view = _view(window, scope, asked)
    taken: Snapshot[Charts] | None = kept(view.name)
    is_old = taken is None or at - taken.as_of >= FRESH
    if is_old and (wait or cache.get(TOOK, 0) < QUICK):
        taken, is_old = _taken(view, at), False
    charts = taken.figures if taken else None
    return InsightPage(taken.as_of if taken else None, scope, window, charts, is_old, *choices)


def take_insight(asked: Mapping[str, str], *, at: datetime) -> None:
    """Takes the charts of an address's parameters anew and keeps them."""
    window, scope = _scope(asked, _choices(), at)
    _taken(_view(window, scope, asked), at)


def keep_ready(*, at: datetime) -> bool:
    """Takes the charts that everybody meets first, where that may be slow; whether it did."""
    slow = bool(cache.get(TOOK, QUICK) >= QUICK)
    if slow:
        take_insight({}, at=at)
    return slow


def _taken(view: View, at: datetime) -> Snapshot[Charts]:
    """Takes charts, and remembers for an hour how long the slowest took."""
    began = monotonic()
    taken = keep(view.name, view.take, at=at, seconds=KEPT)
    took = monotonic() - began
    if took >= cache.get(TOOK, 0):
        cache.set(TOOK, took, REMEMBERED)
    return taken


def _choices() -> Choices:
    """The kinds, teams and flows that may be asked for."""
    kinds = sorted(((kind, check.title) for kind, check in checks().items()), key=lambda one: one[1])
    teams = list(team_names().items()) or [(key, key) for key in TEAMS]
    return kinds, teams, list(Flow.objects.values_list("key", flat=True))


def _scope(asked: Mapping[str, str], choices: Choices, at: datetime) -> tuple[str, Scope]:
    kinds, teams, flows = choices
    window, days = _window(asked, at)
    return window, replace(
        days,
        kind=_one_of(asked.get("kind"), [key for key, _ in kinds]),
        team=_one_of(asked.get("team"), [key for key, _ in teams]),
        flow=_one_of(asked.get("flow"), flows),
        customer=asked.get("customer", "").replace("\x00", "")[:200] or None,
    )


def _view(window: str, scope: Scope, asked: Mapping[str, str]) -> View:
    currency = asked.get("currency", "")[:3]
    if window == CHOSEN:
        name = f"insight:{figures.days_of(scope)}:{scope.asked}:{currency}"
        return View(name, lambda now: charts(scope, currency, now=now))
    return View(f"insight:{window}:{scope.asked}:{currency}", lambda now: charts(replace(scope, until=now), currency))


def _window(asked: Mapping[str, str], at: datetime) -> tuple[str, Scope]:
    """The window by name, and its days: those between two dates, else the last ones."""
    try:
        first, last = (date.fromisoformat(asked.get(name, "")) for name in ("from", "to"))
    except ValueError:
        first, last = date.max, date.min
    today = timezone.localtime(at).date()
    if first <= last and first <= today and (last - first).days < LONGEST:
        return CHOSEN, insight.days_from(first, min(last, today), at=at)
    window = asked.get("days", "") if asked.get("days", "") in WINDOWS else "30"
    return window, insight.last_days(int(window), at=at)


def _one_of(value: str | None, known: list[str]) -> str | None:
    return value if value in known else None


def charts(scope: Scope, currency: str = "", *, now: datetime | None = None) -> Charts:
    """All charts, in the currency with the most cases where the given one is unknown. What is open and how old it is
    are of `now`, also where the window ended before (null: it ends now)."""
    stands = insight.standing(replace(scope, until=now or scope.until))
    moved, left = insight.movements(scope), insight.backlog(scope)
    at_risk, ages, times = insight.at_risk(stands), insight.ageing(stands), insight.times(scope)
    known, asked = insight.currencies(at_risk), scope.asked
    chosen = currency if currency in known else next(iter(known), "")
    open_now = sum((one.amount for one in at_risk if one.currency == chosen), Decimal(0))
    return Charts(
        known,
        chosen,
        figures.at_risk_bars(at_risk, chosen, **asked),
        figures.cause_bars(insight.causes(scope, chosen)),
        figures.ageing_bars(ages, chosen, **asked),
        figures.ageing_counts(ages, **asked),
        figures.flow_chart(insight.days(scope, moved, left), **asked),
        figures.risk_chart(insight.risk_days(scope, chosen, open_now), chosen, **asked),
        figures.inflow_sparks(insight.opened_by_kind(scope, moved), **asked),
        figures.drift_chart(insight.days(replace(scope, kind=DRIFT), moved, left), **asked | {"kind": DRIFT}),
        figures.drift_bars(insight.drifting(scope)),
        figures.times_bars(times, "claim", "taken", scope),
        figures.times_bars(times, "resolve", "closed", scope),
        figures.reopened_bars(insight.reopened(scope), scope),
    )
