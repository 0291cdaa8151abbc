"""How far back a new connection is read: the first window of each feed begins where a person says."""

from datetime import datetime

from connectors.models import Connection, Cursor, PullRun
from connectors.registry import Connector, Feed

WHOLE = frozenset({"product", "stock_level"})  # what counts as it stands now, however long ago it changed


def was_begun(connection: Connection, connector: Connector) -> bool:
    """Whether its reading ever began; of what is not read at all, always."""
    return not connector.feeds or len(never_read(connection, connector)) < len(_by_themselves(connector))


def never_read(connection: Connection, connector: Connector) -> list[Feed]:
    """The feeds that run by themselves and of which no window was opened yet."""
    begun = {
        *PullRun.objects.filter(connection=connection, by_hand=False).values_list("feed", flat=True),
        *Cursor.objects.filter(connection=connection).exclude(watermark=None).values_list("feed", flat=True),
    }
    return [feed for feed in _by_themselves(connector) if feed.name not in begun]


def open_history(connection: Connection, connector: Connector, *, since: datetime, at: datetime) -> list[PullRun]:
    """Opens the first window, from `since`, of each feed that reads windows and was never read.

    Catalogues and stock are read whole, as far back as their feed begins; sweeps have no window to open.
    """
    opened = []
    for feed in never_read(connection, connector):
        until = at - feed.lag
        begins = min(since, until - feed.begins) if WHOLE.issuperset(feed.gives) else since
        if not feed.sweep and begins < until:
            window = {"since": begins, "until": until, "started_at": at}
            opened.append(PullRun.objects.create(connection=connection, feed=feed.name, **window))
    return opened


def _by_themselves(connector: Connector) -> list[Feed]:
    return [feed for feed in connector.feeds if not feed.by_hand_only]
