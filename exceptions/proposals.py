"""Proposals: a resolution that another person has to agree to, and whose band covers how much."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from exceptions.formats import money_text
from exceptions.models import ApprovalBand, ExceptionCase, Proposal
from exceptions.resolutions import resolutions
from exceptions.rights import Person


def evidence_hash(case: ExceptionCase) -> str:
    """What the case shows, in one number: a proposal holds only while it stays the same."""
    shown = [case.evidence, None if case.amount is None else str(case.amount.normalize()), case.currency]
    return sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def make(
    case: ExceptionCase, resolution: str, parameters: dict[str, Any], *, note: str, by: User, at: datetime
) -> Proposal:
    """Asks for another person's word."""
    return Proposal.objects.create(
        case=case,
        resolution=resolution,
        parameters=parameters,
        note=note,
        amount=case.amount,
        currency=case.currency,
        evidence_hash=evidence_hash(case),
        proposed_by=by,
        proposed_at=at,
    )


def waiting(case: ExceptionCase) -> Proposal | None:
    """The proposal that nobody has decided yet."""
    return case.proposals.filter(decision=None).select_related("proposed_by").first()


def decide(case: ExceptionCase, decision: str, comment: str, *, by: User, at: datetime) -> Proposal:
    """Writes down what became of the waiting proposal; Proposal.DoesNotExist where there is none."""
    proposal: Proposal = case.proposals.get(decision=None)
    proposal.decision, proposal.comment = decision, comment
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save()
    return proposal


def void(case: ExceptionCase, *, at: datetime) -> None:
    """Ends the waiting proposal, if there is one, without anybody's word."""
    case.proposals.filter(decision=None).update(decision="void", decided_at=at)


def refusal(case: ExceptionCase, person: Person, *, deciding: str, proposal: Proposal | None = None) -> str | None:
    """Why a person may not decide (`approve`, `approve_fix` or `reject`), in words; null where they may.

    `proposal`: the one that waits, where it is known already.
    """
    proposal = proposal or waiting(case)
    if proposal is None:
        return "There is no proposal."
    if proposal.proposed_by_id == person.user.pk:
        return "You proposed it: somebody else has to decide."
    if "admin" in person.roles:
        return "Who configures the product approves nothing."
    accepts = resolutions()[proposal.resolution].effect == "accept"
    if deciding == ("approve_fix" if accepts else "approve"):
        return "This is not what was proposed."
    if proposal.evidence_hash != evidence_hash(case):
        return "The evidence has changed since it was proposed."
    if not covers(person, case.kind, proposal):
        return f"{money_text(proposal.amount, proposal.currency)} is beyond what you may approve."
    return None


def covers(person: Person, kind: str, proposal: Proposal) -> bool:
    """Whether the bands of a person's roles cover a proposal; one for the kind beats one for every kind."""
    if proposal.amount is None:
        return True
    bands = bands_of(person).filter(Q(kind=kind) | Q(kind=None), currency=proposal.currency).order_by("kind")
    of_role: dict[str, ApprovalBand] = {}
    for band in bands:  # nulls last: the particular first
        of_role.setdefault(band.role, band)
    return any(band.up_to is None or proposal.amount <= band.up_to for band in of_role.values())


def bands_of(person: Person) -> QuerySet[ApprovalBand]:
    """The bands of all roles that a person has."""
    return ApprovalBand.objects.filter(role__in=person.roles)
