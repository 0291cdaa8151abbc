"""The customer page: what every system says of one customer, the money, the open exceptions, and what they did last."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode

from exceptions.formats import money_text, number_text
from exceptions.ledgers.comparison import Section, Told, differs, fact
from exceptions.ledgers.order_group import Connected, connected
from exceptions.ledgers.order_page import Column
from exceptions.ledgers.tellings import words
from exceptions.models import OPEN, ExceptionCase
from exceptions.ownership import TEAM_NAME
from reconciliation.projection import key
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
MOST = 20_000  # records that are read for one page
SHOWN = 100
DEAD = {"order": ("cancelled",), "return": ("rejected", "cancelled"), "credit": ("draft", "failed", "void")}
TITLES = {"order": "Orders", "return": "Returns", "credit": "Credits"}


@dataclass(frozen=True)
class Narrowed:
    """The live documents behind one number: of a type in a system, and of a currency where the number is money."""

    type: str
    system: str
    currency: str = ""

    def lets_through(self, said: Any) -> bool:
        """Whether a document is one of them."""
        known = (said.type, said.system) == (self.type, self.system) and _lives(said)
        return known and self.currency in ("", said.currency)


class NoSuchCustomer(LookupError):
    """No record that stands names a customer with this id."""


@dataclass(frozen=True)
class CustomerPage:
    """Everything the page shows. `at_risk`: the open amounts by currency; `cut` where older records are left out.

    `documents`: those that a number counts, as `heading` says, else all that happened, the last first.
    """

    id: str
    name: str
    columns: list[Column]
    sections: list[Section]
    cases: list[ExceptionCase]
    at_risk: list[str]
    documents: list[Any]
    heading: str
    cut: bool
    topology: Connected


def narrowed_to(asked: Mapping[str, str]) -> Narrowed | None:
    """What an address asks for; null where it names no type and system."""
    type, system, currency = (asked.get(name, "") for name in ("type", "system", "currency"))
    return Narrowed(type, system, currency) if type in TITLES and system else None


def customer_page(id: str, *, as_of: datetime, narrowed: Narrowed | None = None) -> CustomerPage:
    """A customer by the order authority's id, case ignored, `narrowed` to some documents; raises NoSuchCustomer."""
    customer, topology = str(key(id)), connected()
    asked = {"customer": customer, "as_of": as_of, "rows": MOST}
    records = rows("pages/customer_records", asked, SQL) if customer and "\x00" not in customer else []
    if not records:
        raise NoSuchCustomer(id)
    cases = _cases(customer, {said.group_key for said in records})
    systems = topology.first({said.system for said in records}, "order")
    by_system = [said for system in systems for said in records if said.system == system]
    shown = [_names(records, systems), *(_sums(customer, records, systems, type, topology) for type in TITLES)]
    documents = [said for said in records if narrowed.lets_through(said)] if narrowed else _latest(records, topology)
    return CustomerPage(
        customer,
        next((said.customer_name for said in by_system if said.customer_name), ""),
        [Column(system, topology.name(system), topology.says(system, "order"), []) for system in systems],
        [section for section in shown if section.facts],
        list(_shown(cases)[:SHOWN]),
        _at_risk(cases),
        documents,
        _heading(narrowed, documents, topology) if narrowed else "What happened last",
        len(records) == MOST,
        topology,
    )


def _cases(customer: str, groups: set[Any]) -> QuerySet[ExceptionCase]:
    """The open exceptions of the customer's orders, and those about the customer."""
    own = Q(kind="rounding_drift", subject__startswith=f"customer:{customer}:")
    return ExceptionCase.objects.filter(Q(group_key__in=list(groups)) | own, state__in=OPEN)


def _shown(cases: QuerySet[ExceptionCase]) -> QuerySet[ExceptionCase]:
    """As they are listed, the first due first."""
    named = cases.select_related("owner").annotate(team_name=TEAM_NAME)
    return named.defer("evidence", "suggestions").order_by("due_at", "id")


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


def _lives(said: Any) -> bool:
    return said.status not in DEAD[said.type]


def _sums(customer: str, records: Sequence[Any], systems: Sequence[str], type: str, topology: Connected) -> Section:
    """How many live documents each system has, and their net worth by currency; the authority is the reference."""
    live = [said for said in records if said.type == type and _lives(said)]
    trusted = topology.first(systems, type)
    counted = {system: sum(said.system == system for said in live) for system in systems}
    counts = {
        system: Told(count, number_text(Decimal(count)), address=_address(customer, Narrowed(type, system)))
        for system, count in counted.items()
        if count
    }
    facts = [fact("Live documents", counts, systems, differs, trusted)]
    currencies = sorted({said.currency for said in live if said.currency})
    worth = {f"Net, {currency}": _worth(customer, live, type, currency) for currency in currencies}
    facts += [fact(name, told, systems, differs, trusted) for name, told in worth.items()]
    return Section(TITLES[type], facts if counts else [])


def _worth(customer: str, live: Sequence[Any], type: str, currency: str) -> dict[str, Told]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for said in live:
        if said.currency == currency and said.net is not None:
            sums[said.system] += said.net
    return {
        system: Told(amount, money_text(amount, currency), address=_address(customer, Narrowed(type, system, currency)))
        for system, amount in sums.items()
    }


def _address(customer: str, narrowed: Narrowed) -> str:
    asked = {"id": customer, **asdict(narrowed)}
    return f"{reverse('customer')}?{urlencode({name: value for name, value in asked.items() if value})}#documents"


def _heading(narrowed: Narrowed, documents: Sequence[Any], topology: Connected) -> str:
    """How many documents they are and, of one currency, what they come to, as the number says that leads to them."""
    told = f"{TITLES[narrowed.type]} in {topology.name(narrowed.system)}: {number_text(Decimal(len(documents)))}"
    if not narrowed.currency:
        return told
    worth = sum((said.net for said in documents if said.net is not None), Decimal(0))
    return f"{told}, {money_text(worth, narrowed.currency)} net"


def _latest(records: Sequence[Any], topology: Connected) -> list[Any]:
    """The documents, the newest first, as the authority tells them; where a type has none, as every system does."""
    trusted = {said.type for said in records if said.trusted}
    return [said for said in records if said.trusted or said.type not in trusted]
