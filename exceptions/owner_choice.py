"""Who may own a case, as one person can decide it, and the move that makes it so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from exceptions.listing import row_number
from exceptions.models import ExceptionCase, TrailEntry
from exceptions.moves import FieldMissing
from exceptions.people.names import name_of
from exceptions.rights import Person
from exceptions.workflow import Origin, move, refusal

NOBODY = "nobody"


@dataclass(frozen=True)
class OwnerChoice:
    """Whom a person may choose as owner: pairs of a value and a name; `now` is the value of the present owner."""

    case: ExceptionCase
    now: str
    choices: list[tuple[str, str]]


def may_take(case: ExceptionCase, person: Person) -> bool:
    """Whether the person may make the case theirs at once."""
    return refusal("claim", case, person) is None


def may_change_owner(case: ExceptionCase, person: Person) -> bool:
    """Whether the person may give the case to anybody else, or back to the team."""
    return any(refusal(name, case, person) is None for name in ("assign", "reassign", "release"))


def fellows(team: str) -> QuerySet[Any]:
    """The members of a team who can work on its cases, by name."""
    working = get_user_model().objects.filter(
        is_active=True, memberships__team=team, roles__role__in=["agent", "lead", "approver"]
    )
    return working.distinct().order_by("first_name", "last_name", "username")


def owner_choice(case: ExceptionCase, person: Person) -> OwnerChoice:
    """The owners that the person may choose, the present one among them."""
    now = str(case.owner_id) if case.owner else NOBODY
    choices = [(now, name_of(case.owner) if case.owner else NOBODY)]
    if case.owner and refusal("release", case, person) is None:
        choices.append((NOBODY, "nobody: back to the team"))
    if any(refusal(name, case, person) is None for name in ("assign", "reassign")):
        choices += [(str(one.pk), name_of(one)) for one in fellows(case.team) if one.pk != case.owner_id]
    elif may_take(case, person):
        choices.append((str(person.user.pk), name_of(person.user)))
    return OwnerChoice(case, now, choices)


def choose_owner(case_id: int, value: str, *, by: Person, at: datetime, seen: int, origin: Origin) -> TrailEntry:
    """Claims, assigns or gives back, whichever makes `value` (a person's number, or `nobody`) the owner.

    Raises what workflow.move does; FieldMissing for somebody who is not there.
    """
    case = ExceptionCase.objects.select_related("owner").get(id=case_id)
    how: dict[str, Any] = {"by": by, "at": at, "seen": seen, "origin": origin}
    if value == NOBODY:
        return move(case_id, "release", **how)
    person = fellows(case.team).filter(pk=row_number(value)).first()
    if person is None:
        raise FieldMissing("owner", "Choose somebody of its team.")
    if person.pk == by.user.pk and may_take(case, by):
        return move(case_id, "claim", **how)
    return move(case_id, "assign" if case.state == "new" else "reassign", **how, person=person)
