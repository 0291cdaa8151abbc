"""What a person can do about a case right now: the resolutions of its kind, the suggested first, and other moves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from exceptions import acceptance
from exceptions.models import ExceptionCase, Proposal
from exceptions.moves import MOVES
from exceptions.resolutions import Resolution, needs_approval, resolutions_of
from exceptions.rights import Person
from exceptions.workflow import refusal
from exceptions.writeback.offers import Offer, needs_word, offers_of

AT_ONCE = ("claim", "release", "resume", "wake", "retract", "withdraw", "unmerge")
# as they are offered, what a case most likely waits for first
OTHERS = (
    *("claim", "resume", "wake", "retract", "withdraw", "unmerge", "reject", "reopen", "wait", "snooze", "note"),
    *("assign", "reassign", "transfer", "release", "message", "merge", "dismiss"),
)


@dataclass(frozen=True)
class Action:
    """One thing to do. `why_not`: in words, null where it is open. `at_once`: nothing more has to be said.

    `written`: it is made in the outside system, and not by hand.
    """

    move: str
    label: str
    explains: str = ""
    resolution: str = ""
    why_not: str | None = None
    at_once: bool = False
    written: bool = False


Beyond = Callable[[], str | None]


def way_of(
    resolution: Resolution,
    case: ExceptionCase,
    person: Person,
    *,
    at: datetime,
    offer: Offer | None = None,
    beyond: Beyond | None = None,
) -> str:
    """The move by which a person chooses a resolution: waiting, accepting, applying, or asking for approval.

    `offer`: it is to be made in an outside system. `beyond`: asks why the person may not accept alone, where several
    resolutions share the answer.
    """
    beyond = beyond or partial(acceptance.beyond_limit, case, person, at=at, hold=False)
    if needs_approval(resolution, case):
        return "propose"
    if offer is not None:
        return "propose" if needs_word(offer, case, resolution, person, at=at) else "apply"
    if resolution.effect == "wait":
        return "wait"
    if resolution.effect == "accept":
        return "propose" if beyond() else "accept"
    return "apply"


def resolution_actions(case: ExceptionCase, person: Person, *, at: datetime, writes: bool) -> list[Action]:
    """The resolutions of the case's kind while it is open; each says why it cannot be chosen, if so.

    `writes`: whether any connection is allowed to change anything.
    """
    if case.state not in ("new", "in_progress"):
        return []
    offered = resolutions_of(case.kind)
    offers = offers_of(case, offered) if writes else {}
    beyond = cache(partial(acceptance.beyond_limit, case, person, at=at, hold=False))
    found = []
    for resolution in offered:
        if (offer := offers.get(resolution.key)) and offer.planned:
            found.append(_resolving(resolution, case, person, at, beyond, offer))
        found.append(_resolving(resolution, case, person, at, beyond, by_hand=bool(offer and offer.planned)))
    return found


def _resolving(
    resolution: Resolution,
    case: ExceptionCase,
    person: Person,
    at: datetime,
    beyond: Beyond,
    offer: Offer | None = None,
    *,
    by_hand: bool = False,
) -> Action:
    way = way_of(resolution, case, person, at=at, offer=offer, beyond=beyond)
    why_not = "Take it first." if case.state == "new" else refusal(way, case, person)
    name = f"{resolution.label}, by hand" if by_hand else resolution.label
    name = f"{name} in {offer.title}" if offer else name
    label = f"{name} …" if way != "propose" else f"{name}: ask for approval …"
    explains = offer.planned.words if offer and offer.planned else resolution.explains
    return Action(way, label, explains, resolution.key, why_not, written=offer is not None)


def other_actions(case: ExceptionCase, person: Person, proposal: Proposal | None = None) -> list[Action]:
    """The moves that are no resolution, as far as the case's state lets them be; `proposal`: the one that waits."""
    found = []
    for name in OTHERS:
        move = MOVES[name]
        if case.state in move.sources and (name != "reject" or case.state == "pending_approval"):
            label = move.label if name in AT_ONCE else f"{move.label} …"
            why_not = refusal(name, case, person, proposal=proposal)
            found.append(Action(name, label, why_not=why_not, at_once=name in AT_ONCE))
    return found


def deciding_actions(case: ExceptionCase, person: Person, proposal: Proposal | None = None) -> list[Action]:
    """Approving, in the one of its two forms that fits what was proposed, and why this person may not."""
    if case.state != "pending_approval":
        return []
    reasons = {name: refusal(name, case, person, proposal=proposal) for name in ("approve", "approve_fix")}
    name = next((name for name, reason in reasons.items() if reason is None), "approve")
    if reasons[name] == "This is not what was proposed.":
        name = "approve_fix"
    return [Action(name, "Approve", why_not=reasons[name])]
