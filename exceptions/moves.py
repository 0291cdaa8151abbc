"""The table of moves: what may become of a case, through whom, and what has to be said (workflow.md).

`SYSTEM` moves are made by exceptions/intake.py over whole sets of cases; people's by exceptions/workflow.py alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exceptions.models import CLOSED, OPEN, ExceptionCase
from exceptions.rights import Person


class MoveNotAllowed(Exception):
    """The move is not open to this person or this case; the message says why, in words for the person."""


class FieldMissing(MoveNotAllowed):
    """Something that the move needs was not said, or makes no sense; `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class MovedMeanwhile(MoveNotAllowed):
    """The case is no longer what the person saw; the message says who changed what."""


@dataclass(frozen=True)
class Move:
    """One move. `target` null: the state stays. `who`: any of these standings suffices (workflow.standings)."""

    label: str
    sources: tuple[str, ...]
    target: str | None
    who: tuple[str, ...]
    needs: tuple[str, ...] = ()

    def may_lead(self, source: str, target: str) -> bool:
        """Whether a case may come from `source` to `target` by it."""
        return source in self.sources and (source if self.target is None else self.target) == target


@dataclass
class Moving:
    """One move under way: what is said, and what will be written."""

    name: str
    case: ExceptionCase
    by: Person
    at: datetime
    said: Mapping[str, Any]
    target: str
    fields: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def note(self) -> str:
        """What is said with it, trimmed."""
        return str(self.said.get("note", "")).strip()


WORKED = ("in_progress", "waiting", "fix_applied")
MOVES = {
    "claim": Move("Take it", ("new",), "in_progress", ("member",)),
    "assign": Move("Assign", ("new",), "in_progress", ("lead",), ("person",)),
    "reassign": Move("Assign to another", WORKED, None, ("lead",), ("person",)),
    "release": Move("Give it back", ("in_progress",), "new", ("owner", "lead")),
    "transfer": Move("Hand over to a team", ("new", "in_progress"), "new", ("owner", "lead"), ("team", "note")),
    "wait": Move("Wait for somebody", ("in_progress",), "waiting", ("owner", "lead"), ("waiting_for", "note", "until")),
    "resume": Move("Go on", ("waiting",), "in_progress", ("owner", "lead")),
    "snooze": Move("Snooze", ("new", "in_progress"), "snoozed", ("owner", "lead"), ("until",)),
    "wake": Move("Wake", ("snoozed",), "new", ("owner", "lead")),
    "apply": Move("It is done", ("in_progress",), "fix_applied", ("owner", "lead"), ("resolution",)),
    "retract": Move("It is not done", ("fix_applied",), "in_progress", ("owner", "lead")),
    "propose": Move("Ask for approval", ("in_progress",), "pending_approval", ("owner",), ("resolution", "note")),
    "approve": Move("Approve", ("pending_approval",), "accepted", ("approver",)),
    "approve_fix": Move("Approve", ("pending_approval",), "fix_applied", ("approver",)),
    "reject": Move("Reject", ("pending_approval",), "in_progress", ("approver",), ("note",)),
    "withdraw": Move("Withdraw the proposal", ("pending_approval",), "in_progress", ("owner", "lead")),
    "accept": Move("Accept the variance", ("in_progress",), "accepted", ("owner", "lead"), ("note",)),
    "dismiss": Move("Dismiss", ("new", "in_progress"), "dismissed", ("owner", "lead"), ("note",)),
    "merge": Move("Merge into another", OPEN, "merged", ("lead",), ("target",)),
    "unmerge": Move("Separate again", ("merged",), "new", ("lead",)),
    "reopen": Move("Open again", ("resolved", "accepted", "dismissed"), "in_progress", ("lead",), ("note",)),
    "message": Move("Record a message", OPEN, None, ("member", "owner", "lead"), ("to", "note")),
    "note": Move("Note", (*OPEN, *CLOSED), None, ("member", "owner", "lead", "approver"), ("note",)),
}
SYSTEM = {
    "wake": Move("Wake", ("snoozed",), "new", ()),
    "resume": Move("Go on", ("waiting",), "in_progress", ()),
    "void": Move("Void the proposal", ("pending_approval",), "in_progress", ()),
    "verify": Move("Prove", ("fix_applied",), "resolved", ()),
    "fix_failed": Move("Disprove", ("fix_applied",), "in_progress", ()),
    "auto-resolve": Move("Resolve", OPEN, "resolved", ()),
    "supersede": Move("Supersede", OPEN, "resolved", ()),
    "return": Move("Bring back", ("resolved",), "new", ()),
    "regress": Move("Bring back", ("resolved", "dismissed"), "new", ()),
    "exceed": Move("Bring back", ("accepted",), "new", ()),
    "release": Move("Release", ("in_progress",), "new", ()),
    "unclaimed": Move("Miss the time to claim", ("new",), None, ()),
    "re-detect": Move("See again", (*OPEN, *CLOSED), None, ()),
    "escalate": Move("Escalate", OPEN, None, ()),
    "write_asked": Move("Ask whether it is done", (*OPEN, *CLOSED), None, ()),
    "write_sent": Move("Send", (*OPEN, *CLOSED), None, ()),
    "write_found": Move("Find it done", (*OPEN, *CLOSED), None, ()),
    "write_done": Move("Hear that it is done", (*OPEN, *CLOSED), None, ()),
    "write_later": Move("Send later", (*OPEN, *CLOSED), None, ()),
    "write_withdrawn": Move("Send nothing", (*OPEN, *CLOSED), None, ()),
    "write_refused": Move("Be refused", ("fix_applied",), "in_progress", ()),
    "write_unsure": Move("Give up asking", ("fix_applied",), "in_progress", ()),
}
