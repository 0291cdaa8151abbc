"""The page that says of every kind what it asks, when it is raised and what can be done: docs/checks.md."""

import tomllib
from pathlib import Path
from typing import Any

from reconciliation.declarations import Check, checks

LEDGERS = ("orders", "catalogue", "returns", "credits", "stock", "sync")
PAGE = Path(__file__).parents[2] / "docs" / "checks.md"
HEAD = """# Every kind of exception

Made from the declarations beside the checks by `manage.py checks_page`; a test holds it to them. The exact rule is the
SELECT of the kind.
"""


def resolutions() -> dict[str, dict[str, Any]]:
    """Every resolution by its key: label, what it does, its effect, whether it needs approval."""
    return tomllib.loads((Path(__file__).parent / "resolutions.toml").read_text(encoding="utf-8"))


def checks_page() -> str:
    """The whole page as Markdown."""
    said = resolutions()
    parts = [HEAD]
    for ledger in LEDGERS:
        parts.append(f"## {ledger.capitalize()}\n")
        parts += [_entry(check, said) for _, check in sorted(checks().items()) if check.ledger == ledger]
    return "\n".join(parts)


def _entry(check: Check, said: dict[str, dict[str, Any]]) -> str:
    rule = " ".join(check.rule.split())
    yields = ", ".join(f"`{rule.to}`" for rule in check.yields)
    lines = [
        f"### {check.title}\n",
        f"`{check.kind}` · {check.severity} · {check.team} · [runbook](runbooks/{check.kind}.md)\n",
        f"*{check.question}*\n",
        f"{rule}\n",
        f"What can be done: {'; '.join(said[name]['label'].lower() for name in check.resolutions)}.\n",
    ]
    if yields:
        lines.append(f"Yields to {yields}.\n")
    return "\n".join(lines)
