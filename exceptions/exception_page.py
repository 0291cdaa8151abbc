"""One exception as its page shows it: evidence, what to do, who else is at it, what is like it, what happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import QueryDict

from exceptions import own_data, proposals
from exceptions.actions import Action, deciding_actions, other_actions, resolution_actions
from exceptions.attachments import may_attach
from exceptions.evidence import Piece, pieces_of, said_since
from exceptions.ledgers.matches import Match, matched_lines, matches_about
from exceptions.ledgers.unread import Unread, unread_systems
from exceptions.models import OPEN, Attachment, ExceptionCase, OwnChange, Proposal, TrailEntry, WriteBack
from exceptions.ownership import TEAM_NAME
from exceptions.people.names import name_of
from exceptions.queue.cases import neighbours
from exceptions.queue.saved_views import COUNTED, CountUpTo, counted
from exceptions.queue.trail_terms import CLOSING, OPENING
from exceptions.resolutions import Resolution, resolutions
from exceptions.rights import Person
from exceptions.runbooks import ticks
from exceptions.runbooks.steps import Step, steps_on
from exceptions.runbooks.texts import runbook_of
from exceptions.trail.sentences import sentence
from exceptions.writeback.offers import writing
from reconciliation.declarations import Check, checks
from reconciliation.models import Member

LOOKING_SECONDS = 90
HAPPENED = 100
# what exceptions have in common: how it is said, and by which fields the queue lists them
SHARED = {
    "sku": ("with the SKU {value}", ("sku",)),
    "customer": ("of the customer {value}", ("customer",)),
    "flow": ("of this kind on {value}", ("kind", "flow")),
}


@dataclass(frozen=True)
class Sibling:
    """Other open exceptions that share something with this one, and the queue that lists them."""

    sentence: str
    query: str


@dataclass(frozen=True)
class Occurrence:
    """One time that the case was open before: from when until when, and how it ended."""

    since: datetime | None
    until: datetime
    ended: str


@dataclass(frozen=True)
class ExceptionPage:
    """All that the page of one exception shows to one person."""

    case: ExceptionCase
    check: Check | None
    evidence: list[Piece]
    matches: list[Match]
    unread: list[Unread]
    resolutions: list[Action]
    others: list[Action]
    deciding: list[Action]
    proposal: Proposal | None
    trail: list[TrailEntry]
    earlier: int | None
    occurrences: list[Occurrence]
    changes: list[tuple[OwnChange, str, bool]]
    writes: QuerySet[WriteBack]
    attachments: QuerySet[Attachment]
    attachable: bool
    siblings: list[Sibling]
    looking: list[str]
    order_record: str | None
    runbook: str
    steps: list[Step]
    tick_refusal: str | None
    previous: ExceptionCase | None
    following: ExceptionCase | None

    @property
    def suggested(self) -> Action | None:
        """The first resolution that this person can choose now."""
        return next((action for action in self.resolutions if action.why_not is None), None)

    @property
    def steps_done(self) -> int:
        """How many steps of the runbook are ticked."""
        return sum(step.tick is not None for step in self.steps)

    @property
    def steps_needed(self) -> bool:
        """Whether a step that a fix needs is not done yet."""
        return any(step.required and step.tick is None for step in self.steps)

    @property
    def resolution(self) -> str:
        """What was chosen for the case, in words."""
        chosen = resolutions().get(self.case.resolution or "")
        return chosen.label if chosen else str(self.case.resolution or "").replace("_", " ")

    @property
    def proposed(self) -> Resolution | None:
        """The resolution that waits for an approval."""
        return resolutions()[self.proposal.resolution] if self.proposal else None

    @property
    def only_to_be_read(self) -> bool:
        """Whether nothing of what can be done with the case is open to this person."""
        return all(action.why_not for action in (*self.deciding, *self.others, *self.resolutions))

    @property
    def closed_doors(self) -> list[Action]:
        """What this person cannot do now; each says why."""
        return [action for action in (*self.resolutions, *self.others) if action.why_not is not None]


def cases_for_page() -> QuerySet[ExceptionCase]:
    """Cases with what their page shows of them: `order_record`, a record of their order group, leads to the order,
    `writes_anywhere` says whether any connection may change anything, `written` whether anything was for this case,
    `of_sku`, `of_customer` and `of_flow` how many other open ones share that, `said_since` the evidence's instants,
    `matched_lines` the lines of a credit without a reference, `team_name` what its team is called.
    """
    writes = WriteBack.objects.filter(case=OuterRef("pk"))
    members = Member.objects.filter(group_key=OuterRef("group_key"), attached=False).order_by("record")
    others = ExceptionCase.objects.filter(state__in=OPEN, closed_at=None).exclude(id=OuterRef("pk")).order_by()
    fits = {
        f"of_{name}": others.filter(**{field: OuterRef(field) for field in fields})
        for name, (_, fields) in SHARED.items()
    }
    related = ("owner", "superseded_by", "merged_into", "continues", "previous_owner")
    return ExceptionCase.objects.select_related(*related).annotate(
        order_record=Subquery(members.values("record")[:1]),
        writes_anywhere=Exists(writing()),
        written=Exists(writes),
        said_since=said_since(),
        matched_lines=matched_lines(),
        team_name=TEAM_NAME,
        **{name: CountUpTo(alike.values("id")[: COUNTED + 1]) for name, alike in fits.items()},
    )


def exception_page(
    case: Any, person: Person, *, at: datetime, within: Mapping[str, str] | None = None, before: int | None = None
) -> ExceptionPage:
    """The page of a case (one of cases_for_page) for a person; `within`: the queue they came from.

    `before`: only what happened before the entry of that number; `earlier` is the number to go on below.
    """
    previous, following = neighbours(case, within or {}, person)
    trail, earlier = _trail(case, before)
    runbook = runbook_of(case.kind)
    proposal = proposals.waiting(case) if case.state == "pending_approval" else None
    return ExceptionPage(
        case=case,
        check=checks().get(case.kind),
        evidence=pieces_of(case),
        matches=matches_about(case),
        unread=[one for one in unread_systems(at=at) if one.system in case.systems],
        resolutions=resolution_actions(case, person, at=at, writes=case.writes_anywhere),
        others=other_actions(case, person, proposal),
        deciding=deciding_actions(case, person, proposal),
        proposal=proposal,
        trail=trail,
        earlier=earlier,
        occurrences=_occurrences(trail if earlier is None and before is None else _turns(case)),
        changes=[
            (change, resolutions()[change.what].label, own_data.undoable(change))
            for change in case.own_changes.select_related("made_by")
        ],
        writes=case.writes.select_related("change__connection", "change__by") if case.written else case.writes.none(),
        attachments=case.attachments.select_related("by").order_by("id"),
        attachable=may_attach(person, case),
        siblings=_siblings(case),
        looking=_looking(case, person),
        order_record=str(case.order_record) if case.order_record else None,
        runbook=runbook.html,
        steps=steps_on(case, runbook),
        tick_refusal=ticks.refusal(case, person),
        previous=previous,
        following=following,
    )


def _trail(case: ExceptionCase, before: int | None) -> tuple[list[TrailEntry], int | None]:
    """The last entries before a number, in the order in which they happened, and the number to go on below."""
    entries = case.trail.select_related("by").order_by("-id")
    found = list((entries if before is None else entries.filter(id__lt=before))[: HAPPENED + 1])
    return found[HAPPENED - 1 :: -1], found[HAPPENED - 1].pk if len(found) > HAPPENED else None


def _turns(case: ExceptionCase) -> list[TrailEntry]:
    return list(case.trail.filter(OPENING | CLOSING).order_by("id"))


def _occurrences(entries: Iterable[TrailEntry]) -> list[Occurrence]:
    """The times that a case was open before it was opened again, from its entries in order; the last first."""
    found, opened, closed = list[Occurrence](), None, None
    for entry in entries:
        was, is_open = entry.from_state in OPEN, entry.to_state in OPEN
        if is_open and not was:
            if closed is not None:
                found.append(Occurrence(opened.at if opened else None, closed.at, sentence(closed)))
            opened, closed = entry, None
        elif was and not is_open and entry.to_state:
            closed = entry
    return found[::-1]


def _siblings(case: Any) -> list[Sibling]:
    """What SHARED says of other open exceptions, where there are any."""
    found = []
    for name, (words, fields) in SHARED.items():
        value, count = getattr(case, name), getattr(case, f"of_{name}")
        if value and count:
            address = QueryDict(mutable=True)
            address.update({field: getattr(case, field) for field in fields})
            found.append(Sibling(f"{counted(count)} other open {words.format(value=value)}", address.urlencode()))
    return found


def _looking(case: ExceptionCase, person: Person) -> list[str]:
    """Who else has the page open; notes that this person has."""
    key = f"looking:{case.pk}"
    here: dict[int, str] = cache.get(key) or {}
    cache.set(key, here | {person.user.pk: name_of(person.user)}, LOOKING_SECONDS)
    return sorted(who for pk, who in here.items() if pk != person.user.pk)
