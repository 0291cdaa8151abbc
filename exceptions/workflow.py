"""The only writer of a case's state by people's hands: one conditional update a move, with its entry in the trail.

Who may do what from which state stands in moves.py. A move carries the version of the case that the person saw; if the
case has moved on meanwhile, nothing happens and MovedMeanwhile says who did what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from exceptions import own_data, proposals
from exceptions.effects import EFFECTS
from exceptions.models import OPEN, ExceptionCase, OwnChange, Proposal, TrailEntry
from exceptions.moves import MOVES, SYSTEM, FieldMissing, MovedMeanwhile, MoveNotAllowed, Moving
from exceptions.ownership import begin_anew
from exceptions.people.names import name_of
from exceptions.rights import Person, may
from exceptions.suppressions import tell_again
from exceptions.trail.sentences import sentence

BULK = 1_000
ASIDE = ("note", "message")  # whoever says it; only from its owner it is work on the case
WHO = {
    ("member",): "a member of its team",
    ("owner",): "its owner",
    ("lead",): "a lead of its team",
    ("owner", "lead"): "its owner or a lead of its team",
    ("member", "owner", "lead"): "a member of its team",
    ("approver",): "an approver",
    ("member", "owner", "lead", "approver"): "a member of its team or an approver",
}


@dataclass(frozen=True)
class Origin:
    """Where a move comes from: `page`, `bulk`, `api`, `command` or `task`, and the request's id."""

    source: str
    request_id: str = ""


def standings(person: Person, case: ExceptionCase) -> set[str]:
    """What a person is to a case: member, owner, lead, approver."""
    found = set()
    if may(person, "work"):
        found |= {"member"} if case.team in person.teams else set()
        found |= {"owner"} if case.owner_id == person.user.pk else set()
        found |= {"lead"} if case.team in person.leads else set()
    if may(person, "approve"):
        found.add("approver")
    return found


def refusal(name: str, case: ExceptionCase, person: Person, *, proposal: Proposal | None = None) -> str | None:
    """Why a move is not open to a person, in words; null where it is. `proposal`: the one that waits, where known."""
    move = MOVES[name]
    if case.state not in move.sources:
        return f"It is {case.get_state()}."
    if case.frozen_in and name != "reopen" and name != "note":
        return f"It stands in the closed month {case.frozen_in}."
    standing = standings(person, case)
    if not standing & set(move.who):
        return f"Only {WHO[move.who]} may do that."
    if name == "snooze" and case.severity == "critical" and "lead" not in standing:
        return "Only a lead may snooze what is critical."
    if name == "dismiss" and case.state == "new" and "lead" not in standing:
        return "Take it first; only a lead may dismiss what nobody has taken."
    if name in ("approve", "approve_fix", "reject"):
        return proposals.refusal(case, person, deciding=name, proposal=proposal)
    return None


def move(
    case_id: int,
    name: str,
    *,
    by: Person,
    at: datetime,
    seen: int,
    origin: Origin,
    **said: Any,
) -> TrailEntry:
    """Makes one move and returns its entry in the trail.

    `seen`: the version of the case that the person saw. `said`: what the move needs (moves.py), and `note`.
    Raises MoveNotAllowed, FieldMissing, MovedMeanwhile, KeyError for an unknown move, ExceptionCase.DoesNotExist.
    """
    known = MOVES[name]
    with transaction.atomic():
        case = ExceptionCase.objects.select_related("owner").get(id=case_id)
        if case.version != seen:
            raise MovedMeanwhile(_what_happened(case))
        if reason := refusal(name, case, by):
            raise MoveNotAllowed(reason)
        moving = Moving(name, case, by, at, said, known.target or case.state)
        for needed in known.needs:
            if not str(said.get(needed) or "").strip():
                raise FieldMissing(needed, "This is needed.")
        if name == "reopen" and case.frozen_in:
            return _continue(moving, origin)
        if name in EFFECTS:
            EFFECTS[name](moving)
        return _write(moving, origin)


def move_many(
    seen: Mapping[int, int], name: str, *, by: Person, at: datetime, origin: Origin, **said: Any
) -> tuple[list[TrailEntry], dict[int, str]]:
    """Makes one move for many cases, each for itself; `seen`: case → version, at most 1,000. Done, and why not."""
    if len(seen) > BULK:
        raise MoveNotAllowed(f"At most {BULK:,} at once.")
    done, refused = [], {}
    for case_id, version in sorted(seen.items()):
        try:
            done.append(move(case_id, name, by=by, at=at, seen=version, origin=origin, **said))
        except MoveNotAllowed as error:
            refused[case_id] = str(error)
        except ExceptionCase.DoesNotExist:
            refused[case_id] = "There is no such exception."
    return done, refused


