"""The SKU page: what every catalogue says of one SKU, its stock side by side, open exceptions, demand and movements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Sum

from exceptions.formats import number_text
from exceptions.ledgers.comparison import Fact, Leg, Section, Told, fact
from exceptions.ledgers.order_group import Connected, connected
from exceptions.ledgers.order_page import Column
from exceptions.models import ExceptionCase
from exceptions.ownership import TEAM_NAME
from reconciliation.models import OpenDemand, OrderLine, SkuAlias
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
SHOWN = 50


class NoSuchSku(LookupError):
    """No catalogue, stock level, movement or order line has this SKU."""


@dataclass(frozen=True)
class SkuPage:
    """Everything the page shows; `base` is the SKU that quantities are counted in, `demand` what orders still await.

    `levels` and `awaiting`: the records and the orders behind stock and demand, the largest of them.
    """

    sku: str
    base: str
    title: str
    catalogue: list[Any]
    aliases: list[SkuAlias]
    columns: list[Column]
    stock: Section
    levels: list[Any]
    demand: Decimal
    awaiting: list[Any]
    cases: list[ExceptionCase]
    movements: list[Any]
    topology: Connected


def sku_page(sku: str, *, as_of: datetime, shown: int = SHOWN) -> SkuPage:
    """A SKU as it is written in any system, with at most `shown` rows of each list; raises NoSuchSku."""
    if "\x00" in sku:
        raise NoSuchSku(sku)
    topology, catalogue = connected(), rows("pages/sku_catalogue", {"sku": sku, "as_of": as_of}, SQL)
    base = catalogue[0].base if catalogue else sku
    family = sorted({sku, base} | {product.sku for product in catalogue})
    aliases = list(SkuAlias.objects.filter(canonical__in=family).order_by("system", "raw"))
    family = sorted({*family, *(alias.raw for alias in aliases)})
    asked = {"family": family, "as_of": as_of, "rows": shown}
    stock, movements = rows("pages/sku_stock", asked, SQL), rows("pages/sku_movements", asked, SQL)
    if not (catalogue or stock or movements or OrderLine.objects.filter(sku=sku).exists()):
        raise NoSuchSku(sku)
    systems = topology.first({level.system for level in stock}, "stock")
    title = next((product.title for product in catalogue if product.title), "")
    demand = OpenDemand.objects.filter(sku=base).aggregate(whole=Sum("quantity"))["whole"]
    return SkuPage(
        sku,
        base,
        title,
        catalogue,
        aliases,
        [Column(system, topology.name(system), topology.says(system, "stock"), []) for system in systems],
        Section("Stock, in base units", _stock(stock, systems, topology)),
        rows("pages/sku_levels", asked, SQL) if stock else [],
        demand or Decimal(0),
        rows("pages/sku_awaiting", {"base": base, "as_of": as_of, "rows": shown}, SQL) if demand else [],
        _cases(asked),
        movements,
        topology,
    )


def _stock(levels: Sequence[Any], systems: Sequence[str], topology: Connected) -> list[Fact]:
    """A row for each condition. Sellable levels are compared as the stock flow between two systems allows."""
    first = systems[0] if systems else None
    legs = {
        flow.target_id: Leg.of(flow) for flow in topology.flows if flow.record == "stock" and flow.source_id == first
    }

    def judge(system: str, mine: Decimal, other: Decimal) -> str:
        if mine == other:
            return ""
        if system not in legs:
            return "differs, not compared"
        return "differs" if abs(mine - other) > legs[system].tolerance_quantity else "differs within tolerance"

    found = []
    for condition in sorted({level.condition for level in levels}, key=lambda word: (word != "sellable", word)):
        told = {level.system: _level(level) for level in levels if level.condition == condition}
        found.append(fact(condition.replace("_", " ").capitalize(), told, systems, judge))
    return found


def _level(level: Any) -> Told:
    return Told(level.quantity, number_text(level.quantity), level.locations or "", "#levels")


def _cases(asked: dict[str, Any]) -> list[ExceptionCase]:
    ids = [row.id for row in rows("pages/sku_cases", asked, SQL)]
    cases = ExceptionCase.objects.filter(id__in=ids).select_related("owner").annotate(team_name=TEAM_NAME)
    return list(cases.order_by("due_at", "id"))
