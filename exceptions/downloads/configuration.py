"""The tables of the settings and of people: as their pages show them, for who may open those."""

from collections.abc import Callable, Iterator
from typing import Any

from exceptions.configuration.mappings import TABLES as WORD_TABLES
from exceptions.configuration.mappings import unmapped_words
from exceptions.configuration.sections import SECTIONS, Section
from exceptions.downloads.sheets import Asked, Download, NoSuchTable, Sheet, number_in
from exceptions.exports import Row
from exceptions.models import ChangePreview, Membership, RoleGrant
from exceptions.people.invitations import open_invitations
from exceptions.people.membership import everybody
from exceptions.people.tokens import known_tokens
from exceptions.runbooks.steps import steps_of
from exceptions.runbooks.texts import runbooks
from reconciliation.declarations import checks
from reconciliation.topology import WORDS, ignored_references


def _section(section: Section) -> Callable[[Asked], Sheet]:
    def make(asked: Asked) -> Sheet:
        rows = ([cell(row) for _, cell in section.columns] for row in section.rows(asked.query.get("q", "")))
        return Sheet([heading for heading, _ in section.columns], rows)

    return make


def _words(table: str) -> Callable[[Asked], Sheet]:
    shown = WORD_TABLES[table]

    def make(asked: Asked) -> Sheet:
        rows: Iterator[Any] = (
            WORDS[table]._default_manager.order_by("system", "raw_key", "id").iterator(chunk_size=2_000)
        )
        columns = ("System", "Of", shown.word, shown.stands_for)
        return Sheet(columns, ((row.system_id, getattr(row, "of", None), row.raw, row.canonical) for row in rows))

    return make


def _unmapped(asked: Asked) -> Sheet:
    rows = (
        (WORD_TABLES[table].title, word.system, word.of, word.raw, word.records)
        for table in WORD_TABLES
        for word in unmapped_words(table)
    )
    return Sheet(("Table", "System", "Of", "Word", "Records"), rows)


def _ignored(asked: Asked) -> Sheet:
    return Sheet(("Ignored reference",), ((value,) for value in ignored_references()))


def _people(asked: Asked) -> Sheet:
    columns = (
        *("User name", "Name", "E-mail", "Active", "Roles", "Teams", "Leads", "Open exceptions"),
        *("Last sign-in", "Second step"),
    )
    return Sheet(columns, _everybody(asked.query.get("q", "")))


def _everybody(search: str) -> Iterator[Row]:
    for one in everybody(search):
        roles: list[RoleGrant] = list(one.roles.all())
        places: list[Membership] = list(one.memberships.all())
        yield (
            *(one.get_username(), one.get_full_name(), one.email, one.is_active),
            ", ".join(grant.role for grant in roles),
            ", ".join(place.team_id for place in places),
            ", ".join(place.team_id for place in places if place.is_lead),
            *(one.open_cases, one.last_login, one.second_step),
        )


def _invitations(asked: Asked) -> Sheet:
    rows = (
        (
            *(one.email, one.full_name, ", ".join(one.roles), ", ".join(one.teams)),
            *(one.invited_by.get_username() if one.invited_by else None, one.invited_at, one.expires_at),
        )
        for one in open_invitations(asked.query.get("q", ""))
    )
    return Sheet(("E-mail", "Name", "Roles", "Teams", "Invited by", "At", "Until"), rows)


def _tokens(asked: Asked) -> Sheet:
    rows = (
        (
            *(one.name, one.prefix, ", ".join(one.scopes), one.created_by.get_username() if one.created_by else None),
            *(one.created_at, one.expires_at, one.last_used_at, one.revoked_at),
        )
        for one in known_tokens(asked.query.get("q", ""))
    )
    return Sheet(("Name", "Prefix", "Scopes", "Made by", "At", "Until", "Last used", "Revoked"), rows)


def _runbooks(asked: Asked) -> Sheet:
    rows = (
        (
            *(kind, checks()[kind].title, "our own" if runbook.is_own else "as shipped", runbook.number or None),
            *(runbook.outdated, len(steps_of(runbook.text)), runbook.version and runbook.version.made_at),
            runbook.version and runbook.version.made_by.get_username(),
        )
        for kind, runbook in runbooks().items()
    )
    columns = ("Check", "Kind", "Words", "Version", "Shipped text has changed since", "Steps", "Last changed", "By")
    return Sheet(columns, rows)


PREVIEWED = {
    "lines": ("Month", "Part", "Line", "Name", "Now", "With the change"),
    "cases": ("Kind", "Now", "With the change"),
    "opened": ("Month", "Currency", "Exceptions", "At risk"),
    "kept_out": ("Month", "Currency", "Exceptions", "At risk"),
    "decided": ("Month", "Currency", "With the change", "Variances", "Amount"),
}


def _previewed(part: str) -> Callable[[Asked], Sheet]:
    def make(asked: Asked) -> Sheet:
        preview = ChangePreview.objects.filter(id=number_in(asked, "id"), by=asked.person.user).first()
        if preview is None or preview.result.get(part) is None:
            raise NoSuchTable(part)
        return Sheet(PREVIEWED[part], preview.result[part])

    return make


TABLES = (
    {
        f"settings-{key}": Download(f"Settings: {section.title}", _section(section), "configure")
        for key, section in SECTIONS.items()
        if key != "company"
    }
    | {
        f"words-{key}": Download(f"Words: {table.title}", _words(key), "configure")
        for key, table in WORD_TABLES.items()
    }
    | {
        "unmapped": Download("Words without a mapping", _unmapped, "configure"),
        "ignored": Download("Ignored references", _ignored, "configure"),
        "people": Download("People", _people, "manage_people"),
        "invitations": Download("Invitations", _invitations, "manage_people"),
        "tokens": Download("Tokens", _tokens, "manage_people"),
        "runbooks": Download("Runbooks", _runbooks, "configure"),
    }
    | {
        f"preview-{part.replace('_', '-')}": Download(f"Preview of a change: {part}", _previewed(part), "configure")
        for part in PREVIEWED
    }
)
