"""The queries, each with the fragments it spreads."""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "queries"
FRAGMENTS = {"OrderFields": "order_fields", "DraftFields": "draft_fields", "LevelFields": "level_fields"}


@cache
def query(name: str) -> str:
    """The text of `queries/<name>.graphql` with its fragments."""
    text = (FOLDER / f"{name}.graphql").read_text(encoding="utf-8")
    spread = sorted(set(re.findall(r"\.\.\.(\w+Fields)\b", text)))
    return "\n".join([text, *((FOLDER / f"{FRAGMENTS[one]}.graphql").read_text(encoding="utf-8") for one in spread)])
