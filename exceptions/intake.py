"""Findings → cases, set-based: open the new, refresh the known, resolve what agrees again, bring back what recurs.

People move cases elsewhere; here only data does. Whatever happens is written to the trail in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from exceptions.ownership import place, prepare
from reconciliation.statements import statement

SQL = Path(__file__).parent / "sql"
BEFORE_PLACING = (
    *("lifted", "spoken_for", "legs", "told", "held", "suppressed", "speaking"),
    *("reopen", "refresh", "merged", "unknown", "severe", "storms"),
)
AFTER_PLACING = (
    "open",
    "heal",
    "waken",
    "proved",
    "failed",
    "idle",
    "unclaimed",
    "escalate",
    "trail",
)


@dataclass(frozen=True)
class Counts:
    """What a run meant for the cases of one kind."""

    opened: int = 0
    reopened: int = 0
    resolved: int = 0


def take_in_findings(*, run: int, as_of: datetime, at: datetime) -> dict[str, Counts]:
    """Brings the cases up to date with all findings that changed; counts by kind. `at`: now, for the trail."""
    moment: dict[str, int | datetime] = {"run": run, "as_of": as_of, "at": at}
    with transaction.atomic(), connection.cursor() as cursor:
        prepare(cursor)
        for step in BEFORE_PLACING:
            cursor.execute(statement(f"intake/{step}", SQL), moment)
        place(cursor, at=at)
        for step in AFTER_PLACING:
            cursor.execute(statement(f"intake/{step}", SQL), moment)
        cursor.execute(statement("intake/counts", SQL))
        return {kind: Counts(*counts) for kind, *counts in cursor.fetchall()}
