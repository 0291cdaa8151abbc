"""What happened to cases in the days before a moment, and the windows that look at it."""

from datetime import UTC, datetime, timedelta

from exceptions.homes import insight
from exceptions.homes.insight import Scope
from exceptions.models import TrailEntry

NOW = datetime(2026, 9, 30, 12, tzinfo=UTC)
OPENS = {"detect": (None, "new"), "regress": ("resolved", "new"), "reopen": ("resolved", "in_progress")}
CLOSES = {
    "auto-resolve": ("new", "resolved"),
    "supersede": ("new", "resolved"),
    "verify": ("fix_applied", "resolved"),
    "accept": ("in_progress", "accepted"),
    "dismiss": ("new", "dismissed"),
}


def ago(days=0.0):
    return NOW - timedelta(days=days)


def happened(known, move, days, **details):
    """One entry of the trail, so many days ago."""
    source, target = (OPENS | CLOSES).get(move, ("in_progress", "in_progress"))
    if move in ("claim", "assign"):
        source, target = "new", "in_progress"
    if move == "fix_failed":
        source, target = "fix_applied", "in_progress"
    return TrailEntry.objects.create(
        case=known, at=ago(days), move=move, from_state=source, to_state=target, source="run 1", details=details
    )


def window(days=7, **chosen):
    return insight.last_days(days, at=NOW, scope=Scope(NOW, NOW, **chosen))


def days_of(scope):
    return insight.days(scope, insight.movements(scope), insight.backlog(scope))
