"""A vendor that is down is left alone: nobody asks it before a while is over, whoever has something to ask."""

from datetime import datetime, timedelta

from django.db.models import Max, Q

from connectors.http import CircuitOpen, Failing, Unreachable
from connectors.models import Connection, Cursor, PullRun

LONGEST_REST = timedelta(minutes=30)


def rests_until(connection: Connection, *, at: datetime) -> datetime | None:
    """Until when nobody is to ask; None where one may."""
    until = connection.open_until
    return until if until and at < until <= at + LONGEST_REST else None  # longer: noted while the clock stood ahead


def resting(at: datetime, of: str = "") -> Q:
    """The connections that `rests_until` has a moment for; `of` leads to them, as `connection__` does."""
    return Q(**{f"{of}open_until__gt": at, f"{of}open_until__lte": at + LONGEST_REST})


def rest_if_down(cursor: Cursor, error: Exception, *, until: datetime) -> None:
    """Lets the connection rest where its other feeds would fare no better than this one, which failed just now."""
    if isinstance(error, Unreachable) or (isinstance(error, CircuitOpen | Failing) and _others_fail(cursor)):
        Connection.objects.filter(id=cursor.connection_id).update(open_until=until)


def _others_fail(cursor: Cursor) -> bool:
    """Whether another feed failed when it was last tried, and no page of any has come since."""
    others = Cursor.objects.filter(connection=cursor.connection_id, failures__gt=0).exclude(id=cursor.pk)
    since = others.aggregate(last=Max("tried_at"))["last"]
    pages = PullRun.objects.filter(connection=cursor.connection_id)
    return since is not None and not pages.filter(advanced_at__gte=since).exists()
