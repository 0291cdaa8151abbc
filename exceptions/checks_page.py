"""The page that says of every kind what it asks, when it is raised and what can be done: docs/checks.md."""

from collections.abc import Mapping
from pathlib import Path

from exceptions.resolutions import Resolution, resolutions
from reconciliation.declarations import Check, checks

LEDGERS = ("orders", "catalogue", "returns", "credits", "stock", "sync")
PAGE = Path(__file__).parents[1] / "docs" / "checks.md"
HEAD = """# Every kind of exception

Made from the declarations beside the checks by `manage.py checks_page`; a test holds it to them. The exact rule is the
SELECT of the kind.
"""


def checks_page() -> str:
    """The whole page as Markdown."""
    said = resolutions()
    parts = [HEAD]
    for ledger in LEDGERS:
        parts.append(f"## {ledger.capitalize()}\n")
        parts += [_entry(check, said) for _, check in sorted(checks().items()) if check.ledger == ledger]
    return "\n".join(parts)


def _entry(check: Check, said: Mapping[str, Resolution]) -> str:
    rule = " ".join(check.rule.split())
    yields = ", ".join(f"`{rule.to}`" for rule in check.yields)
    lines = [
        f"### {check.title}\n",
        f"`{check.kind}` · {check.severity} · {check.team} · [runbook](runbooks/{check.kind}.md)\n",
        f"*{check.question}*\n",
        f"{rule}\n",
        f"What can be done: {'; '.join(said[name].label.lower() for name in check.resolutions)}.\n",
    ]
    if yields:
        lines.append(f"Yields to {yields}.\n")
    return "\n".join(lines)
