"""The tables of the homes, and the charts as the tables that they are drawn from."""

from collections.abc import Callable
from typing import Any

from exceptions.downloads.sheets import Asked, Download, Sheet
from exceptions.homes.admin import Load, admin_home
from exceptions.homes.charts import Bars, Days
from exceptions.homes.choice import right_of
from exceptions.homes.cx import cx_home
from exceptions.homes.finance import finance_home
from exceptions.homes.insight_page import Charts, insight_page
from exceptions.homes.ops import ops_home


def _loads(of: str) -> Callable[[Asked], Sheet]:
    def make(asked: Asked) -> Sheet:
        loads: list[Load] = getattr(admin_home(asked.person, at=asked.at), of)
        rows = (
            (load.label, load.people, load.open.count, load.unclaimed and load.unclaimed.count, load.over.count)
            for load in loads
        )
        return Sheet(("Who", "People", "Open", "Unclaimed", "Over time"), rows)

    return make


def _kept(asked: Asked) -> Sheet:
    kept = admin_home(asked.person, at=asked.at).kept
    rows = ((one.team, one.share, one.closed.count, one.missed.count) for one in kept)
    return Sheet(("Team", "In time", "Closed", "Late"), rows)


def _chart(page: Callable[[Asked], Any], name: str) -> Callable[[Asked], Sheet]:
    def make(asked: Asked) -> Sheet:
        chart = getattr(page(asked), name)
        return _days(chart) if isinstance(chart, Days) else _bars(chart)

    return make


def _insight(asked: Asked) -> Charts | None:
    return insight_page(asked.query, at=asked.at, wait=True).charts


def _finance(asked: Asked) -> Any:
    return finance_home(asked.person, at=asked.at, currency=asked.query.get("currency", ""))


def _cx(asked: Asked) -> Any:
    return cx_home(asked.person, at=asked.at)


def _ops(asked: Asked) -> Any:
    return ops_home(asked.person, at=asked.at)


def _days(chart: Days) -> Sheet:
    return Sheet(chart.heads, ((row.day, *row.numbers) for row in chart.rows))


def _bars(chart: Bars) -> Sheet:
    return Sheet(chart.heads, ((bar.label, bar.text, bar.note)[: len(chart.heads)] for bar in chart.bars))


CHARTS = [name for name in Charts.__dataclass_fields__ if name not in ("currencies", "currency")]
TABLES = {
    "load-of-teams": Download("Load of teams", _loads("teams"), right_of("admin")),
    "load-of-people": Download("Load of people", _loads("people"), right_of("admin")),
    "closed-in-time": Download("Closed in time, last 30 days", _kept, right_of("admin")),
    "finance-at-risk": Download("Money at risk by kind", _chart(_finance, "at_risk")),
    "finance-ageing": Download("Ageing by amount", _chart(_finance, "ageing")),
    "cx-unclaimed": Download("Unclaimed by age", _chart(_cx, "unclaimed")),
    "cx-customers": Download("Customers with several open exceptions", _chart(_cx, "customers")),
    "ops-drift": Download("Stock drift by SKU", _chart(_ops, "drift")),
    "ops-flow": Download("Inflow against resolved", _chart(_ops, "flow")),
} | {f"insight-{name.replace('_', '-')}": Download(f"Insight: {name}", _chart(_insight, name)) for name in CHARTS}
