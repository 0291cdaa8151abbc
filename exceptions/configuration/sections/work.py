"""Who does what: ownership rules, teams, covers, calendars and checklists."""

from exceptions.configuration import checklist_forms, columns, decision_forms, team_forms
from exceptions.configuration.changes import StillUsed, delete_row
from exceptions.configuration.sections.section import Section
from exceptions.models import OPEN, Calendar, Checklist, Cover, ExceptionCase, OwnershipRule, Team
from reconciliation.declarations import checks


def _remove_team(team: Team) -> None:
    kinds = [check.kind for check in checks().values() if check.team == team.key]
    if kinds:
        raise StillUsed(f"{len(kinds)} kinds of exceptions are this team's by default, {kinds[0]} among them.")
    if held := ExceptionCase.objects.filter(team=team.key, state__in=OPEN).count():
        raise StillUsed(f"{held:,} open exceptions are this team's.")
    delete_row(team)


WORK = (
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
)
