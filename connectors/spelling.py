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
