"""The page of documentation of each outside system: docs/systems, as shipped."""

import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString

from connectors.registry import Connector
from exceptions.runbooks.texts import markdown_html

PAGES = Path(__file__).parents[2] / "docs" / "systems"
NAME = re.compile("[a-z_]+")
PUSH = "push"


class NoSuchPage(LookupError):
    """There is no page of this name."""


def page_of(made: Connector) -> str:
    """The name of the connector's page: that of its vendor, or of what it is where the vendor is a sort of feed."""
    return page_name(made.kind, made.vendor)


def page_name(kind: str, vendor: str) -> str:
    """The name of the page of systems of this kind and vendor."""
    if vendor == "file":
        return f"{kind}_file"
    return PUSH if vendor == "generic" or (kind == "generic" and not vendor) else vendor or kind


def html_of(name: str) -> dict[str, SafeString | str]:
    """The title and the text of a page; raises NoSuchPage."""
    title, _, text = text_of(name).partition("\n")
    return {"title": title.removeprefix("# ").strip(), "text": markdown_html(text)}


@cache
def text_of(name: str) -> str:
    """The page as it is written; raises NoSuchPage."""
    file = PAGES / f"{name}.md"
    if not NAME.fullmatch(name) or not file.is_file():
        raise NoSuchPage(name)
    return file.read_text(encoding="utf-8")
