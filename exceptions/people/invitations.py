"""Invitations: made by those who manage people, sent as a letter with a link, taken up once, over after a week."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from exceptions.configuration.changes import record_change
from exceptions.listing import searched
from exceptions.models import Invitation, Membership, RoleGrant

LASTS = timedelta(days=7)


class InvitationNotAllowed(Exception):
    """Nobody can be invited so; the message says why."""


class NameTaken(Exception):
    """Somebody else has just taken the user name."""


class InvitationOver(Exception):
    """The link is unknown, used, withdrawn or too old; the message says which."""


@dataclass(frozen=True)
class Place:
    """What a person is to be: roles, teams, and those of the teams they lead."""

    roles: tuple[str, ...]
    teams: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


@transaction.atomic
def invite(
    email: str, place: Place, *, full_name: str = "", by: Any, at: datetime, source: str, lasts: timedelta = LASTS
) -> tuple[Invitation, str]:
    """A new invitation and the address of its link, which is kept nowhere; an open one of the same person ends.

    Raises InvitationNotAllowed where somebody has the e-mail address already.
    """
    if get_user_model().objects.filter(email__iexact=email).exists():
        raise InvitationNotAllowed(f"Somebody with the address {email} is here already.")
    for earlier in Invitation.objects.filter(email__iexact=email, accepted_at=None, withdrawn_at=None):
        withdraw(earlier, by=by, at=at, source=source)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        full_name=full_name,
        roles=list(place.roles),
        teams=list(place.teams),
        leads=list(place.leads),
        digest=_digest(secret),
        invited_by=by,
        invited_at=at,
        expires_at=at + lasts,
    )
    said = {"about": str(invitation), "by": by, "at": at, "source": source}
    record_change(move="invite", before={}, after=_told(invitation), **said)
    return invitation, settings.PUBLIC_ADDRESS + reverse("accept_invitation", args=[secret])


def send(invitation: Invitation, address: str) -> None:
    """Sends the letter with the link; raises OSError (smtplib's errors are) where no server takes it."""
    words = {"invitation": invitation, "address": address, "host": settings.PUBLIC_ADDRESS}
    send_mail(
        "You are invited to Reconciliation",
        render_to_string("people/invitation.txt", words),
        None,
        [invitation.email],
    )


def withdraw(invitation: Invitation, *, by: Any, at: datetime, source: str) -> None:
    """Ends an open invitation; one that is over stays as it is."""
    open_still = Invitation.objects.filter(id=invitation.pk, accepted_at=None, withdrawn_at=None)
    if open_still.update(withdrawn_at=at):
        said = {"about": str(invitation), "by": by, "at": at, "source": source}
        record_change(move="withdraw_invitation", before=_told(invitation), after={}, **said)


def invitation_of(secret: str, *, at: datetime) -> Invitation:
    """The open invitation that the link's secret opens; raises InvitationOver."""
    found = Invitation.objects.filter(digest=_digest(secret)).first()
    if found is None:
        raise InvitationOver("There is no such invitation.")
    return _still_open(found, at)


def open_invitations(search: str = "") -> QuerySet[Invitation]:
    """The invitations that nobody took up or withdrew, the newest first; of a search those of its people or makers."""
    waiting = (
        Invitation.objects.filter(accepted_at=None, withdrawn_at=None).select_related("invited_by").order_by("-id")
    )
    return searched(waiting, search, ("email", "full_name", "invited_by__username"))


def open_invitation(email: str, *, at: datetime) -> Invitation | None:
    """The open invitation of an address, if there is one."""
    return Invitation.objects.filter(
        email__iexact=email, accepted_at=None, withdrawn_at=None, expires_at__gt=at
    ).first()


@transaction.atomic
def take_up(invitation: Invitation, *, username: str, full_name: str, password: str, at: datetime) -> Any:
    """Makes the invited person with what the invitation grants.

    Raises InvitationOver, also for the second of two at once, and NameTaken.
    """
    first, _, last = full_name.strip().partition(" ")
    try:
        person = get_user_model().objects.create_user(
            username, email=invitation.email, password=password, first_name=first, last_name=last
        )
    except IntegrityError as error:
        raise NameTaken("Somebody has this user name already.") from error
    grant(invitation, person, at=at)
    return person


@transaction.atomic
def grant(invitation: Invitation, person: Any, *, at: datetime) -> None:
    """Gives a person who has just been made what the invitation says; raises InvitationOver."""
    locked = _still_open(Invitation.objects.select_for_update().get(id=invitation.pk), at)
    locked.accepted_by, locked.accepted_at = person, at
    locked.save(update_fields=["accepted_by", "accepted_at"])
    RoleGrant.objects.bulk_create(
        RoleGrant(person=person, role=role, granted_by=locked.invited_by, granted_at=at) for role in locked.roles
    )
    Membership.objects.bulk_create(
        Membership(person=person, team_id=team, is_lead=team in locked.leads)
        for team in dict.fromkeys([*locked.teams, *locked.leads])
    )
    EmailAddress.objects.update_or_create(
        user=person, email=locked.email.lower(), defaults={"primary": True, "verified": True}
    )
    said = {"about": f"person {person.get_username()}", "by": person, "at": at, "source": "page"}
    record_change(move="join", before={}, after=_told(locked), **said)


def _still_open(invitation: Invitation, at: datetime) -> Invitation:
    if invitation.accepted_at:
        raise InvitationOver("This invitation has been used already. Sign in instead.")
    if invitation.withdrawn_at:
        raise InvitationOver("This invitation was withdrawn. Ask for another.")
    if invitation.expires_at <= at:
        raise InvitationOver("This invitation is too old. Ask for another.")
    return invitation


def _told(invitation: Invitation) -> dict[str, Iterable[str]]:
    return {"roles": invitation.roles, "teams": invitation.teams, "leads": invitation.leads}


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "replace")).digest()
