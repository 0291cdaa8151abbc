"""Vendors' words, whatever their spelling."""

import re
from collections.abc import Sequence
from typing import Any

NO_TEXT = re.compile("[\\0\ud800-\udfff]")  # what no database keeps: NUL, and halves of surrogate pairs
LONGEST_ID = 1_000  # characters


def folded(said: Any) -> str:
    """Without regard to case, spaces, hyphens and underscores."""
    return "".join(sign for sign in str(said or "").casefold() if sign.isalnum())


def text(said: Any) -> str | None:
    """Words or a number as text; None stays None."""
    return None if said is None else str(said)


def distinct(ids: Sequence[Any]) -> list[str | None]:
    """A vendor's ids of rows, where they tell the rows apart; else none, so that their places count."""
    found = [str(id) if id is not None else "" for id in ids]
    return list(found) if all(found) and len(set(found)) == len(found) else [None] * len(found)


def pairs(setting: str) -> dict[str, str]:
    """`a=b, c=d`, as people enter which word means which, as a dictionary."""
    said = (part.partition("=") for part in setting.split(",") if "=" in part)
    return {name.strip(): value.strip() for name, _, value in said}
