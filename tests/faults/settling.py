"""What only time brings: every feed is read to now, and what waits to be handled or written is."""

from django.utils import timezone

from connectors.models import Connection
from connectors.outbox import due_writes
from connectors.registry import connector
from exceptions.pulling import connections_told, handle_told, pull_feed
from exceptions.writeback.delivery import write_one

ROUNDS = 20


def settle():
    """Until nothing is due any more; twice, as what is written is read again."""
    for _ in range(2):
        for connection in Connection.objects.all():
            made = connector(connection.kind, connection.vendor)
            for feed in (one for one in made.feeds if not one.by_hand_only):
                _read(connection, feed.name)
        _until_none(
            lambda: [handle_told(Connection.objects.get(id=one)) for one in connections_told(at=timezone.now())]
        )
        _until_none(lambda: [write_one(change) for change in due_writes(at=timezone.now())])


def webhook_of(connection):
    return connector(connection.kind, connection.vendor).webhook


def _read(connection, feed):
    """The window that was left open, and one more."""
    ended = 0
    for _ in range(ROUNDS):
        run = pull_feed(connection, feed)
        ended += run is None or run.finished_at is not None
        if run is None or ended == 2:
            return


def _until_none(does):
    for _ in range(ROUNDS):
        if not does():
            return
