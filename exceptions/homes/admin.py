"""The home of admins: what nobody owns, load, time limits kept, what is about to end, connections, last changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, F, Q
from django.urls import reverse

from connectors.models import Cursor
from exceptions.homes.numbers import Number, queue_of
from exceptions.homes.snapshots import ready_snapshot
from exceptions.models import (
    OPEN,
    ExceptionCase,
    OwnershipRule,
    Team,
    TrailEntry,
)
from exceptions.people.names import name_of
from exceptions.queue.grammar import tomorrow
from exceptions.rights import Person
from exceptions.trail.sentences import sentence
from reconciliation.declarations import checks, kind_title
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"
SOON = timedelta(days=7)
WINDOW = 30  # days
ACTIVE = Q(memberships__person__is_active=True)
CODES = {
    "rejected_record": "Rejected records",
    "unmapped_status": "Unmapped statuses",
    "unmapped_reason_code": "Unmapped reason codes",
}
ENDING = {"rule": "Ownership rule", "suppression": "Suppression", "snooze": "Snooze", "token": "Token"}


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
    at: datetime
    address: str


@dataclass(frozen=True)
class Change:
    """A change of the configuration: what happened, to what, by whom and when."""

    said: str
    about: str
    by: str
    at: datetime


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
    changes: list[Change]


def admin_home(person: Person, *, at: datetime) -> AdminHome:
    """The page; the same for every admin."""
    return ready_snapshot("admin", shared, at=at).figures


def shared(at: datetime) -> AdminHome:
    """All of it."""
    teams = {team.pk: team for team in Team.objects.annotate(people=Count("memberships", filter=ACTIVE))}
    by_team, by_kind = list(_load(at, key=F("team")).order_by("key")), _by_kind()
    loads = [_team_load(row, teams.get(row["key"])) for row in by_team]
    return AdminHome(
        at,
        Number("No owner", sum(row["no_owner"] for row in by_team), queue_of(q="owner:nobody")),
        _without_rule(by_kind, at),
        [load.open for load in loads if not load.people],
        loads,
        _people(at),
        _kept(teams, at),
        _ending(at),
        list(Cursor.objects.filter(failures__gt=0).select_related("connection").order_by("-failures", "id")[:8]),
        [Number(label, by_kind.get(kind, 0), queue_of(kind=kind), alarming=True) for kind, label in CODES.items()],
        _changes(),
    )


def _by_kind() -> dict[str, int]:
    cases = ExceptionCase.objects.filter(state__in=OPEN, closed_at=None).order_by()
    return dict(cases.values_list("kind").annotate(n=Count("id")))


def _without_rule(by_kind: dict[str, int], at: datetime) -> list[Number]:
    """Kinds of which something is open and that no rule in force speaks of; their declared team gets them."""
    rules = list(OwnershipRule.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at)).values_list("kind", "ledger"))
    return [
        Number(kind_title(kind), count, queue_of(kind=kind))
        for kind, count in sorted(by_kind.items(), key=lambda one: (-one[1], one[0]))
        if not any(of in (None, kind) and ledger in (None, _ledger(kind)) for of, ledger in rules)
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
            no_owner=Count("id", filter=Q(owner=None)),
            unclaimed=Count("id", filter=Q(owner=None, state="new")),
            over=Count("id", filter=running & Q(due_at__lt=at)),
        )
    )


def _team_load(row: dict[str, Any], team: Any) -> Load:
    name = team.name if team else row["key"]
    return Load(
        name,
        team.people if team else 0,
        Number(name, row["open"], queue_of(team=row["key"])),
        Number("Unclaimed", row["unclaimed"], queue_of(team=row["key"], q="owner:nobody state:new")),
        Number("Over time", row["over"], queue_of(team=row["key"], q="due:over"), alarming=True),
    )


def _people(at: datetime) -> list[Load]:
    owned = _load(at, name=F("owner__username"), first=F("owner__first_name"), last=F("owner__last_name"))
    return [
        Load(
            f"{row['first']} {row['last']}".strip() or row["name"],
            None,
            Number("Open", row["open"], queue_of(q=_owner(row["name"]))),
            None,
            Number("Over time", row["over"], queue_of(q=f"{_owner(row['name'])} due:over"), alarming=True),
        )
        for row in owned.exclude(name=None).order_by("name")[:12]
    ]


def _owner(name: str) -> str:
    return f"owner:{name}"


def _kept(teams: dict[str, Any], at: datetime) -> list[Kept]:
    """Of what was closed in the window and had a time limit, how much was in time."""
    limited = ExceptionCase.objects.filter(closed_at__gt=at - timedelta(days=WINDOW), due_at__isnull=False)
    by_team = limited.values("team").annotate(
        closed=Count("id"), missed=Count("id", filter=Q(due_at__lt=F("closed_at")))
    )
    window = f"state:closed closed:<{WINDOW}d"
    return [
        Kept(
            teams[row["team"]].name if row["team"] in teams else row["team"],
            Number("Closed", row["closed"], queue_of(team=row["team"], q=f"{window} limit:any")),
            Number("Late", row["missed"], queue_of(team=row["team"], q=f"{window} limit:missed"), alarming=True),
        )
        for row in by_team.order_by("team")
    ]


def _ending(at: datetime) -> list[Ending]:
    """Rules, suppressions, snoozes and tokens that end within a week, the first first."""
    found = rows("insight/ending", {"since": at, "until": at + SOON}, SQL)
    return [Ending(ENDING[row.what], _ending_name(row), row.at, _ending_address(row)) for row in found]


def _ending_name(row: Any) -> str:
    return kind_title(row.name) if row.what == "suppression" else str(row.name)


def _ending_address(row: Any) -> str:
    if row.what == "snooze":
        return reverse("exception", args=[row.case])
    return reverse("tokens") if row.what == "token" else reverse("settings_section", args=[f"{row.what}s"])


def _changes() -> list[Change]:
    """The last changes of what decides about cases."""
    entries = TrailEntry.objects.filter(case=None).exclude(move="export").select_related("by").order_by("-id")[:8]
    return [Change(sentence(entry), entry.about, _who(entry.by), entry.at) for entry in entries]


def _who(person: User | None) -> str:
    return name_of(person) if person else "the system"
