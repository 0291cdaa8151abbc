"""The runbook of a kind as a page shows it: Markdown made into HTML that can do no harm."""

from functools import cache
from pathlib import Path

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from reconciliation.declarations import checks

RUNBOOKS = Path(__file__).parents[1] / "docs" / "runbooks"
TAGS = {"h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a", "br", "hr"} | {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


@cache
def runbook_html(kind: str) -> SafeString:
    """The shipped runbook without its title; empty for a kind that is not declared."""
    if kind not in checks():
        return SafeString("")
    text = (RUNBOOKS / f"{kind}.md").read_text(encoding="utf-8")
    return markdown_html(text.partition("\n")[2])


def markdown_html(text: str) -> SafeString:
    """Markdown as HTML of a few harmless tags, headings one level down."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    for level in (3, 2, 1):
        html = html.replace(f"<h{level}>", f"<h{level + 1}>").replace(f"</h{level}>", f"</h{level + 1}>")
    return mark_safe(nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto"}))
