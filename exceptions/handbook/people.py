"""The chapters of the handbook about who does what, as rows of text."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Prefetch

from exceptions.configuration.columns import days
from exceptions.formats import money_text
from exceptions.handbook.rows import NOTHING, Row, name_of
from exceptions.models import SORTS, AcceptanceLimit, Checklist, Membership, Outgoing, Team
from exceptions.rights import RIGHTS

READING = {
    "assigned": ("You own an exception now.", "Open it, follow the runbook, or give it back with a word."),
    "approval": ("Somebody proposes to take a variance or to skip a step.", "Look at the evidence, approve or reject."),
    "critical": ("Much money, or goods that should not be sold.", "Take it today; a lead may assign it."),
    "storm": ("Over 200 of one kind came within ten minutes.", "Look for the one cause: a feed, a mapping, a release."),
    "due": ("A quarter of its time is left.", "Finish it, wait for somebody with a date, or ask the lead."),
    "breached": ("It is open beyond its time; the leads know.", "Agree with the lead who does what by when."),
    "came_back": (
        "It was resolved, and the data disagree again.",
        "Read what was done before; the cause is still there.",
    ),
    "mention": ("A colleague asks you something.", "Answer with a note on the same exception."),
    "missed": (
        "Nobody signed one of your team's checklists in time.",
        "Make the checks now and sign; it stays marked late.",
    ),
    "idle": ("You have not touched it for long.", "Go on with it, or let the team have it back."),
}


def checklist_rows() -> list[Row]:
    """Each checklist in use with its items."""
    lists = Checklist.objects.filter(is_on=True).select_related("team").prefetch_related("items")
    return [
        Row(
            made.key,
            (
                made.name,
                str(made.team),
                made.get_rhythm_display(),
                f"{made.due_hours} working hours",
                "; ".join(f"{item.text} ({item.sort})" for item in made.items.all()) or NOTHING,
            ),
        )
        for made in lists
    ]


def escalation_rows() -> list[Row]:
    """Each team with its hours, leads and steps."""
    members = Prefetch("memberships", Membership.objects.filter(is_lead=True).select_related("person"))
    teams = Team.objects.select_related("calendar").prefetch_related(members, "escalation_steps__person")
    return [
        Row(
            team.key,
            (
                team.name,
                f"{days(team.calendar)} {team.calendar.time_zone}"
                if team.calendar
                else "Mon to Fri, 09:00 to 17:00 UTC",
                ", ".join(sorted(name_of(one.person) for one in team.memberships.all())) or "nobody leads",
                "; ".join(f"after {step.after_hours} h {name_of(step.person)}" for step in team.escalation_steps.all())
                or "nobody else is told",
            ),
        )
        for team in teams
    ]


def news_rows() -> list[Row]:
    """Each sort of news and how it is read; then the channels of teams."""
    rows = [Row(sort, (words, *READING.get(sort, (NOTHING, NOTHING)))) for sort, words in SORTS.items()]
    channels = Outgoing.objects.filter(person=None, disabled_at=None).select_related("team")
    return rows + [
        Row(
            f"channel {channel.pk}",
            (
                f"Channel {channel.name}",
                f"{channel.get_flavour_display()} at {channel.shown}, of {channel.team or 'all teams'}",
                f"Tells: {', '.join(SORTS[sort].lower() for sort in channel.sorts if sort in SORTS)}",
            ),
        )
        for channel in channels
    ]


def people_rows() -> list[Row]:
    """Everybody who can sign in, with roles, teams and own limits."""
    limits: dict[int | None, list[str]] = {}
    for limit in AcceptanceLimit.objects.order_by("currency"):
        each, month = (money_text(most, limit.currency) for most in (limit.per_exception, limit.per_month))
        limits.setdefault(limit.person_id, []).append(f"{each} each, {month} a month")
    people = get_user_model().objects.filter(is_active=True).order_by("first_name", "last_name", "username")
    people = people.prefetch_related("roles", "memberships__team")
    return [
        Row(
            person.username,
            (
                f"{name_of(person)} ({person.username})",
                ", ".join(sorted(grant.role.replace("_", " ") for grant in person.roles.all())) or "no role",
                ", ".join(
                    sorted(f"{one.team} (leads)" if one.is_lead else str(one.team) for one in person.memberships.all())
                )
                or NOTHING,
                "; ".join(_accepts(person, limits) or [NOTHING]),
            ),
        )
        for person in people
    ]


def _accepts(person: Any, limits: Mapping[int | None, list[str]]) -> list[str]:
    """What somebody may accept alone: nothing without a role that works on exceptions."""
    works = any(grant.role in RIGHTS["work"] for grant in person.roles.all())
    return (limits.get(person.pk) or limits.get(None) or []) if works else []
