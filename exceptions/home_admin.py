"""The home of admins: what nobody owns, load, time limits kept, what is about to end, connections, last changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse

from connectors.models import Cursor
from exceptions.figures import kind_title
from exceptions.grammar import tomorrow
from exceptions.models import (
    OPEN,
    ApiToken,
    ExceptionCase,
    Membership,
    OwnershipRule,
    Suppression,
    Team,
    TrailEntry,
)
from exceptions.numbers import Asked, Number, numbers, queue_of
from exceptions.rights import Person
from exceptions.snapshots import snapshot
from reconciliation.declarations import checks

SOON = timedelta(days=7)
WINDOW = 30  # days
CODES = (
    Asked("Rejected records", {"kind": "rejected_record"}, alarming=True),
    Asked("Unmapped statuses", {"kind": "unmapped_status"}, alarming=True),
    Asked("Unmapped reason codes", {"kind": "unmapped_reason_code"}, alarming=True),
)
NO_OWNER = Asked("No owner", {"q": "owner:nobody"})


@dataclass(frozen=True)
class Load:
    """How much is open with a team or a person, and how much of it is over its time; each with its queue."""

    label: str
    people: int | None
    open: Number
    unclaimed: Number | None
    over: Number


@dataclass(frozen=True)
class Kept:
    """Of what a team closed in the window, how much was closed in time."""

    team: str
    closed: Number
    missed: Number

    @property
    def share(self) -> str:
        """In percent."""
        return f"{(self.closed.count - self.missed.count) * 100 / self.closed.count:.0f} %"


@dataclass(frozen=True)
class Ending:
    """Something that is about to end."""

    what: str
    name: str
    at: datetime | None
    address: str = ""


@dataclass(frozen=True)
class AdminHome:
    """Everything the page shows."""

    as_of: datetime
    no_owner: Number
    no_rule: list[Number]
    no_cover: list[Number]
    teams: list[Load]
    people: list[Load]
    kept: list[Kept]
    ending: list[Ending]
    failing: list[Cursor]
    codes: list[Number]
    changes: list[TrailEntry]


def admin_home(person: Person, *, at: datetime) -> AdminHome:
    """The page; the same for every admin."""
    taken = snapshot("admin", lambda now: _taken(person, now), at=at)
    return taken.figures


def _taken(person: Person, at: datetime) -> AdminHome:
    counts = numbers([NO_OWNER, *CODES], person, at=at)
    teams = _teams(at)
    return AdminHome(
        at,
        counts[0],
        _without_rule(at),
        [load.open for load in teams if not load.people and load.open.count],
        teams,
        _people(at),
        _kept(at),
        _ending(at),
        list(Cursor.objects.filter(failures__gt=0).select_related("connection").order_by("-failures", "id")[:8]),
        counts[1:],
        list(TrailEntry.objects.filter(case=None).select_related("by").order_by("-id")[:8]),
    )


def _without_rule(at: datetime) -> list[Number]:
    """Kinds of which something is open and that no rule in force speaks of; their declared team gets them."""
    rules = list(OwnershipRule.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at)).values_list("kind", "ledger"))
    rows = ExceptionCase.objects.filter(state__in=OPEN, closed_at=None).values("kind").annotate(n=Count("id"))
    return [
        Number(kind_title(row["kind"]), row["n"], queue_of(kind=row["kind"]))
        for row in rows.order_by("-n", "kind")
        if not any(kind in (None, row["kind"]) and ledger in (None, _ledger(row["kind"])) for kind, ledger in rules)
    ]


def _ledger(kind: str) -> str | None:
    declared = checks().get(kind)
    return declared.ledger if declared else None


def _load(at: datetime, **named: Any) -> Any:
    """Open, unclaimed and over their time, counted as the queue's filters count them."""
    running = Q(paused_at=None) & ~Q(state="waiting", until__lte=tomorrow(at))
    return (
        ExceptionCase.objects.filter(state__in=OPEN, closed_at=None)
        .values(**named)
        .annotate(
            open=Count("id"),
            unclaimed=Count("id", filter=Q(owner=None, state="new")),
            over=Count("id", filter=running & Q(due_at__lt=at)),
        )
    )


def _teams(at: datetime) -> list[Load]:
    members = dict(
        Membership.objects.filter(person__is_active=True).values_list("team").annotate(n=Count("id")).order_by()
    )
    names = dict(Team.objects.values_list("key", "name"))
    return [
        Load(
            names.get(row["key"], row["key"]),
            members.get(row["key"], 0),
            Number(names.get(row["key"], row["key"]), row["open"], queue_of(team=row["key"])),
            Number("Unclaimed", row["unclaimed"], queue_of(team=row["key"], q="owner:nobody state:new")),
            Number("Over time", row["over"], queue_of(team=row["key"], q="due:over"), alarming=True),
        )
        for row in _load(at, key=F("team")).order_by("key")
    ]


def _people(at: datetime) -> list[Load]:
    rows = _load(at, name=F("owner__username"), first=F("owner__first_name"), last=F("owner__last_name"))
    return [
        Load(
            f"{row['first']} {row['last']}".strip() or row["name"],
            None,
            Number("Open", row["open"], queue_of(q=_owner(row["name"]))),
            None,
            Number("Over time", row["over"], queue_of(q=f"{_owner(row['name'])} due:over"), alarming=True),
        )
        for row in rows.exclude(name=None).order_by("name")[:12]
    ]


def _owner(name: str) -> str:
    return f"owner:{name}"


def _kept(at: datetime) -> list[Kept]:
    """Of what was closed in the window and had a time limit, how much was in time."""
    limited = ExceptionCase.objects.filter(closed_at__gt=at - timedelta(days=WINDOW), due_at__isnull=False)
    names = dict(Team.objects.values_list("key", "name"))
    rows = limited.values("team").annotate(closed=Count("id"), missed=Count("id", filter=Q(due_at__lt=F("closed_at"))))
    window = f"state:closed closed:<{WINDOW}d limit:any"
    return [
        Kept(
            names.get(row["team"], row["team"]),
            Number("Closed", row["closed"], queue_of(team=row["team"], q=window)),
            Number(
                "Late",
                row["missed"],
                queue_of(team=row["team"], q=f"state:closed closed:<{WINDOW}d limit:missed"),
                alarming=True,
            ),
        )
        for row in rows.order_by("team")
    ]


def _ending(at: datetime) -> list[Ending]:
    """Rules, suppressions, snoozes of a day and tokens that end within a week, the first first."""
    soon = at + SOON
    rules = OwnershipRule.objects.filter(ends_at__gt=at, ends_at__lte=soon).order_by("ends_at")
    suppressed = Suppression.objects.filter(ends_at__gt=at, ends_at__lte=soon, undone_at=None).order_by("ends_at")
    snoozed = ExceptionCase.objects.filter(state="snoozed", until__gt=at, until__lte=soon).order_by("until")
    tokens = ApiToken.objects.filter(expires_at__gt=at, expires_at__lte=soon, revoked_at=None).order_by("expires_at")
    found = [Ending("Ownership rule", rule.name, rule.ends_at) for rule in rules[:6]]
    found += [Ending("Suppression", kind_title(one.kind), one.ends_at) for one in suppressed[:6]]
    found += [Ending("Snooze", case.title, case.until, reverse("exception", args=[case.pk])) for case in snoozed[:6]]
    found += [Ending("Token", token.name, token.expires_at, reverse("tokens")) for token in tokens[:6]]
    return sorted(found, key=lambda one: one.at or at)[:8]
