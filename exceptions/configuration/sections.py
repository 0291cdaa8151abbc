"""The sections of the settings: what is configured row by row, each with its model, its form and what a list shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Count, QuerySet

from connectors.models import Connection
from exceptions.configuration import checklist_forms, columns, decision_forms, team_forms, topology_forms
from exceptions.configuration.changes import StillUsed, delete_row
from exceptions.configuration.columns import Cell
from exceptions.configuration.forms import RowForm
from exceptions.formats import number_text
from exceptions.listing import searched
from exceptions.models import (
    OPEN,
    AcceptanceLimit,
    ApprovalBand,
    Calendar,
    Checklist,
    Company,
    Cover,
    ExceptionCase,
    Expectation,
    OwnershipRule,
    SeverityThreshold,
    SlaPolicy,
    Suppression,
    SystemOwner,
    Team,
)
from reconciliation.declarations import checks
from reconciliation.models import Flow, PackSize, System
from reconciliation.own_words import set_pack_size
from reconciliation.topology import SystemInUse, remove_flow, remove_system

NAMES = ("key", "name", "username", "first_name", "last_name")


@dataclass(frozen=True)
class Section:
    """One kind of row that is configured. `noun` names a row in the trail: `rule 7`; in words it is called as its
    first `called_by` columns say, or, without any, by its own name.

    `columns` are a list's: its heading and what a row shows under it. `inlines` are forms of what belongs to a row, by
    the name of the collection. `remove` raises StillUsed. A section `previews` when its changes move open cases.
    """

    key: str
    title: str
    noun: str
    explains: str
    model: type[models.Model]
    form: type[RowForm]
    columns: tuple[tuple[str, Cell], ...]
    inlines: dict[str, Any] = field(default_factory=dict)
    remove: Callable[[Any], None] = delete_row
    related: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    ordering: tuple[str, ...] = ("pk",)
    edits: bool = True
    previews: bool = False
    named: Callable[[Any], str] = lambda row: str(row.pk)
    called_by: int = 0

    def rows(self, search: str = "") -> QuerySet[Any]:
        """The rows as a list shows them, of a search those that hold its words."""
        counts = {f"{name}_count": Count(name, distinct=True) for name in self.counted}
        rows: QuerySet[Any] = self.model._default_manager.annotate(**counts).order_by(*self.ordering)
        rows = rows.select_related(*self.related) if self.related else rows
        return searched(rows, search, [*self._words()])

    def _words(self) -> Iterator[str]:
        """The columns that are searched: the texts of a row, and the names of what it refers to."""
        for column in self.model._meta.fields:
            if isinstance(column, models.CharField | models.TextField):
                yield column.name
            elif column.name in self.related and column.related_model is not None:
                names = {one.name for one in column.related_model._meta.fields}
                yield from (f"{column.name}__{name}" for name in NAMES if name in names)

    def called(self, row: models.Model) -> str:
        """What a row is called."""
        return ", ".join(str(cell(row)) for _, cell in self.columns[: self.called_by]) or str(row)

    def about(self, row: models.Model) -> str:
        """How the trail names a row."""
        return f"{self.noun} {self.named(row)}"


def _remove_team(team: Team) -> None:
    kinds = [check.kind for check in checks().values() if check.team == team.key]
    if kinds:
        raise StillUsed(f"{len(kinds)} kinds of exceptions are this team's by default, {kinds[0]} among them.")
    if held := ExceptionCase.objects.filter(team=team.key, state__in=OPEN).count():
        raise StillUsed(f"{held:,} open exceptions are this team's.")
    delete_row(team)


def _remove_system(system: System) -> None:
    if Connection.objects.filter(system=system.key).exists():
        raise StillUsed("It is connected; remove its connection first.")
    try:
        remove_system(system.key)
    except SystemInUse as error:
        raise StillUsed(str(error)) from error


def _remove_flow(flow: Flow) -> None:
    remove_flow(flow.key)


def _remove_pack_size(row: PackSize) -> None:
    set_pack_size(row.system_id, row.sku, None)


SECTIONS = {
    section.key: section
    for section in (
        Section(
            "rules",
            "Ownership rules",
            "rule",
            "Whose an exception is. Of the rules that fit, the last one counts; without any, the kind's own team has "
            "it. What a person has placed stays where it is.",
            OwnershipRule,
            decision_forms.RuleForm,
            (
                ("Rule", columns.of("name")),
                ("Fits", columns.conditions),
                ("Team", columns.of("team")),
                ("Person", columns.person("person", "–")),
                ("Ends", columns.instant("ends_at")),
            ),
            related=("team", "person"),
            ordering=("position", "id"),
            previews=True,
        ),
        Section(
            "sla",
            "SLA policies",
            "SLA policy",
            "The time to claim and to resolve, in working hours. A policy for a kind and severity beats one for the "
            "kind, that one beats one for a severity, and any beats what the kind declares. Exceptions from now on "
            "follow it; those that are open keep their terms.",
            SlaPolicy,
            decision_forms.SlaForm,
            (
                ("Kind", columns.kind),
                ("Severity", columns.of("severity", "any severity")),
                ("To claim", columns.hours("claim_hours")),
                ("To resolve", columns.hours("resolve_hours")),
                ("While waiting", lambda row: "stands" if row.pauses_while_waiting else "goes on"),
            ),
            ordering=("kind", "severity", "id"),
            called_by=2,
        ),
        Section(
            "severities",
            "Severity thresholds",
            "severity threshold",
            "From which amount at risk on an exception is at least so severe.",
            SeverityThreshold,
            decision_forms.SeverityForm,
            (("Kind", columns.kind), ("From", columns.money("amount_from", "–")), ("At least", columns.of("severity"))),
            ordering=("kind", "currency", "amount_from", "id"),
            called_by=3,
        ),
        Section(
            "approvals",
            "Approval bands",
            "approval band",
            "Up to which amount a role may approve; whoever proposed it never may.",
            ApprovalBand,
            decision_forms.BandForm,
            (
                ("Role", columns.of("role")),
                ("Kind", columns.kind),
                ("Currency", columns.of("currency")),
                ("Up to", columns.money("up_to", "without limit")),
            ),
            ordering=("role", "kind", "currency", "id"),
            called_by=4,
        ),
        Section(
            "limits",
            "Acceptance limits",
            "acceptance limit",
            "What a person may accept alone, per exception and per month; beyond it takes an approval.",
            AcceptanceLimit,
            decision_forms.LimitForm,
            (
                ("Person", columns.person("person", "everybody without an own limit")),
                ("Per exception", columns.money("per_exception", "–")),
                ("Per month", columns.money("per_month", "–")),
                ("Per customer", columns.money("per_customer", "–")),
            ),
            related=("person",),
            ordering=("person__username", "currency", "id"),
            called_by=3,
        ),
        Section(
            "suppressions",
            "Suppressions",
            "suppression",
            "What is left out, and until when: no exception of the kind opens for the subject, customer or SKU.",
            Suppression,
            decision_forms.SuppressionForm,
            (
                ("Kind", columns.kind),
                ("Left out", columns.left_out),
                ("Why", columns.of("reason")),
                ("Made by", columns.person("made_by", "–")),
                ("Until", columns.until),
            ),
            related=("made_by",),
            ordering=("-ends_at", "-id"),
            edits=False,
            called_by=2,
        ),
        Section(
            "teams",
            "Teams",
            "team",
            "Who works on what, who leads, and whom a team tells when an exception stays open beyond its time.",
            Team,
            team_forms.TeamForm,
            (
                ("Team", columns.of("name")),
                ("Key", columns.of("key")),
                ("Members", lambda row: row.memberships_count),
                ("Steps", lambda row: row.escalation_steps_count),
                ("Calendar", columns.of("calendar", "Monday to Friday, 09:00 to 17:00 UTC")),
                ("Released after", columns.hours("idle_hours")),
            ),
            inlines={"memberships": team_forms.Members, "escalation_steps": team_forms.Steps},
            remove=_remove_team,
            related=("calendar",),
            counted=("memberships", "escalation_steps"),
            ordering=("name", "pk"),
        ),
        Section(
            "calendars",
            "Calendars",
            "calendar",
            "Working days, hours and holidays; the time to claim and resolve counts in them.",
            Calendar,
            team_forms.CalendarForm,
            (
                ("Calendar", columns.of("name")),
                ("Works", columns.days),
                ("Time zone", columns.of("time_zone")),
                ("Holidays", lambda row: row.holidays_count),
                ("Teams", lambda row: row.teams_count),
            ),
            inlines={"holidays": team_forms.Holidays},
            counted=("holidays", "teams"),
            ordering=("name", "pk"),
        ),
        Section(
            "covers",
            "Covers",
            "cover",
            "Who stands in while somebody is away: rules give new exceptions to the cover.",
            Cover,
            team_forms.CoverForm,
            (
                ("Away", columns.person("person", "–")),
                ("Stands in", columns.person("cover", "–")),
                ("From", columns.instant("since")),
                ("Until", columns.instant("until")),
            ),
            related=("person", "cover"),
            ordering=("-until", "-id"),
            called_by=2,
        ),
        Section(
            "checklists",
            "Checklists",
            "checklist",
            "What each team checks each day, week and month. A change counts from the next time that the list opens.",
            Checklist,
            checklist_forms.ChecklistForm,
            (
                ("Checklist", columns.of("name")),
                ("Team", columns.of("team")),
                ("When", lambda row: row.get_rhythm_display()),
                ("Due after", columns.hours("due_hours")),
                ("Items", lambda row: row.items_count),
                ("In use", lambda row: "yes" if row.is_on else "no"),
            ),
            inlines={"items": checklist_forms.Items},
            remove=checklist_forms.remove_checklist,
            related=("team",),
            counted=("items",),
            ordering=("position", "key"),
        ),
        Section(
            "owners",
            "Owners of systems",
            "owner of the system",
            "Who looks after each outside system, and whom to call about it.",
            SystemOwner,
            checklist_forms.OwnerForm,
            (
                ("System", columns.of("system")),
                ("Team", columns.of("team")),
                ("Person", columns.person("person", "–")),
                ("Whom to call", columns.of("contact")),
            ),
            related=("system", "team", "person"),
            ordering=("system_id", "pk"),
            called_by=1,
        ),
        Section(
            "systems",
            "Systems",
            "system",
            "The software that is connected, what its word counts for, and which references its records must carry.",
            System,
            topology_forms.SystemForm,
            (
                ("System", str),
                ("Key", columns.of("key")),
                ("Kind", lambda row: f"{row.kind} {row.vendor}".rstrip()),
                ("Its word counts for", lambda row: ", ".join(row.authority) or "–"),
                ("Realm", columns.of("realm")),
            ),
            remove=_remove_system,
            ordering=("position", "key"),
        ),
        Section(
            "flows",
            "Flows",
            "flow",
            "The legs of the integration: what travels from where to where, how often, and what may differ how long.",
            Flow,
            topology_forms.FlowForm,
            (
                ("Flow", columns.of("key")),
                ("Records", columns.of("record")),
                ("From", columns.of("source")),
                ("To", columns.of("target")),
                ("Every", columns.span("cadence")),
                ("Grace", columns.span("grace")),
                ("Within", columns.span("within")),
            ),
            remove=_remove_flow,
            related=("source", "target"),
            ordering=("position", "key"),
        ),
        Section(
            "expectations",
            "Expected arrivals",
            "expected arrival",
            "How often records come from a system that sends them: by push, by file, by script. Where nothing is "
            "agreed, what came before tells. What is late is said above the queue, with the feeds, and by letter.",
            Expectation,
            topology_forms.ExpectationForm,
            (
                ("System", columns.of("system")),
                ("Records", lambda row: row.type.replace("_", " ")),
                ("At least every", columns.span("every")),
                ("Counted in the working hours of", columns.of("hours_of", "round the clock")),
            ),
            related=("system", "hours_of"),
            ordering=("system_id", "type", "pk"),
            named=lambda row: f"{row.system_id} {row.type}",
            called_by=2,
        ),
        Section(
            "packs",
            "Pack sizes",
            "pack size",
            "How many base units one unit of a system's SKU holds, where its lines do not say; beats the catalogue.",
            PackSize,
            topology_forms.PackSizeForm,
            (
                ("SKU", columns.of("sku")),
                ("System", columns.of("system")),
                ("Base units", lambda row: number_text(row.pack_size)),
            ),
            remove=_remove_pack_size,
            related=("system",),
            ordering=("system_id", "sku", "pk"),
            named=lambda row: f"{row.system_id} {row.sku}",
            called_by=2,
        ),
        Section(
            "company",
            "Company",
            "company",
            "Its name, and how it counts days and writes numbers.",
            Company,
            team_forms.CompanyForm,
            (("Name", columns.of("name")), ("Time zone", columns.of("time_zone"))),
        ),
    )
}
GROUPS = {
    "Who does what": ("rules", "teams", "covers", "calendars", "checklists"),
    "How far and by when": ("sla", "severities", "approvals", "limits", "suppressions"),
    "What is connected": ("systems", "flows", "expectations", "owners"),
}
