"""Vendors' words, whatever their spelling."""

from typing import Any


def folded(said: Any) -> str:
    """Without regard to case, spaces, hyphens and underscores."""
    return "".join(sign for sign in str(said or "").casefold() if sign.isalnum())


def text(said: Any) -> str | None:
    """Words or a number as text; None stays None."""
    return None if said is None else str(said)
