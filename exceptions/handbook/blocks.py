"""Markdown as nested blocks of plain text, for whatever sets it other than in HTML."""

from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Block = dict[str, Any]
Runs = list[dict[str, Any]]
STYLES = {"strong": "strong", "em": "em"}
LISTS = {"bullet_list": False, "ordered_list": True}


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text: `sort` is heading, paragraph, list, table, quote or code; links keep their words alone."""
    parsed = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    return list(_blocks(SyntaxTreeNode(parsed)))


def _blocks(parent: SyntaxTreeNode) -> Iterator[Block]:
    for node in parent.children:
        if node.type == "heading":
            yield {"sort": "heading", "level": int(node.tag[1:]), "runs": _runs(node)}
        elif node.type == "paragraph":
            yield {"sort": "paragraph", "runs": _runs(node)}
        elif node.type in LISTS:
            items = [list(_blocks(item)) for item in node.children]
            yield {"sort": "list", "ordered": LISTS[node.type], "items": items}
        elif node.type == "table":
            rows = [row for part in node.children for row in part.children]
            yield {"sort": "table", "rows": [[_runs(cell) for cell in row.children] for row in rows]}
        elif node.type == "blockquote":
            yield {"sort": "quote", "blocks": list(_blocks(node))}
        elif node.type in ("fence", "code_block"):
            yield {"sort": "code", "text": node.content}


def _runs(parent: SyntaxTreeNode, **style: bool) -> Runs:
    found: Runs = []
    for node in parent.children:
        if node.type in STYLES:
            found += _runs(node, **style | {STYLES[node.type]: True})
        elif node.children:
            found += _runs(node, **style)
        elif node.type in ("softbreak", "hardbreak"):
            found.append({"text": " "} | style)
        else:
            found.append({"text": node.content, "code": node.type == "code_inline"} | style)
    return found
