"""Feeds what connectors read into the ledgers: which feed's turn it is, and whereto its lines go."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import httpx
import structlog
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from msgspec.structs import replace

from connectors.access import Access
from connectors.connecting import try_connection
from connectors.deliveries import handle_deliveries, open_deliveries
from connectors.lines import Refusal, parse_object
from connectors.mapping import NOT_READABLE, item_of
from connectors.models import Connection, PullRun
from connectors.pull import CADENCE, due_feeds, pull, pull_by_hand, store
from connectors.registry import NoSuchConnector, connector
from connectors.resting import resting
from connectors.sightings import Line
from reconciliation.intake import Receipt, known_topology, take_in_parsed
from reconciliation.models import Flow, LedgerEntry, RejectedLine

BUDGET = timedelta(minutes=5)
log = structlog.get_logger()


def take_in_lines(lines: Sequence[Line | Refusal], source: str) -> Receipt:
    """Stores lines that a mapper made, each accepted or refused by itself, and what it refused already."""
    known = known_topology()
    parsed = [
        replace(line, number=number) if isinstance(line, Refusal) else parse_object(number, line, known)
        for number, line in enumerate(lines, 1)
    ]
    return take_in_parsed(parsed, source=source, clock=timezone.now)


def tell_again(connection: Connection) -> Receipt:
    """Has what could not be read of the connection's items read once more, as it was kept: their mapper was mended.

    Each counts as read when it was refused, so that it undoes nothing that was read since.
    """
    made, whole, seen = connector(connection.kind, connection.vendor), Receipt(), set[bytes]()

    def counted(lines: Sequence[Line | Refusal], source: str) -> Receipt:
        receipt = take_in_lines(lines, source)
        whole.add(receipt)
        return receipt

    for line in _unread(connection).iterator(chunk_size=50):
        if (kept := item_of(bytes(line.raw))) is None or (digest := sha256(repr(kept).encode()).digest()) in seen:
            continue
        seen.add(digest)
        store(connection, made, [kept], read_at=line.arrived_at, take_in=counted, source="again")
    return whole


def _unread(connection: Connection) -> QuerySet[RejectedLine]:
    """The refusals of items of which nothing was read since, the oldest first."""
    named = {"type": OuterRef("type"), "system": OuterRef("system"), "id": OuterRef("record_id")}
    since = LedgerEntry.objects.filter(**named, arrived_at__gt=OuterRef("arrived_at"))
    refused = RejectedLine.objects.filter(~Exists(since), system=connection.system, code=NOT_READABLE)
    return refused.order_by("arrived_at")


def due_pulls(*, at: datetime) -> list[tuple[int, str]]:
    """(connection, feed) of all feeds whose turn it is."""
    found = []
    for connection in Connection.objects.filter(paused_at=None):
        try:
            made = connector(connection.kind, connection.vendor)
        except NoSuchConnector as error:  # of another version; the others are read all the same
            log.error("no connector", system=connection.system, reason=str(error))
            continue
        due = due_feeds(connection, made, at=at, cadence=cadence_of(connection.system))
        found += [(connection.id, feed.name) for feed in due]
    return found


def asked_pulls(*, at: datetime) -> list[int]:
    """The windows asked for by hand that may go on; where the vendor is left alone, each is tried once."""
    may_go_on = Q(resume_at=None) | Q(resume_at__lte=at) & ~resting(at, "connection__")
    return list(PullRun.objects.filter(may_go_on, by_hand=True, finished_at=None).values_list("id", flat=True))


def connections_told(*, at: datetime) -> list[int]:
    """Connections with deliveries to handle."""
    return [found.id for found in Connection.objects.filter(paused_at=None) if open_deliveries(found, at=at).exists()]


def cadence_of(system: str) -> timedelta:
    """The shortest cadence of the flows that begin or end at the system."""
    shortest = Flow.objects.filter(Q(source_id=system) | Q(target_id=system)).aggregate(shortest=Min("cadence"))
    return shortest["shortest"] or CADENCE


def pull_feed(connection: Connection, feed: str, *, transport: httpx.BaseTransport | None = None) -> PullRun | None:
    """Reads the feed's open or next window; None where there is nothing to read yet. Raises Busy."""
    made = connector(connection.kind, connection.vendor)
    access = access_to(connection, transport=transport)
    return pull(connection, made, made.feed(feed), access=access, take_in=take_in_lines, budget=BUDGET)


def pull_window(run: PullRun, *, transport: httpx.BaseTransport | None = None) -> PullRun:
    """Goes on with a window that a person asked for. Raises Busy."""
    made = connector(run.connection.kind, run.connection.vendor)
    access = access_to(run.connection, transport=transport)
    return pull_by_hand(run, made, access=access, take_in=take_in_lines, budget=BUDGET)


def handle_told(connection: Connection, *, transport: httpx.BaseTransport | None = None) -> int:
    """Handles the connection's waiting deliveries; how many. Raises Busy."""
    made = connector(connection.kind, connection.vendor)
    return handle_deliveries(connection, made, access=access_to(connection, transport=transport), take_in=take_in_lines)


def look_after(connection: Connection, *, transport: httpx.BaseTransport | None = None) -> list[str]:
    """Tests the connection, and keeps with it what is missing, also subscriptions that are gone."""
    made = connector(connection.kind, connection.vendor)
    return try_connection(connection, made, access=access_to(connection, transport=transport))


def access_to(connection: Connection, *, transport: httpx.BaseTransport | None = None) -> Access:
    """What the connection's client is built from, with the ledgers at hand."""

    def known(type: str, after: str, most: int) -> list[str]:
        reigning = LedgerEntry.objects.filter(
            type=type, system=connection.system, until=None, content__isnull=False, id__gt=after
        )
        return list(reigning.order_by("id").values_list("id", flat=True)[:most])

    return Access(connection, clock=timezone.now, transport=transport, known=known)
