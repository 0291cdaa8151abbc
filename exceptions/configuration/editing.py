"""Editing one row of the settings: its forms, what a change would do to open cases, and the change itself."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import QueryDict

from exceptions import ownership
from exceptions.configuration.changes import record_change, record_difference, state_of
from exceptions.configuration.sections import Section
from exceptions.models import (
    AcceptanceLimit,
    ApprovalBand,
    ChangePreview,
    ExceptionCase,
    OwnershipRule,
    Suppression,
    TrailEntry,
)
from exceptions.months.limit_previews import preview_limits
from exceptions.months.previews import ask_ending_preview, ask_preview, ask_suppression_preview
from exceptions.previews.changes import foresee_sku, foresee_suppression
from exceptions.previews.foreseen import Foreseen
from exceptions.suppressions import lift
from reconciliation.models import Flow, PackSize, System

SHOWN = 3


class AtTheEdge(Exception):
    """A rule cannot move beyond the first or the last."""


@dataclass(frozen=True)
class Moved:
    """Cases that a change hands from one team and owner (null: nobody) to another, with their money by currency.

    Teams are called by their names.
    """

    team_before: str
    owner_before: str | None
    team: str
    owner: str | None
    cases: int
    amounts: list[tuple[str, Decimal]]
    examples: list[tuple[int, str]]


class Editing:
    """One row's form, and the forms of what belongs to it; a row of None is a new one."""

    def __init__(self, section: Section, row: Any, data: QueryDict | None, *, by: User) -> None:
        self.section, self.row, self.data = section, row, data
        self.form = section.form(data, instance=row)
        self.form.by = by
        self.by = by
        self.state = "" if row is None else _fingerprint(_state(section, row.pk))
        self.inlines = {
            name: made(data, instance=self._parent(), prefix=name) for name, made in section.inlines.items()
        }

    def is_valid(self) -> bool:
        """Whether all of it can be stored, over the row as the person saw it."""
        fits = all([self.form.is_valid(), *(formset.is_valid() for formset in self.inlines.values())])
        return fits and not self.overtaken

    @property
    def called(self) -> str:
        """What the row is called; empty for a new one."""
        return "" if self.row is None else self.section.called(self.row)

    @property
    def collections(self) -> list[tuple[str, Any]]:
        """The forms of what belongs to the row, with the name of each collection."""
        return list(self.inlines.items())

    @property
    def overtaken(self) -> bool:
        """Whether somebody has changed the row since the person saw it."""
        if self.row is None or self.data is None:
            return False
        return bool(self.data.get("state", self.state) != self.state)

    @property
    def last_change(self) -> TrailEntry | None:
        """The last change of the row."""
        return TrailEntry.objects.filter(case=None, about=self.section.about(self.row)).order_by("-id").first()

    @property
    def fingerprint(self) -> str:
        """What is said, in one word: a preview is of it alone."""
        return _fingerprint(
            {name: values for name, values in (self.data or QueryDict()).lists() if name in self.form.fields}
        )

    @transaction.atomic
    def save(self, *, at: datetime) -> Any:
        """Stores it, with its entry in the trail; a section that previews hands the cases over as well."""
        before = None if self.row is None else _state(self.section, self.row.pk)
        row = self._store()
        after = _state(self.section, row.pk)
        record_difference(self.section.about(row), before, after, by=self.by, at=at, source="page")
        if self.section.previews:
            place(at=at, source=self.section.about(row))
        return row

    def preview(self, *, at: datetime) -> list[Moved]:
        """What storing it would do to open cases."""
        return moved(ownership.preview(self._store, at=at))

    @property
    def touches_months(self) -> bool:
        """Whether a change of the row can move what the months come to, or who may decide in them."""
        return touches_months(self.section)

    @property
    def can_be_foreseen(self) -> bool:
        """Whether what storing it would do to the queue can be shown at once."""
        return self.section.model in (Suppression, PackSize)

    def foresee(self, *, at: datetime) -> Foreseen | None:
        """What storing it would do to the queue: what a suppression takes out of it, what a pack size moves."""
        said = self.form.cleaned_data
        if self.section.model is Suppression:
            return foresee_suppression(said["kind"], **{name: said[name] for name in ("subject", "customer", "sku")})
        return foresee_sku(said["sku"], self._store, at=at)

    def ask_preview(self, *, at: datetime) -> ChangePreview:
        """Asks what storing it would do to the months; of limits and bands it is known at once."""
        if self.section.model is Suppression:
            return ask_suppression_preview(self.form.cleaned_data, by=self.by, at=at)
        return _asked(self.section, self._store, by=self.by, at=at)

    def _store(self) -> Any:
        row = self.form.save()
        for formset in self.inlines.values():
            formset.instance = row
            formset.save()
        return row

    def _parent(self) -> Any:
        return self.row if self.row is not None else self.section.model()


@transaction.atomic
def remove(section: Section, row: Any, *, by: User, at: datetime) -> None:
    """Removes a row, with its entry in the trail; raises StillUsed."""
    about, before = section.about(row), _state(section, row.pk)
    section.remove(row)
    record_difference(about, before, None, by=by, at=at, source="page")
    if section.previews:
        place(at=at, source=about)


