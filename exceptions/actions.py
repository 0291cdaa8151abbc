"""What a person can do about a case right now: the resolutions of its kind, the suggested first, and other moves."""

from dataclasses import dataclass
from datetime import datetime

from exceptions import acceptance
from exceptions.models import ExceptionCase
from exceptions.moves import MOVES
from exceptions.resolutions import Resolution, needs_approval, resolutions_of
from exceptions.rights import Person
from exceptions.workflow import refusal

AT_ONCE = ("claim", "release", "resume", "wake", "retract", "withdraw", "unmerge")
ASKING = ("assign", "reassign", "transfer", "wait", "snooze", "dismiss", "merge", "reopen", "reject", "message", "note")


@dataclass(frozen=True)
class Action:
    """One thing to do. `why_not`: in words, null where it is open. `at_once`: nothing more has to be said."""

    move: str
    label: str
    explains: str = ""
    resolution: str = ""
    why_not: str | None = None
    at_once: bool = False


def way_of(resolution: Resolution, case: ExceptionCase, person: Person, *, at: datetime) -> str:
    """The move by which a person chooses a resolution: waiting, accepting, applying, or asking for approval."""
    if needs_approval(resolution, case):
        return "propose"
    if resolution.effect == "wait":
        return "wait"
    if resolution.effect == "accept":
        return "propose" if acceptance.beyond_limit(case, person, at=at, hold=False) else "accept"
    return "apply"


def resolution_actions(case: ExceptionCase, person: Person, *, at: datetime) -> list[Action]:
    """The resolutions of the case's kind while it is open; each says why it cannot be chosen, if so."""
    if case.state not in ("new", "in_progress"):
        return []
    return [_resolving(resolution, case, person, at) for resolution in resolutions_of(case.kind)]


def _resolving(resolution: Resolution, case: ExceptionCase, person: Person, at: datetime) -> Action:
    way = way_of(resolution, case, person, at=at)
    why_not = "Take it first." if case.state == "new" else refusal(way, case, person)
    label = f"{resolution.label} …" if way != "propose" else f"{resolution.label}: ask for approval …"
    return Action(way, label, resolution.explains, resolution.key, why_not)


def other_actions(case: ExceptionCase, person: Person) -> list[Action]:
    """The moves that are no resolution, as far as the case's state lets them be."""
    found = []
    for name in (*AT_ONCE, *ASKING):
        move = MOVES[name]
        if case.state in move.sources and (name != "reject" or case.state == "pending_approval"):
            label = move.label if name in AT_ONCE else f"{move.label} …"
            found.append(Action(name, label, why_not=refusal(name, case, person), at_once=name in AT_ONCE))
    return found


def deciding_actions(case: ExceptionCase, person: Person) -> list[Action]:
    """Approving, in the one of its two forms that fits what was proposed, and why this person may not."""
    if case.state != "pending_approval":
        return []
    reasons = {name: refusal(name, case, person) for name in ("approve", "approve_fix")}
    name = next((name for name, reason in reasons.items() if reason is None), "approve")
    if reasons[name] == "This is not what was proposed.":
        name = "approve_fix"
    return [Action(name, "Approve", why_not=reasons[name])]
