"""The queue: which cases, in which order, page by page by key, so that no page gets slower the deeper it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet, Value
from django.http import QueryDict
from django.utils import timezone

from exceptions.models import CLOSED, OPEN, SEVERITIES, TEAMS, ExceptionCase
from exceptions.ownership import TEAM_NAME, team_names
from exceptions.queue.grammar import STATES, Term, carries, in_states, terms_of
from exceptions.queue.order import ORDERS, cursor_at, cursor_of, in_order, in_rows
from exceptions.queue.saved_views import COUNTED, VIEWS, counted
from exceptions.rights import Person
from reconciliation.declarations import checks
from reconciliation.models import System

PAGE = 50
# what a row shows, and what decides who may change it there
ROW = (
    *("kind", "subject", "state", "version", "severity", "title", "team", "amount", "currency", "systems", "refs"),
    *("first_seen", "due_at", "paused_at", "occurrences", "regressed", "frozen_in"),
    *("owner__username", "owner__first_name", "owner__last_name"),
)
EXPORTED = (
    "Exception",
    "What",
    "Kind",
    "State",
    "Severity",
    "At risk",
    "Currency",
    "Team",
    "Team name",
    "Owner",
    "Customer",
    "SKU",
    "Flow",
    "Systems",
    "Sales order",
    "Purchase order",
    "RMA",
    "First seen",
    "Due",
    "Closed",
    "Subject",
)


def _choice(**said: Any) -> Any:
    return django_filters.ChoiceFilter(widget=forms.Select(attrs={"class": "form-select"}), **said)


def _kinds() -> list[tuple[str, str]]:
    return sorted(((kind, check.title) for kind, check in checks().items()), key=lambda choice: choice[1])


def _systems() -> list[tuple[str, str]]:
    return [(system.key, str(system)) for system in System.objects.all()]


def _teams() -> list[tuple[str, str]]:
    return list(team_names().items()) or [(key, key) for key in TEAMS]


class QueueFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The filters of the queue, as they stand in the address."""

    state = _choice(
        method="by_state", choices=[(word, word.replace("_", " ")) for word in STATES], empty_label=None, label="State"
    )
    kind = _choice(choices=_kinds, label="Kind", empty_label="any kind")
    severity = _choice(
        choices=[(word, word) for word in reversed(SEVERITIES)], label="Severity", empty_label="any severity"
    )
    team = _choice(choices=_teams, label="Team", empty_label="any team")
    system = _choice(method="by_system", choices=_systems, label="System", empty_label="any system")
    flow = django_filters.CharFilter(widget=forms.HiddenInput, label="Flow")
    error = django_filters.CharFilter(widget=forms.HiddenInput, label="Error")
    customer = django_filters.CharFilter(widget=forms.HiddenInput, label="Customer")
    sku = django_filters.CharFilter(widget=forms.HiddenInput, label="SKU")

    class Meta:
        model = ExceptionCase
        fields: tuple[str, ...] = ()

    def by_state(self, cases: QuerySet[ExceptionCase], name: str, value: str) -> QuerySet[ExceptionCase]:
        return cases.filter(in_states(STATES[value]))

    def by_system(self, cases: QuerySet[ExceptionCase], name: str, value: str) -> QuerySet[ExceptionCase]:
        return cases.filter(systems__contains=[value])


@dataclass(frozen=True)
class Page:
    """One page of the queue. `total` stops counting beyond 10,000; `following` is the cursor of the next page."""

    filter: QueueFilter
    terms: list[Term]
    cases: list[ExceptionCase]
    order: str
    total: int
    following: str | None

    @property
    def total_label(self) -> str:
        """The count as it is shown."""
        return counted(self.total)


def queue_page(asked: Mapping[str, str], person: Person | None = None, *, at: datetime | None = None) -> Page:
    """The cases that `asked` (the address's parameters) names; what it asks wrongly counts as not asked."""
    filters, terms, cases = asked_for(asked, person, at=at or timezone.now())
    order = ORDERS[_order(asked)]
    total = cases.order_by()[: COUNTED + 1].count()
    cases = cases.select_related("owner").annotate(team_name=TEAM_NAME).only(*ROW)
    pages = [
        in_rows(part, order, asked.get("after", ""))[: PAGE + 1]
        for part in (_parts(cases, asked, terms) if total else ())
    ]
    rows = in_order((case for page in pages for case in page), order)[: PAGE + 1]
    following = cursor_of(rows[PAGE - 1], order) if len(rows) > PAGE else None
    return Page(filters, terms, rows[:PAGE], _order(asked), total, following)


