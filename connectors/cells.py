"""The cells of files: exact numbers and moments, or what is wrong with them and in which row."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

YES, NO = ("true", "yes", "y", "1"), ("false", "no", "n", "0")


class CellRefused(ValueError):
    """A cell does not hold what its column says; the text names the row."""


def text(row: Mapping[str, Any], column: str) -> str | None:
    """A trimmed cell; None where it is empty."""
    return str(row.get(column) or "").strip() or None


def number(row: Mapping[str, Any], column: str) -> Decimal | None:
    """A number with a decimal point; None where the cell is empty."""
    said = text(row, column)
    try:
        found = None if said is None else Decimal(said)
    except InvalidOperation:
        raise CellRefused(f"Row {row['row']}: {column} is {said!r}, and must be a number such as 12.50.") from None
    if found is not None and not found.is_finite():
        raise CellRefused(f"Row {row['row']}: {column} is {said!r}, and must be a number such as 12.50.")
    return found


def needed(row: Mapping[str, Any], column: str) -> Decimal:
    """A number that must be there."""
    found = number(row, column)
    if found is None:
        raise CellRefused(f"Row {row['row']}: {column} is empty.")
    return found


def moment(row: Mapping[str, Any], column: str) -> str | None:
    """An ISO 8601 moment, in UTC unless it says otherwise; None where the cell is empty."""
    said = text(row, column)
    try:
        found = None if said is None else datetime.fromisoformat(said)
    except ValueError:
        raise CellRefused(f"Row {row['row']}: {column} is {said!r}, and must be an ISO 8601 time.") from None
    return None if found is None else (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()


def flag(row: Mapping[str, Any], column: str) -> bool | None:
    """Yes or no; None where the cell is empty."""
    said = (text(row, column) or "").lower()
    if said and said not in YES + NO:
        raise CellRefused(f"Row {row['row']}: {column} is {said!r}, and must be yes or no.")
    return said in YES if said else None
