"""How long payloads are kept: after the company's days they go, but for those that something open is about.

What a payload said is kept: typed facts, statements and signed months do not read it. Its version keeps the key that is
made from the line as it came, so that a line from elsewhere can be proven to be the one, and sent again is no news.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from exceptions.company import stored_company
from reconciliation.statements import statement

SQL = Path(__file__).parent / "sql"
AT_ONCE = 10_000
REMOVED = '{"removed_at": '  # what a removed payload begins with


def forget_payloads(*, at: datetime) -> int:
    """Removes the payloads whose time is over, ten thousand in a transaction; how many. None where all are kept."""
    days = stored_company().payload_days
    if days is None:
        return 0
    instead = f'{REMOVED}"{at.isoformat()}"}}'
    asked = {"before": at - timedelta(days=days), "removed": REMOVED, "instead": instead, "most": AT_ONCE}
    total = 0
    while gone := _forget_some(asked):
        total += gone
    return total


def forget_arrivals() -> int:
    """Removes the notes of what came long before the newest of its kind; how many."""
    with connection.cursor() as cursor:
        cursor.execute(statement("retention/forget_arrivals", SQL))
        return int(cursor.rowcount)


@transaction.atomic
def _forget_some(asked: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement("retention/forget_payloads", SQL), asked)
        return int(cursor.rowcount)
