"""The handbook as a PDF: set from what the page shows, text as text, never as mark-up."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from exceptions.company import current_company, in_company_time
from exceptions.formats import instant_text
from exceptions.handbook.blocks import blocks_of
from exceptions.handbook.book import Chapter, Handbook
from exceptions.handbook.picture import Picture
from exceptions.handbook.rows import name_of
from exceptions.runbooks.texts import Runbook

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "handbook" / "handbook.typ"


def handbook_pdf(book: Handbook, drawn: Picture, *, at: datetime, appended: Iterable[Runbook] = ()) -> bytes:
    """The PDF, with the runbooks that are `appended` to it."""
    with in_company_time():  # whoever takes it, it reads the same
        said = _said(book, drawn, at)
    said |= {"runbooks": [blocks_of(runbook.text) for runbook in appended]}
    made: Any = typst.compile(TEMPLATE, root=TEMPLATE.parent, sys_inputs={"book": json.dumps(said)})
    return bytes(made)


def _said(book: Handbook, drawn: Picture, at: datetime) -> dict[str, Any]:
    issue = book.issue
    issued = f"Issue {issue.number}, {instant_text(issue.issued_at)}, {name_of(issue.issued_by)}" if issue else ""
    return {
        "company": current_company().name or "Handbook",
        "as_of": instant_text(at),
        "time_zone": current_company().time_zone,
        "issued": issued or "Never issued",
        "changes": book.changes if issue else 0,
        "hash": book.content_hash,
        "picture": drawn.svg if drawn.boxes else "",
        "chapters": [_chapter(chapter, issued=issue is not None) for chapter in book.chapters],
    }


def _chapter(chapter: Chapter, *, issued: bool) -> dict[str, Any]:
    return {
        "title": chapter.title,
        "explains": chapter.explains,
        "headings": list(chapter.headings),
        "rows": [[*row.cells, row.mark] for row in chapter.rows],
        "gone": chapter.gone,
        "news": chapter.news if issued else [],
    }