def asked_for(
    asked: Mapping[str, str], person: Person | None, *, at: datetime
) -> tuple[QueueFilter, list[Term], QuerySet[ExceptionCase]]:
    """The filters, the terms of the search, and the cases that both and the view let through."""
    given = QueryDict(mutable=True)
    view = VIEWS.get(asked.get("view", ""))
    searched = terms_of(asked.get("q", ""), person, at=at)
    states = "state" in asked or view is not None or any(term.name in ("state", "left") for term in searched)
    given.update(({} if states else {"state": "open"}) | {key: value for key, value in asked.items() if value})
    filters = QueueFilter(given, queryset=ExceptionCase.objects.all())
    cases = filters.qs if filters.is_valid() else ExceptionCase.objects.filter(in_states(OPEN))
    for term in searched:
        cases = cases.filter(term.condition)
    if view is not None:
        cases = cases.filter(view.condition(person, at))
    return filters, searched, cases


def exported(cases: QuerySet[ExceptionCase]) -> Iterator[list[Any]]:
    """The rows of a file, under the columns EXPORTED, read from the database piece by piece."""
    cases = cases.select_related("owner").annotate(team_name=TEAM_NAME).defer("suggestions").order_by("id")
    for case in cases.iterator(chunk_size=2_000):
        yield [
            str(case),
            case.title,
            case.kind_title,
            case.get_state(),
            case.severity,
            case.amount,
            case.currency,
            case.team,
            case.team_name,
            case.owner.get_username() if case.owner else None,
            case.customer,
            case.sku,
            case.flow,
            ", ".join(case.systems),
            case.refs.get("sales_order"),
            case.refs.get("purchase_order"),
            case.refs.get("rma"),
            case.first_seen,
            case.due_at,
            case.closed_at,
            case.subject,
        ]


def _order(asked: Mapping[str, str]) -> str:
    name = asked.get("order", "")
    return name if name in ORDERS else "due"


def neighbours(
    case: ExceptionCase, asked: Mapping[str, str], person: Person
) -> tuple[ExceptionCase | None, ExceptionCase | None]:
    """The cases before and after one in the queue that `asked` names, in one query; null at its ends."""
    order = ORDERS[_order(asked)]
    turned = order.turned
    _, terms, cases = asked_for(asked, person, at=timezone.now())
    cursor = cursor_at(case, order)
    ways = [
        in_rows(part, way, cursor).annotate(before=Value(way is turned))[:1]
        for way in (turned, order)
        for part in _parts(cases.only("id"), asked, terms)
    ]
    found = list(ways[0].union(*ways[1:], all=True))
    before = in_order((one for one in found if one.before), turned)
    after = in_order((one for one in found if not one.before), order)
    return next(iter(before), None), next(iter(after), None)


def _parts(
    cases: QuerySet[ExceptionCase], asked: Mapping[str, str], terms: list[Term]
) -> list[QuerySet[ExceptionCase]]:
    """What is asked for; where that is open and closed cases alike, each for itself, as there is no index of both."""
    if "any" not in (asked.get("state"), *(term.value for term in terms if term.name == "state")):
        return [cases]
    return [cases.filter(in_states(OPEN)), cases.filter(in_states(CLOSED))]


def exceptions_page(asked: Mapping[str, Any]) -> tuple[list[ExceptionCase], str | None]:
    """One page of exceptions by the filters of the API, and the cursor of the next."""
    cases = ExceptionCase.objects.select_related("owner")
    cases = cases.filter(state__in=STATES.get(asked.get("state", "open"), (asked.get("state"),)))
    same = ("kind", "flow", "team", "severity")
    cases = cases.filter(**{name: asked[name] for name in same if name in asked})
    if "system" in asked:
        cases = cases.filter(systems__contains=[asked["system"]])
    if "owner" in asked:
        cases = cases.filter(owner__username=asked["owner"])
    if "opened_after" in asked:
        cases = cases.filter(first_seen__gt=asked["opened_after"])
    if "ref" in asked:
        cases = cases.filter(carries(asked["ref"]))
    order, limit = ORDERS[asked["order"]], asked["limit"]
    rows = list(in_rows(cases, order, asked.get("cursor", ""))[: limit + 1])
    return rows[:limit], cursor_of(rows[limit - 1], order) if len(rows) > limit else None
