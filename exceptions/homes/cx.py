"""The home of who works exceptions: the next item, one's own by due time, what nobody has taken, what came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from exceptions.formats import number_text
from exceptions.homes.charts import Bars, bars
from exceptions.homes.insight import STEPS
from exceptions.homes.numbers import Asked, Number, numbers, queue_of
from exceptions.homes.snapshots import ready_snapshot, snapshot
from exceptions.models import OPEN, ExceptionCase
from exceptions.models.case import AT_RISK, DUE
from exceptions.queue.saved_views import VIEWS
from exceptions.rights import Person, may
from reconciliation.models import OrderContent

MANY = 3
MINE = (
    Asked("Breached", {"q": "owner:me due:over"}, "over its time", alarming=True),
    Asked("Due today", {"q": "owner:me due:today"}),
    Asked("Waiting past its date", {"q": "owner:me due:waiting"}, "ask again, or go on", alarming=True),
    Asked("The rest", {"q": "owner:me due:later"}),
)
BACK = Asked(
    "Came back on me", {"view": "came_back", "q": "previous:me"}, "found again after I closed it", alarming=True
)


@dataclass(frozen=True)
class CxHome:
    """Everything the page shows. `next_case`: the first of one's own by due time, else the first that nobody took."""

    as_of: datetime
    next_case: ExceptionCase | None
    is_mine: bool
    mine: list[Number]
    came_back: Number
    unclaimed: Bars
    customers: Bars


def cx_home(person: Person, *, at: datetime) -> CxHome:
    """The page for a person."""
    own = ExceptionCase.objects.filter(owner=person.user.pk, state__in=OPEN)
    free = ExceptionCase.objects.filter(VIEWS["unclaimed"].condition(person, at))
    mine = numbers(MINE, person, at=at, among=own)
    first = _first(own.filter(state__in=("new", "in_progress"))) if may(person, "work") else None
    came_back = ExceptionCase.objects.filter(previous_owner=person.user.pk, state__in=OPEN)
    crowded = ready_snapshot("customers", customers, at=at)
    return CxHome(
        as_of=crowded.as_of,
        next_case=first or (_first(free) if may(person, "work") else None),
        is_mine=first is not None,
        mine=mine,
        came_back=numbers([BACK], person, at=at, among=came_back)[0],
        unclaimed=snapshot(f"unclaimed:{sorted(person.teams)}", lambda now: _unclaimed(person, now), at=at).figures,
        customers=crowded.figures,
    )


def _first(cases: QuerySet[ExceptionCase]) -> ExceptionCase | None:
    return cases.defer("evidence", "suggestions").order_by(DUE, AT_RISK.desc(), "id").first()


def _unclaimed(person: Person, at: datetime) -> Bars:
    """What nobody in one's teams has taken, by age; whoever is in no team sees all teams'."""
    asked = [Asked(label, {"view": "unclaimed", "q": search}) for label, search in STEPS.items()]
    teams = Q(team__in=person.teams) if person.teams else Q()
    found = numbers(asked, person, at=at, among=ExceptionCase.objects.filter(teams, state="new"))
    total = sum(one.count for one in found)
    title = f"{total:,} that nobody has taken" if total else "Somebody has taken everything"
    said = ((one.label, one.count, one.text, one.address) for one in found if one.count)
    return bars(title, ("Age", "Unclaimed"), said, "Nothing waits to be taken.")


def customers(at: datetime) -> Bars:
    """Customers with three or more open exceptions, whatever the moment."""
    named = ExceptionCase.objects.filter(state__in=OPEN, closed_at=None).exclude(customer=None)
    found = named.values("customer").annotate(n=Count("id")).filter(n__gte=MANY).order_by("-n", "customer")[:8]
    many = {str(row["customer"]): row["n"] for row in found}
    called = _called(many)
    title = "No customer has three or more open"
    if many:
        first = next(iter(many))
        title = f"{called[first]} has {number_text(many[first])} open"
    said = ((called[key], n, f"{n:,}", queue_of(customer=key)) for key, n in many.items())
    return bars(title, ("Customer", "Open"), said, "No customer has three or more open exceptions.")


def _called(keys: Iterable[str]) -> dict[str, str]:
    """Customers by name, as the newest order that names them does, with their id; by their id alone where none does."""
    told = OrderContent.objects.filter(customer_key__in=keys).exclude(customer_name=None)
    newest = told.order_by("customer_key", F("placed_at").desc(nulls_last=True)).distinct("customer_key")
    names = dict(newest.values_list("customer_key", "customer_name"))
    return {key: f"{names[key]} ({key})" if key in names else key for key in keys}
