"""The runbook of a kind: the shipped text or our own words over it, and Markdown made into HTML that can do no harm."""

import difflib
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

import nh3
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from exceptions.configuration.changes import record_change
from exceptions.models import RunbookVersion
from reconciliation.declarations import checks

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
LONGEST = 50_000
TAGS = {"h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a", "br", "hr"} | {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


class RunbookRefused(ValueError):
    """A runbook cannot be stored as it is; the message says why."""


@dataclass(frozen=True)
class Runbook:
    """The runbook of a kind in force. `version` null: the shipped one."""

    kind: str
    text: str
    version: RunbookVersion | None = None

    @property
    def html(self) -> SafeString:
        """Without its title."""
        return markdown_html(self.text.partition("\n")[2])

    @property
    def is_own(self) -> bool:
        """Whether it is in our own words."""
        return self.version is not None and self.version.text is not None

    @property
    def outdated(self) -> bool:
        """Whether the shipped text is no longer the one that ours was written over."""
        return self.is_own and self.version is not None and self.version.shipped != digest(shipped_text(self.kind))

    @property
    def number(self) -> int:
        """The number of the last version, also where it went back to the shipped text; 0 before any."""
        return self.version.number if self.version else 0


def runbook_of(kind: str) -> Runbook:
    """The runbook in force; empty for a kind that is not declared."""
    version = RunbookVersion.objects.filter(kind=kind).order_by("-number").first()
    return _in_force(kind, version)


def runbooks() -> dict[str, Runbook]:
    """The runbook in force of every kind, in one query."""
    newest = RunbookVersion.objects.order_by("kind", "-number").distinct("kind").select_related("made_by")
    versions = {version.kind: version for version in newest}
    return {kind: _in_force(kind, versions.get(kind)) for kind in sorted(checks())}


def _in_force(kind: str, version: RunbookVersion | None) -> Runbook:
    own = version.text if version else None
    return Runbook(kind, shipped_text(kind) if own is None else own, version)


@cache
def shipped_text(kind: str) -> str:
    """The shipped runbook; empty for a kind that is not declared."""
    return (RUNBOOKS / f"{kind}.md").read_text(encoding="utf-8") if kind in checks() else ""


def digest(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=256)
def markdown_html(text: str) -> SafeString:
    """Markdown as HTML of a few harmless tags, headings one level down."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    for level in (3, 2, 1):
        html = html.replace(f"<h{level}>", f"<h{level + 1}>").replace(f"</h{level}>", f"</h{level + 1}>")
    return mark_safe(nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto"}))


@transaction.atomic
def write_runbook(kind: str, text: str | None, *, seen: int, by: User, at: datetime) -> RunbookVersion:
    """Stores a version over the one numbered `seen`; null goes back to the shipped text; raises RunbookRefused."""
    if kind not in checks():
        raise RunbookRefused(f"There is no kind {kind}.")
    before = runbook_of(kind)
    if before.number != seen:
        raise RunbookRefused("Somebody has stored another version meanwhile; look at it, then store yours.")
    said = None if text is None else _checked(text)
    if said == (before.text if before.is_own else None):
        raise RunbookRefused("Nothing is changed.")
    stored = RunbookVersion.objects.create(
        kind=kind, number=seen + 1, text=said, shipped=digest(shipped_text(kind)), made_by=by, made_at=at
    )
    was = {"version": seen, "text": digest(before.text)}
    now = {"version": stored.number, "text": "as shipped" if said is None else digest(said)}
    move = "revert" if said is None else "change"
    record_change(about=f"runbook {kind}", move=move, before=was, after=now, by=by, at=at, source="page")
    return stored


def _checked(text: str) -> str:
    said = text.replace("\r\n", "\n").replace("\0", "").strip() + "\n"
    if len(said) > LONGEST:
        raise RunbookRefused(f"At most {LONGEST:,} characters.")
    if not said.startswith("# ") or not said.partition("\n")[2].strip():
        raise RunbookRefused("It begins with a title, “# …”, and says something below it.")
    return said


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """The lines of both texts: (`+`, `-` or a blank, line), unchanged ones only around a change."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return [(line[:1], line[1:]) for line in lines if not line.startswith(("---", "+++"))]