def preview_removal(section: Section, row: models.Model, *, at: datetime) -> list[Moved]:
    """What removing a row would do to open cases."""
    return moved(ownership.preview(lambda: type(row)._default_manager.filter(pk=row.pk).delete(), at=at))


def touches_months(section: Section) -> bool:
    """Whether a change of such rows can move what the months come to, or who may decide in them."""
    return section.model in (Flow, System, Suppression, AcceptanceLimit, ApprovalBand)


def ask_removal_preview(section: Section, row: Any, *, by: User, at: datetime) -> ChangePreview:
    """Asks what removing a row would do to the months; of a suppression, what its end would; raises StillUsed."""
    if section.model is Suppression:
        return ask_ending_preview(row, by=by, at=at)
    return _asked(section, lambda: section.remove(row), by=by, at=at)


@transaction.atomic
def move_rule(rule: OwnershipRule, *, up: bool, by: User, at: datetime) -> None:
    """Moves a rule before the one above it, or behind the one below; raises AtTheEdge."""
    before, after = _swap(rule, up=up)
    about = f"rule {rule.pk}"
    record_change(
        about=about, move="move", before={"place": before}, after={"place": after}, by=by, at=at, source="page"
    )
    place(at=at, source=about)


def preview_move(rule: OwnershipRule, *, up: bool, at: datetime) -> list[Moved]:
    """What moving a rule would do to open cases; raises AtTheEdge."""
    return moved(ownership.preview(lambda: _swap(rule, up=up), at=at))


@transaction.atomic
def end_suppression(suppression: Suppression, *, by: User, at: datetime) -> bool:
    """Ends a suppression now, with its entry in the trail; false where it has ended already."""
    if not lift(suppression.pk, at=at):
        return False
    about, before = f"suppression {suppression.pk}", {"ends_at": suppression.ends_at}
    record_change(about=about, move="end", before=before, after={"ends_at": at}, by=by, at=at, source="page")
    return True


def _asked(section: Section, change: Callable[[], Any], *, by: User, at: datetime) -> ChangePreview:
    """Of limits and bands it is known at once."""
    asks = preview_limits if section.model in (AcceptanceLimit, ApprovalBand) else ask_preview
    return asks(change, by=by, at=at)


def place(*, at: datetime, source: str) -> None:
    """Places open cases by the rules as they stand, each with its entry in the trail."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    names = ownership.team_names()
    TrailEntry.objects.bulk_create(
        TrailEntry(
            case_id=placed.case,
            at=at,
            move=_move(placed),
            source=source,
            request_id=request_id,
            details={
                "team": placed.team,
                "team_name": names.get(placed.team, placed.team),
                "owner": placed.owner,
                "before": [placed.team_before, placed.owner_before],
            },
        )
        for placed in ownership.place_open_cases(at=at)
    )


def moved(placements: list[ownership.Placement]) -> list[Moved]:
    """Placements by where they go, the most cases first."""
    ids = [placed.case for placed in placements]
    at_risk: QuerySet[Any] = ExceptionCase.objects.filter(id__in=ids, amount__isnull=False)
    money = {case.pk: (str(case.currency), case.amount) for case in at_risk.only("id", "currency", "amount")}
    names = ownership.team_names()
    ways: dict[tuple[str, str | None, str, str | None], list[ownership.Placement]] = {}
    for placed in placements:
        before, after = (names.get(team, team) for team in (placed.team_before, placed.team))
        ways.setdefault((before, placed.owner_before, after, placed.owner), []).append(placed)
    found = [Moved(*way, len(cases), _sums(cases, money), _examples(cases)) for way, cases in ways.items()]
    return sorted(found, key=lambda group: -group.cases)


def _sums(cases: list[ownership.Placement], money: dict[int, tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    sums: dict[str, Decimal] = {}
    for placed in cases:
        if placed.case in money:
            currency, amount = money[placed.case]
            sums[currency] = sums.get(currency, Decimal()) + amount
    return sorted(sums.items())


def _examples(cases: list[ownership.Placement]) -> list[tuple[int, str]]:
    return [(placed.case, placed.title) for placed in cases[:SHOWN]]


def _move(placed: ownership.Placement) -> str:
    if placed.team != placed.team_before:
        return "transfer"
    return "release" if placed.owner is None else "assign"


def rule_order() -> dict[int, int]:
    """Each ownership rule's place among all, counted from 1."""
    rules = OwnershipRule.objects.order_by("position", "id").values_list("pk", flat=True)
    return {rule: place for place, rule in enumerate(rules, start=1)}


def _swap(rule: OwnershipRule, *, up: bool) -> tuple[int, int]:
    """Swaps a rule with its neighbour; its place before and after, counted from 1."""
    rules = list(OwnershipRule.objects.select_for_update().order_by("position", "id"))
    place = [known.pk for known in rules].index(rule.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rules):
        raise AtTheEdge("It is the first rule already." if up else "It is the last rule already.")
    rules[place], rules[other] = rules[other], rules[place]
    for position, known in enumerate(rules, start=1):
        known.position = position
    OwnershipRule.objects.bulk_update(rules, ["position"])
    return place + 1, other + 1


def _state(section: Section, key: Any) -> dict[str, Any]:
    return state_of(section.model._default_manager.get(pk=key), section.inlines)


def _fingerprint(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
