"""Vendors' words, whatever their spelling."""

import re
from typing import Any

NO_TEXT = re.compile("[\\0\ud800-\udfff]")  # what no database keeps: NUL, and halves of surrogate pairs
LONGEST_ID = 1_000  # characters


def folded(said: Any) -> str:
    """Without regard to case, spaces, hyphens and underscores."""
    return "".join(sign for sign in str(said or "").casefold() if sign.isalnum())


def text(said: Any) -> str | None:
    """Words or a number as text; None stays None."""
    return None if said is None else str(said)


def pairs(setting: str) -> dict[str, str]:
    """`a=b, c=d`, as people enter which word means which, as a dictionary."""
    said = (part.partition("=") for part in setting.split(",") if "=" in part)
    return {name.strip(): value.strip() for name, _, value in said}
