"""The chapters of the handbook about what is connected and what is looked for, as rows of text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Count
from django.urls import reverse

from exceptions.configuration.columns import conditions
from exceptions.formats import instant_text, number_text
from exceptions.models import Expectation, OwnershipRule, SlaPolicy, SystemOwner
from exceptions.ownership import team_names
from exceptions.resolutions import resolutions_of
from exceptions.runbooks.steps import steps_of
from exceptions.runbooks.texts import Runbook, digest, runbooks
from reconciliation.declarations import Check, checks
from reconciliation.models import (
    CustomerAlias,
    Flow,
    IgnoredReference,
    PackSize,
    ReasonCode,
    RejectionReason,
    SkuAlias,
    StatusMapping,
    System,
)
from reconciliation.topology_rows import AUTHORITIES, duration_text

NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """One row: its cells as text. `mark`: new or changed since the last issue, whose cells were `before`; `address`:
    where it is looked after."""

    key: str
    cells: tuple[str, ...]
    address: str = ""
    mark: str = ""
    before: tuple[str, ...] = ()

    def marked(self, before: list[str] | None) -> "Row":
        """The row with what became of it since it said `before`; null: it was not there."""
        if before is None:
            return replace(self, mark="new")
        return self if list(self.cells) == before else replace(self, mark="changed", before=tuple(before))

    def changes(self, headings: Sequence[str]) -> list[str]:
        """What is said otherwise than in the last issue, cell by cell."""
        compared = zip(headings, self.before, self.cells, strict=False)
        return [f"{heading} {now}, was {before}" for heading, before, now in compared if before != now]


def name_of(person: object) -> str:
    """What somebody is called."""
    full = person.get_full_name() if hasattr(person, "get_full_name") else ""
    return full or str(person)


def system_rows() -> list[Row]:
    """Each system with its owner."""
    owners = {owner.system_id: owner for owner in SystemOwner.objects.select_related("team", "person")}
    return [
        Row(
            system.key,
            (
                str(system),
                " ".join(part for part in (system.kind, system.vendor) if part),
                ", ".join(system.authority) or NOTHING,
                _owned(owners.get(system.key)),
                owners[system.key].contact or NOTHING if system.key in owners else NOTHING,
            ),
        )
        for system in System.objects.all()
    ]


def _owned(owner: SystemOwner | None) -> str:
    if owner is None:
        return "nobody is named"
    return f"{owner.team}: {name_of(owner.person)}" if owner.person else str(owner.team)


def flow_rows() -> list[Row]:
    """Each flow with its rhythm."""
    return [
        Row(
            flow.key,
            (
                flow.key,
                flow.record.replace("_", " "),
                str(flow.source),
                str(flow.target),
                _span(flow.cadence),
                _span(flow.grace),
                _span(flow.within),
                _compared(flow),
            ),
            f"{reverse('queue')}?flow={flow.key}",
        )
        for flow in Flow.objects.select_related("source", "target")
    ]


def expectation_rows() -> list[Row]:
    """What is to come from those who send, and by when."""
    return [
        Row(
            f"{one.system_id} {one.type}",
            (
                str(one.system),
                one.type.replace("_", " "),
                _span(one.every),
                f"in the working hours of {one.hours_of}" if one.hours_of else "round the clock",
            ),
            reverse("feeds"),
        )
        for one in Expectation.objects.select_related("system", "hours_of")
    ]


def _compared(flow: Flow) -> str:
    """What must agree on a flow, what may differ, and which records travel on it, as far as it is not as usual."""
    said = [", ".join(flow.compare) if flow.compare else "as usual"]
    for words, tolerance in (("amounts", flow.tolerance_amount), ("quantities", flow.tolerance_quantity)):
        if tolerance is not None:
            said.append(f"{words} within {number_text(tolerance)}")
    if flow.same == []:
        said.append("no two statuses count as the same")
    said += [f"{' and '.join(alike)} count as the same" for alike in flow.same or ()]
    said += [f"only with the {field} {' or '.join(values)}" for field, values in (flow.only or {}).items()]
    return "; ".join(said)


def truth_rows() -> list[Row]:
    """Each kind of data and the systems whose word counts for it."""
    systems = list(System.objects.all())
    named = {kind: [str(system) for system in systems if kind in system.authority] for kind in AUTHORITIES}
    return [Row(kind, (kind.capitalize(), ", ".join(names) or "no system is named")) for kind, names in named.items()]


def kinds_in_order() -> list[Check]:
    """The kinds as the handbook tells of them: by ledger, then by title."""
    return sorted(checks().values(), key=lambda check: (check.ledger, check.title))


def kind_rows() -> list[Row]:
    """Each kind with its team, terms and runbook."""
    policies = {(policy.kind, policy.severity): policy for policy in SlaPolicy.objects.all()}
    teams, books = team_names(), runbooks()
    return [
        Row(
            check.kind,
            (
                check.title,
                check.ledger,
                teams.get(check.team, check.team),
                check.severity,
                *_terms(check, policies),
                next((resolution.label for resolution in resolutions_of(check.kind)), NOTHING),
                _runbook(books[check.kind]),
            ),
            f"{reverse('queue')}?kind={check.kind}",
        )
        for check in kinds_in_order()
    ]


def _terms(check: Check, policies: dict[tuple[str | None, str | None], SlaPolicy]) -> tuple[str, str]:
    for asked in ((check.kind, check.severity), (check.kind, None), (None, check.severity)):
        if policy := policies.get(asked):
            return f"{policy.claim_hours}h", f"{policy.resolve_hours}h"
    return check.claim_within, check.resolve_within


def _runbook(book: Runbook) -> str:
    words = f"our own, version {book.number}" if book.is_own else "as shipped"
    return f"{words}, {len(steps_of(book.text))} steps, text {digest(book.text)[:6]}"


def rule_rows() -> list[Row]:
    """Each ownership rule in its order."""
    rules = OwnershipRule.objects.select_related("team", "person").order_by("position", "id")
    return [
        Row(
            str(rule.pk),
            (
                f"{place}. {rule.name}",
                conditions(rule),
                f"{rule.team}: {name_of(rule.person)}" if rule.person else str(rule.team),
                instant_text(rule.ends_at) if rule.ends_at else "never",
            ),
        )
        for place, rule in enumerate(rules, start=1)
    ]


def mapping_rows() -> list[Row]:
    """Each word of statuses and reasons; of customers, SKUs and pack sizes how many each system has."""
    rows = [
        _word("status", f"{word.of} {word.raw}", word.system_id, word.canonical)
        for word in StatusMapping.objects.order_by("system__position", "system_id", "of", "raw_key")
    ]
    for model, noun in ((ReasonCode, "return reason"), (RejectionReason, "rejection reason")):
        words = model.objects.order_by("system__position", "system_id", "raw_key")
        rows += [_word(noun, word.raw, word.system_id, word.canonical) for word in words]
    for counted, noun in ((CustomerAlias, "customers"), (SkuAlias, "SKUs"), (PackSize, "pack sizes")):
        counts = counted.objects.values_list("system_id").annotate(Count("id")).order_by("system_id")
        rows += _counts(noun, counts)
    ignored = IgnoredReference.objects.count()
    return [*rows, Row("ignored", ("References that are ignored", f"{ignored:,}"))] if ignored else rows


def _word(noun: str, raw: str, system: str, canonical: str) -> Row:
    return Row(f"{noun} {system} {raw}", (f"{system}: {noun} {raw}", canonical.replace("_", " ")))


def _counts(noun: str, counts: Iterable[tuple[str, int]]) -> list[Row]:
    return [Row(f"{noun} {system}", (f"{system}: {noun}", f"{count:,} mapped")) for system, count in counts]


def _span(length: timedelta | None) -> str:
    return NOTHING if length is None else duration_text(length) if length else "at once"
