"""The customer page: what every system says of one customer, the money, the open exceptions, and what they did last."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet, Sum

from exceptions.formats import money_text, number_text
from exceptions.ledgers.comparison import Section, Told, differs, fact
from exceptions.ledgers.order_group import Connected, connected
from exceptions.ledgers.order_page import Column
from exceptions.ledgers.tellings import words
from exceptions.models import OPEN, ExceptionCase
from reconciliation.projection import key
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
MOST = 20_000  # records that are read for one page
LATEST = 50
SHOWN = 100
DEAD = {"order": ("cancelled",), "return": ("rejected", "cancelled"), "credit": ("draft", "failed", "void")}
TITLES = {"order": "Orders", "return": "Returns", "credit": "Credits"}


class NoSuchCustomer(LookupError):
    """No record that stands names a customer with this id."""


@dataclass(frozen=True)
class CustomerPage:
    """Everything the page shows. `at_risk`: the open amounts by currency; `cut` where older records are left out."""

    id: str
    name: str
    columns: list[Column]
    sections: list[Section]
    cases: list[ExceptionCase]
    at_risk: list[str]
    latest: list[Any]
    cut: bool
    topology: Connected


def customer_page(id: str, *, as_of: datetime, latest: int = LATEST) -> CustomerPage:
    """A customer by the order authority's id, case ignored, with the `latest` documents; raises NoSuchCustomer."""
    customer, topology = str(key(id)), connected()
    asked = {"customer": customer, "as_of": as_of, "rows": MOST}
    records = rows("pages/customer_records", asked, SQL) if customer and "\x00" not in customer else []
    if not records:
        raise NoSuchCustomer(id)
    cases = _cases(customer, {said.group_key for said in records})
    systems = topology.first({said.system for said in records}, "order")
    by_system = [said for system in systems for said in records if said.system == system]
    shown = [_names(records, systems), *(_sums(records, systems, type, topology) for type in TITLES)]
    return CustomerPage(
        customer,
        next((said.customer_name for said in by_system if said.customer_name), ""),
        [Column(system, topology.name(system), topology.says(system, "order"), []) for system in systems],
        [section for section in shown if section.facts],
        list(cases.select_related("owner").defer("evidence", "suggestions").order_by("due_at", "id")[:SHOWN]),
        _at_risk(cases),
        _latest(records, topology)[:latest],
        len(records) == MOST,
        topology,
    )


def _cases(customer: str, groups: set[Any]) -> QuerySet[ExceptionCase]:
    """The open exceptions of the customer's orders, and those about the customer."""
    own = Q(kind="rounding_drift", subject__startswith=f"customer:{customer}:")
    return ExceptionCase.objects.filter(Q(group_key__in=list(groups)) | own, state__in=OPEN)


def _at_risk(cases: QuerySet[ExceptionCase]) -> list[str]:
    sums = cases.exclude(amount=None).order_by("currency").values_list("currency").annotate(total=Sum("amount"))
    return [money_text(amount, currency) for currency, amount in sums]


def _names(records: Sequence[Any], systems: Sequence[str]) -> Section:
    facts = []
    for name, field in (("Id", "customer_id"), ("Name", "customer_name"), ("E-mail", "customer_email")):
        told = {s: said for s in systems if (said := words(getattr(r, field) for r in records if r.system == s))}
        facts.append(
            fact(name, told, systems, lambda system, mine, other: "" if mine == other else "not the same words")
        )
    return Section("Known as", [one for one in facts if any(one.cells)])


def _sums(records: Sequence[Any], systems: Sequence[str], type: str, topology: Connected) -> Section:
    """How many live documents each system has, and their net worth by currency; the authority is the reference."""
    live = [said for said in records if said.type == type and said.status not in DEAD[type]]
    trusted = topology.first(systems, type)
    counts = {s: Told(n, number_text(Decimal(n))) for s in systems if (n := sum(said.system == s for said in live))}
    facts = [fact("Live documents", counts, systems, differs, trusted)]
    currencies = sorted({said.currency for said in live if said.currency})
    facts += [fact(f"Net, {currency}", _worth(live, currency), systems, differs, trusted) for currency in currencies]
    return Section(TITLES[type], facts if counts else [])


def _worth(live: Sequence[Any], currency: str) -> dict[str, Told]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for said in live:
        if said.currency == currency and said.net is not None:
            sums[said.system] += said.net
    return {system: Told(amount, money_text(amount, currency)) for system, amount in sums.items()}


def _latest(records: Sequence[Any], topology: Connected) -> list[Any]:
    """The documents, the newest first, as the authority tells them; where a type has none, as every system does."""
    trusted = {said.type for said in records if said.trusted}
    return [said for said in records if said.trusted or said.type not in trusted]
