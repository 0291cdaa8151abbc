"""Who is told what at once: news out of the trail, into the inboxes, and on to the channels that people chose.

Each entry of the trail is looked at once, in the transaction that writes what it means for the inboxes and for the
messages to send; whatever breaks off is done again from the start, and nothing is told twice.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from connectors.locks import Busy, held
from exceptions.company import in_company_time
from exceptions.models import Notification, ToldEntry
from exceptions.news.missed import queue_missed
from exceptions.news.queueing import Happened, queue_news
from exceptions.rights import BARRED, RIGHTS
from reconciliation.statements import statement

SQL = Path(__file__).parent / "sql"
STEPS = ("tables", "heard", "news", "team_news", "idle", "listeners", "covers", "mentioned", "approvers")
MOVES = (
    "assign",
    "reassign",
    "propose",
    "escalate",
    "unclaimed",
    "detect",
    "regress",
    "return",
    "exceed",
    "transfer",
    "fix_failed",
    "write_refused",
    "write_unsure",
    "reject",
    "void",
)
WAIT = timedelta(minutes=2)  # before an assignment is told, as many are given back at once
DAY = timedelta(days=1)  # what is older is no news
MARGIN = timedelta(hours=6)  # by which an entry may be committed after its moment
MOST = 5  # of one sort at once, one by one; of more, each kind in one line
KEPT = timedelta(days=90)


def tell_news(*, at: datetime) -> int:
    """Writes what happened since into the inboxes of whom it concerns; how many lines. Nothing while another does."""
    try:
        with held("notify"), in_company_time(), transaction.atomic():
            return _tell(at)
    except Busy:
        return 0


def _tell(at: datetime) -> int:
    asked: dict[str, Any] = {
        "at": at,
        "day": DAY,
        "margin": MARGIN,
        "wait": WAIT,
        "most": MOST,
        "moves": list(MOVES),
        "working": sorted(RIGHTS["work"]),
        "approving": sorted(RIGHTS["approve"]),
        "barred": sorted(BARRED["approve"]),
    }
    with connection.cursor() as cursor:
        for step in STEPS:
            cursor.execute(statement(f"news/{step}", SQL), asked)
        cursor.execute(statement("news/notify", SQL), asked)
        written = [id for (id,) in cursor.fetchall()]
        cursor.execute("select sort, case_id, entry from told_news where sort <> 'mention'")
        happened = [Happened(*row) for row in cursor.fetchall()]
        cursor.execute(statement("news/missed", SQL), asked)
        missed = dict(cursor.fetchall())
        cursor.execute(
            statement("news/missed_ears", SQL), asked | {"rounds": list(missed), "entries": list(missed.values())}
        )
        written += [id for (id,) in cursor.fetchall()]
    queue_news(written, happened, at=at)
    queue_missed(missed, at=at)
    return len(written)


def forget_old_news(*, at: datetime) -> int:
    """Removes lines that were read long ago, and what was noted of entries that can be no news any more."""
    ToldEntry.objects.filter(told_at__lt=at - 3 * DAY).delete()
    return Notification.objects.filter(read_at__lt=at - KEPT).delete()[0]
