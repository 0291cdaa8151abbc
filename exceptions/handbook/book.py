"""The handbook: what whoever takes over must know, made from the configuration as it is, and issued with a hash."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db import connection, transaction

from exceptions.company import in_company_time
from exceptions.configuration.changes import record_change
from exceptions.handbook.people import checklist_rows, escalation_rows, news_rows, people_rows
from exceptions.handbook.rows import (
    Row,
    expectation_rows,
    flow_rows,
    kind_rows,
    mapping_rows,
    rule_rows,
    system_rows,
    truth_rows,
)
from exceptions.models import HandbookIssue

Content = dict[str, dict[str, list[str]]]
ISSUING = 5_417_208_612  # the advisory lock of whoever issues


class NothingChanged(Exception):
    """The handbook says what its last issue says."""


@dataclass(frozen=True)
class Chapter:
    """One chapter: a table whose rows are compared with the last issue's. `gone`: rows that this one has no more."""

    key: str
    title: str
    explains: str
    headings: tuple[str, ...]
    rows: list[Row]
    gone: list[str] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many rows differ from the last issue."""
        return sum(bool(row.mark) for row in self.rows) + len(self.gone)

    @property
    def news(self) -> list[str]:
        """What differs from the last issue, row by row, in words."""
        marked = [row for row in self.rows if row.mark]
        told = [f"{row.cells[0]}: {'; '.join(row.changes(self.headings)) or row.mark}" for row in marked]
        return told + [f"{name}: gone" for name in self.gone]

    @property
    def table(self) -> str:
        """The name by which its table is taken as a file."""
        return f"handbook-{self.key}"


@dataclass(frozen=True)
class Handbook:
    """All of it as of now. `issue` null: never issued."""

    chapters: list[Chapter]
    issue: HandbookIssue | None
    content_hash: str

    @property
    def changes(self) -> int:
        """How many rows differ from the last issue."""
        return sum(chapter.changes for chapter in self.chapters)


@dataclass(frozen=True)
class _Plan:
    key: str
    title: str
    explains: str
    headings: tuple[str, ...]
    rows: Callable[[], list[Row]]


PLANS = (
    _Plan(
        "systems",
        "Systems and who owns them",
        "The software that is connected.",
        ("System", "What it is", "Its word counts for", "Owned by", "Whom to call"),
        system_rows,
    ),
    _Plan(
        "flows",
        "Flows",
        "What travels from where to where. A flow that says nothing for three times its cadence and its grace, "
        "although something should travel, is silent.",
        ("Flow", "Records", "From", "To", "Every", "Grace", "Within", "Compared"),
        flow_rows,
    ),
    _Plan(
        "expectations",
        "Expected arrivals",
        "What systems send instead of being read, as far as it is agreed how often. Of anything else, what came before "
        "tells by when more is expected.",
        ("System", "Records", "At least every", "Counted"),
        expectation_rows,
    ),
    _Plan(
        "truth",
        "Source of truth",
        "Where systems disagree, whose word counts.",
        ("Kind of data", "Whose word counts"),
        truth_rows,
    ),
    _Plan(
        "kinds",
        "Kinds of exceptions",
        "What is looked for, whose it is unless a rule says otherwise, and by when, in the team's working hours.",
        ("Kind", "Ledger", "Team", "Severity", "To claim", "To resolve", "Suggested", "Runbook"),
        kind_rows,
    ),
    _Plan(
        "rules",
        "Ownership rules",
        "Of the rules that fit an exception, the last one counts.",
        ("Rule", "Fits", "Goes to", "Ends"),
        rule_rows,
    ),
    _Plan(
        "checks",
        "Daily and weekly checks",
        "What each team checks, and by when.",
        ("Checklist", "Team", "When", "Due after", "Items"),
        checklist_rows,
    ),
    _Plan(
        "escalation",
        "Escalation paths",
        "At 75 % of its time the owner of an exception is told, at its end the leads of the team, and then:",
        ("Team", "Working hours", "Leads", "Then"),
        escalation_rows,
    ),
    _Plan(
        "alerts",
        "How to read alerts",
        "What a line of the inbox, a letter or a message means, and what to do.",
        ("Alert", "What it means", "What to do"),
        news_rows,
    ),
    _Plan(
        "mappings",
        "Mappings in force",
        "What each system's words stand for; of customers and SKUs, how many.",
        ("System and word", "Stands for"),
        mapping_rows,
    ),
    _Plan(
        "people",
        "Who has which role",
        "Everybody who can sign in.",
        ("Person", "Roles", "Teams", "May accept alone"),
        people_rows,
    ),
)


def handbook() -> Handbook:
    """The handbook as the configuration is now, with what changed since its last issue marked.

    Whoever asks, it is in the company's time: an issue is compared and hashed by its words.
    """
    with in_company_time():
        return _as_it_is()


def _as_it_is() -> Handbook:
    issue = HandbookIssue.objects.select_related("issued_by").first()
    chapters = [Chapter(plan.key, plan.title, plan.explains, plan.headings, plan.rows()) for plan in PLANS]
    said = content(chapters)
    if issue is None:
        return Handbook(chapters, None, content_hash(said))
    return Handbook([_marked(chapter, issue.content) for chapter in chapters], issue, content_hash(said))


def _marked(chapter: Chapter, issued: Content) -> Chapter:
    before = issued.get(chapter.key, {})
    rows = [row.marked(before.get(row.key)) for row in chapter.rows]
    here = {row.key for row in rows}
    gone = [cells[0] if cells else key for key, cells in sorted(before.items()) if key not in here]
    return Chapter(chapter.key, chapter.title, chapter.explains, chapter.headings, rows, gone)


def content(chapters: list[Chapter]) -> Content:
    """What the chapters say, row by row, without marks."""
    return {chapter.key: {row.key: list(row.cells) for row in chapter.rows} for chapter in chapters}


def content_hash(said: Content) -> str:
    """The SHA-256 of the canonical JSON of what is said: names sorted, no white space."""
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def issue_handbook(*, by: User, at: datetime) -> HandbookIssue:
    """Stores the handbook as it is now as its next issue, with its entry in the trail; raises NothingChanged."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ISSUING])
    book = handbook()
    last = book.issue
    if last is not None and last.content_hash == book.content_hash:
        raise NothingChanged(f"It says what issue {last.number} says.")
    number = last.number + 1 if last else 1
    said, hash = content(book.chapters), book.content_hash
    made = HandbookIssue.objects.create(number=number, content=said, content_hash=hash, issued_by=by, issued_at=at)
    before = {"hash": last.content_hash} if last else {}
    after = {"hash": hash, "changes": book.changes}
    record_change(about=f"handbook {number}", move="issue", before=before, after=after, by=by, at=at, source="page")
    return made
