"""Who owns a case and by when it is due: ordered rules, the kinds' defaults, calendars; and what a change would do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from exceptions.models import OPEN, Team
from exceptions.previews.trying import undone
from reconciliation.declarations import checks
from reconciliation.statements import statement

SQL = Path(__file__).parent / "sql"
# what the team of a case, or of news of one, is called, read with it; null for a team that is there no more
TEAM_NAME = Subquery(Team.objects.filter(key=OuterRef("team")).values("name"))


def team_names() -> dict[str, str]:
    """What each team is called, by its key."""
    return dict(Team.objects.values_list("key", "name"))


@dataclass(frozen=True)
class Placement:
    """One case that a change of the rules moves; owners are user names, null is nobody."""

    case: int
    title: str
    team_before: str
    team: str
    owner_before: str | None
    owner: str | None


def prepare(cursor: Any) -> None:
    """Makes the temporary tables of a placing, and fills in what each kind declares; within a transaction."""
    cursor.execute(statement("intake/tables", SQL))
    cursor.executemany(
        "insert into declared values (%s, %s, %s, %s, %s::interval, %s::interval, %s)",
        [
            (c.kind, c.ledger, c.severity, c.team, c.claim_within, c.resolve_within, c.merge == "sum")
            for c in checks().values()
        ],
    )


def place(cursor: Any, *, at: datetime) -> None:
    """Works out team, owner and terms of the cases in `to_place`, and gives them to those that are known."""
    for step in ("facts", "place", "moved_to", "terms", "begun_anew"):
        cursor.execute(statement(f"owning/{step}", SQL), {"at": at})


@transaction.atomic
def begin_anew(case_id: int, *, at: datetime) -> None:
    """The terms of a case that a person opens again count from now; its team and owner stay."""
    with connection.cursor() as cursor:
        prepare(cursor)
        cursor.execute("insert into to_place (id, since) values (%s, %s)", [case_id, at])
        for step in ("facts", "stays", "place", "terms", "begun_anew"):
            cursor.execute(statement(f"owning/{step}", SQL), {"at": at})


@transaction.atomic
def place_open_cases(*, at: datetime) -> list[Placement]:
    """Places every open case that no person has placed by today's rules; what that changed."""
    with connection.cursor() as cursor:
        prepare(cursor)
        cursor.execute(statement("owning/open_cases", SQL), {"open": list(OPEN)})
        for step in ("facts", "place", "moved_to"):
            cursor.execute(statement(f"owning/{step}", SQL), {"at": at})
        cursor.execute(statement("owning/placed", SQL))
        return [Placement(*row) for row in cursor.fetchall()]


def preview(change: Callable[[], Any], *, at: datetime) -> list[Placement]:
    """What placing would change if `change` were made; nothing is kept."""
    with undone():
        change()
        return place_open_cases(at=at)