def _write(moving: Moving, origin: Origin) -> TrailEntry:
    case = moving.case
    fields = moving.fields | {"state": moving.target, "updated_at": moving.at}
    if moving.name not in ASIDE or case.owner_id == moving.by.user.pk:
        fields["touched_at"] = moving.at
    if moving.target in OPEN:
        fields["closed_at"] = None
    elif case.state in OPEN:
        fields["closed_at"] = moving.at
    found = ExceptionCase.objects.filter(id=case.pk, version=case.version, state=case.state)
    if not found.update(**fields, version=F("version") + 1):
        raise MovedMeanwhile(_what_happened(ExceptionCase.objects.get(id=case.pk)))
    return _entry(moving, origin, case)


def _continue(moving: Moving, origin: Origin) -> TrailEntry:
    """A closed month stays as it was signed: a case linked to it opens instead."""
    case = moving.case
    if ExceptionCase.objects.filter(kind=case.kind, subject=case.subject, frozen_in=None).exists():
        raise MoveNotAllowed("It has been opened again already.")
    twin = ExceptionCase.objects.get(id=case.pk)
    twin.pk, twin.frozen_in, twin.continues, twin.state = None, None, case, "in_progress"
    twin.owner, twin.closed_at, twin.resolution, twin.resolved_by = moving.by.user, None, None, None
    twin.accepted_amount, twin.healed_at, twin.until, twin.version = None, None, None, 1
    twin.save(force_insert=True)
    begin_anew(twin.pk, at=moving.at)
    return _entry(moving, origin, twin)


def claim_fell(
    case: ExceptionCase, name: str, *, at: datetime, note: str, source: str, details: dict[str, Any]
) -> bool:
    """The system's word that what was claimed did not happen: the case goes back to its owner, where it still claims.

    Whether it did.
    """
    move = SYSTEM[name]
    known: dict[str, Any] = {"applied_at": None, "resolution": None, "parameters": {}}
    known |= {"touched_at": at, "updated_at": at}
    found = ExceptionCase.objects.filter(id=case.pk, state__in=move.sources, frozen_in=None)
    if move.target is None or not found.update(**known, state=move.target, version=F("version") + 1):
        return False
    said = {"from_state": move.sources[0], "to_state": move.target, "source": source, "details": details}
    TrailEntry.objects.create(case=case, at=at, by=None, move=name, note=note, **said)
    return True


def _entry(moving: Moving, origin: Origin, case: ExceptionCase) -> TrailEntry:
    return TrailEntry.objects.create(
        case=case,
        at=moving.at,
        by=moving.by.user,
        move=moving.name,
        from_state=moving.case.state,
        to_state=moving.target,
        note=moving.note,
        source=origin.source,
        request_id=origin.request_id,
        details=moving.details,
    )


def _what_happened(case: ExceptionCase) -> str:
    last = case.trail.exclude(move="re-detect").select_related("by").order_by("-id").first()
    if last is None:
        return "It has changed meanwhile."
    who = name_of(last.by) if last.by else "The system"
    return f"{who} was first, at {timezone.localtime(last.at):%H:%M}: {sentence(last)}"


def may_undo(change: OwnChange, person: Person) -> bool:
    """Whether a person may put a change of our own data back: who made it, a lead of the case's team, an admin."""
    case = change.case
    assert case is not None
    made = change.made_by_id == person.user.pk and may(person, "work")
    return made or "lead" in standings(person, case) or may(person, "configure")


def undo(change_id: int, *, by: Person, at: datetime, origin: Origin) -> TrailEntry:
    """Undoes a change of our own data: by who made it, a lead of the case's team, or who configures.

    Raises MoveNotAllowed, CannotBeUndone (own_data.py).
    """
    with transaction.atomic():
        change = OwnChange.objects.select_related("case").get(id=change_id)
        case = change.case
        assert case is not None
        if not may_undo(change, by):
            raise MoveNotAllowed("Only who made it, a lead of the team or an admin may undo it.")
        own_data.undo(change_id, by=by.user, at=at)
        tell_again(case.kind)
        details = {"own_change": change.pk, "resolution": change.what, "parameters": change.parameters}
        return enter(case, "undo", by=by, at=at, origin=origin, details=details)


def enter(
    case: ExceptionCase, name: str, *, by: Person, at: datetime, origin: Origin, details: dict[str, Any]
) -> TrailEntry:
    """Enters into the trail what a person did about a case that leaves its state as it is."""
    return TrailEntry.objects.create(
        case=case,
        at=at,
        by=by.user,
        move=name,
        from_state=case.state,
        to_state=case.state,
        source=origin.source,
        request_id=origin.request_id,
        details=details,
    )
