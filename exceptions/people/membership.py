"""Who may come in and as what: roles, teams, and leaving. Each change is in the trail with before and after."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from exceptions.configuration.changes import record_change
from exceptions.listing import searched
from exceptions.models import OPEN, ApiToken, Cover, EscalationStep, Membership, OwnershipRule, RoleGrant
from exceptions.people.invitations import Place
from exceptions.people.tokens import revoke
from exceptions.rights import second_step
from reconciliation.statements import rows

SQL = Path(__file__).parents[1] / "sql"


class ChangeNotAllowed(Exception):
    """The change would leave nobody in charge, or is not one's own to make; the message says why."""


@dataclass(frozen=True)
class HandedOn:
    """What became of the open cases of somebody who left."""

    handed_over: int
    given_back: int


def everybody(search: str = "") -> QuerySet[Any]:
    """All people with roles, teams, the number of their open cases and whether they sign in with a second step.

    Of a search those whose name, user name or address holds its words.
    """
    people = (
        get_user_model()
        .objects.prefetch_related("roles", "memberships__team")
        .annotate(
            open_cases=Count("cases", filter=Q(cases__state__in=OPEN)),
            second_step=second_step(),
        )
        .order_by("-is_active", "first_name", "last_name", "username")
    )
    return searched(people, search, ("username", "first_name", "last_name", "email"))


@transaction.atomic
def set_place(person: Any, place: Place, *, by: Any, at: datetime, source: str) -> None:
    """Makes the person exactly this: roles, teams, and those they lead; raises ChangeNotAllowed for the last admin."""
    set_roles(person, place.roles, by=by, at=at, source=source)
    set_teams(person, place.teams, place.leads, by=by, at=at, source=source)


@transaction.atomic
def set_roles(person: Any, roles: Collection[str], *, by: Any, at: datetime, source: str) -> None:
    """Grants and revokes until the person has exactly these roles; raises ChangeNotAllowed for the last admin."""
    before = _roles(person)
    if "admin" in before and "admin" not in roles:
        _demand_another_admin(person)
    for role in sorted(set(roles) - before):
        RoleGrant.objects.create(person=person, role=role, granted_by=by, granted_at=at)
        _note("grant", person, by, at, source, {"roles": sorted(before)}, {"roles": sorted(before | {role})})
        before = before | {role}
    for role in sorted(before - set(roles)):
        RoleGrant.objects.filter(person=person, role=role).delete()
        _note("revoke", person, by, at, source, {"roles": sorted(before)}, {"roles": sorted(before - {role})})
        before = before - {role}


@transaction.atomic
def set_teams(
    person: Any, teams: Collection[str], leads: Collection[str], *, by: Any, at: datetime, source: str
) -> None:
    """Puts the person into exactly these teams, as lead of `leads`, which need not be named in `teams` as well."""
    before, after = _teams(person), {team: team in leads for team in {*teams, *leads}}
    if before == after:
        return
    Membership.objects.filter(person=person).exclude(team__in=after).delete()
    for team, is_lead in after.items():
        Membership.objects.update_or_create(person=person, team_id=team, defaults={"is_lead": is_lead})
    _note("teams", person, by, at, source, {"teams": _in_words(before)}, {"teams": _in_words(after)})


