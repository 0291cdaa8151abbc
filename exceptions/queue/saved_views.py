"""The saved views of the queue: the tabs that everybody has, and each person's own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import IntegerField, Q, Subquery

from exceptions.models import CLOSED, OPEN, ExceptionCase
from exceptions.queue.grammar import tomorrow
from exceptions.rights import Person


@dataclass(frozen=True)
class View:
    """One tab: its name, and which cases it lets through for a person at a moment."""

    label: str
    condition: Callable[[Person | None, datetime], Q]


@dataclass(frozen=True)
class Tab:
    """A tab as it is shown; `count` null where it is not counted."""

    key: str
    label: str
    query: str
    count: int | None
    own: int | None = None

    @property
    def count_label(self) -> str:
        """The count as it is shown."""
        return "" if self.count is None else counted(self.count)


def _mine(person: Person | None, at: datetime) -> Q:
    return Q(state__in=OPEN, owner=person.user.pk if person else None)


def _unclaimed(person: Person | None, at: datetime) -> Q:
    teams = Q(team__in=person.teams) if person and person.teams else Q()
    return Q(state="new", owner=None, storm=None) & teams


def _waiting_due(person: Person | None, at: datetime) -> Q:
    return Q(state="waiting", until__lte=tomorrow(at))


VIEWS = {
    "mine": View("Mine", _mine),
    "unclaimed": View("Unclaimed", _unclaimed),
    "breaching": View("Running out", lambda person, at: Q(state__in=OPEN, closed_at=None, warn_at__lte=at)),
    "waiting_due": View("Waiting, due", _waiting_due),
    "approvals": View("Approvals", lambda person, at: Q(state="pending_approval")),
    "came_back": View("Came back", lambda person, at: Q(state__in=OPEN, closed_at=None, regressed=True)),
    "open": View("All open", lambda person, at: Q(state__in=OPEN, closed_at=None)),
    "closed": View("Closed", lambda person, at: Q(state__in=CLOSED)),
}
UNCOUNTED = ("closed",)


COUNTED = 10_000  # nobody needs to know how many more there are, and to count them takes the longer the more


class CountUpTo(Subquery):
    """How many rows a query has that stops somewhere."""

    template = "(select count(*) from (%(subquery)s) as counted)"
    output_field = IntegerField()


def counted(number: int) -> str:
    """A count that stops at 10,000, as it is shown."""
    return f"{COUNTED:,}+" if number > COUNTED else f"{number:,}"


def tabs(person: Person, *, at: datetime) -> list[Tab]:
    """The tabs of a person, counted in one query that reads no more than it needs to, then their own."""
    cases = ExceptionCase.objects.order_by().values("id")
    counting = {
        key: CountUpTo(cases.filter(view.condition(person, at))[: COUNTED + 1])
        for key, view in VIEWS.items()
        if key not in UNCOUNTED
    }
    myself = get_user_model().objects.filter(pk=person.user.pk)
    counts = myself.annotate(**counting).values(*counting).get()
    shared = [Tab(key, view.label, f"view={key}", counts.get(key)) for key, view in VIEWS.items()]
    own = [Tab("", saved.name, saved.query, None, saved.pk) for saved in person.user.saved_views.all()]
    return shared + own