@transaction.atomic
def deactivate(person: Any, *, hand_to: Any | None, by: Any, at: datetime, source: str) -> HandedOn:
    """Off-boards a person: nothing is left that they own, that names them, or by which they or their programs come in.

    Their open cases go to `hand_to` where that person is of the case's team, else back to the team's queue.
    Raises ChangeNotAllowed for oneself, for the last admin, and where `hand_to` has left as well.
    """
    if by is not None and person.pk == by.pk:
        raise ChangeNotAllowed("Nobody deactivates themselves; ask another admin.")
    if hand_to is not None and (hand_to.pk == person.pk or not hand_to.is_active):
        raise ChangeNotAllowed("Choose somebody who stays.")
    if "admin" in _roles(person):
        _demand_another_admin(person)
    before = {"roles": sorted(_roles(person)), "teams": _in_words(_teams(person))}
    get_user_model().objects.filter(pk=person.pk).update(is_active=False)
    handed_on = _hand_on(person, hand_to, by, at, source)
    _clear_rules(person, by, at, source)
    _forget(person)
    for session in UserSession.objects.filter(user=person):
        session.end()
    for token in ApiToken.objects.filter(created_by=person, revoked_at=None):
        revoke(token, by=by, at=at, source=source)
    after = {"roles": [], "teams": [], "cases_handed_over": handed_on.handed_over, "given_back": handed_on.given_back}
    _note("deactivate", person, by, at, source, before, after)
    return handed_on


@transaction.atomic
def reactivate(person: Any, *, by: Any, at: datetime, source: str) -> None:
    """Lets somebody who left sign in again, without roles and teams: those are given anew."""
    if get_user_model().objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        _note("reactivate", person, by, at, source, {}, {})


@transaction.atomic
def reset_second_step(person: Any, *, known_by: str, by: Any, at: datetime, source: str) -> bool:
    """Takes authenticator app, passkeys and recovery codes from somebody who lost them; false where there were none.

    `known_by`: how whoever does it knows that it is they who ask.
    """
    lost = sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    if not lost:
        return False
    Authenticator.objects.filter(user=person).delete()
    for session in UserSession.objects.filter(user=person):
        session.end()
    after = {"second_step": [], "known_by": known_by}
    _note("reset_second_step", person, by, at, source, {"second_step": lost}, after)
    return True


def _hand_on(person: Any, hand_to: Any | None, by: Any, at: datetime, source: str) -> HandedOn:
    asked = {
        "person": person.pk,
        "name": person.get_username(),
        "successor": hand_to.pk if hand_to else None,
        "successor_name": hand_to.get_username() if hand_to else None,
        "by": by.pk if by else None,
        "at": at,
        "open": list(OPEN),
        "source": source,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    return HandedOn(*rows("people/hand_on", asked, SQL)[0])


def _clear_rules(person: Any, by: Any, at: datetime, source: str) -> None:
    """Rules that gave cases to the person give them to the team alone."""
    said = {"before": {"person": person}, "after": {"person": None}, "by": by, "at": at, "source": source}
    for rule in OwnershipRule.objects.filter(person=person):
        record_change(about=f"rule {rule.pk}", move="change", **said)
    OwnershipRule.objects.filter(person=person).update(person=None)


def _forget(person: Any) -> None:
    """Ends what names the person: roles, teams, escalations and covers."""
    RoleGrant.objects.filter(person=person).delete()
    Membership.objects.filter(person=person).delete()
    EscalationStep.objects.filter(person=person).delete()
    Cover.objects.filter(Q(person=person) | Q(cover=person)).delete()


def _demand_another_admin(person: Any) -> None:
    # the lock makes two admins who revoke each other come one after the other
    admins = list(RoleGrant.objects.select_for_update().filter(role="admin", person__is_active=True))
    if not any(admin.person_id != person.pk for admin in admins):
        raise ChangeNotAllowed("This is the last admin; give the role to somebody else first.")


def _roles(person: Any) -> set[str]:
    return set(RoleGrant.objects.filter(person=person).values_list("role", flat=True))


def _teams(person: Any) -> dict[str, bool]:
    return dict(Membership.objects.filter(person=person).values_list("team_id", "is_lead"))


def _in_words(teams: dict[str, bool]) -> list[str]:
    return [f"{team} (lead)" if is_lead else team for team, is_lead in sorted(teams.items())]


def _note(
    move: str, person: Any, by: Any, at: datetime, source: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    about = f"person {person.get_username()}"
    record_change(about=about, move=move, before=before, after=after, by=by, at=at, source=source)
