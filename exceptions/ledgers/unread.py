"""The systems that are not read, or do not send, as expected, and what in the queue rests on their word.

No kind of exception speaks of them: the checks judge records, and a system that is not read has said nothing wrong.
What it says is old, and what it would have said is missing; the queue and each exception say so as long as it lasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Count, Q
from django.urls import reverse

from connectors.health import FeedHealth, SystemHealth
from connectors.models import Connection
from exceptions.homes.snapshots import snapshot
from exceptions.ledgers.arrivals import Arrival, late_arrivals
from exceptions.ledgers.feeds import systems_read
from exceptions.models import OPEN, ExceptionCase
from reconciliation.models import System

SHOWN = 200


@dataclass(frozen=True)
class Unread:
    """A system with feeds that are late: `read_at` when the first of them last succeeded, null where one never did.

    `expected_by` is when that one should have; `why` the vendor's words; `cases` the open exceptions it has a say in.
    `sends`: its feeds are record types that it sends, and `read_at` is when the first of them last came.
    """

    address: str
    system: str
    name: str
    feeds: tuple[str, ...]
    read_at: datetime | None
    expected_by: datetime
    why: str
    cases: int = 0
    sends: bool = False


def late_feeds(told: SystemHealth, at: datetime) -> list[FeedHealth]:
    """The feeds of a system that are late at a moment: three cadences without a success. A paused one has none."""
    return [feed for feed in told.feeds if feed.late_from is not None and feed.late_from <= at]


def unread_systems(*, at: datetime) -> list[Unread]:
    """The systems that are late, the longest unread first; taken once a minute for all who ask."""
    return snapshot("feeds:unread", _unread, at=at).figures


def _unread(at: datetime) -> list[Unread]:
    late = {told.connection: feeds for told in systems_read(at=at) if (feeds := late_feeds(told, at))}
    sent = {system: [*found] for system, found in groupby(_by_system(at), key=attrgetter("system"))}
    keys = sorted({connection.system for connection in late} | set(sent))
    names = {system.key: str(system) for system in System.objects.filter(key__in=keys)} if keys else {}
    cases = _cases(keys)
    found = [_told(one, feeds, names.get(one.system, one.system), cases[one.system]) for one, feeds in late.items()]
    found += [_not_sent(of_one, cases[system]) for system, of_one in sent.items()]
    return sorted(found, key=lambda one: (one.expected_by, one.system, one.sends))


def _by_system(at: datetime) -> list[Arrival]:
    return sorted(late_arrivals(at=at), key=attrgetter("system"))


def _not_sent(late: Sequence[Arrival], cases: int) -> Unread:
    first = min(late, key=attrgetter("expected_by"))
    assert first.expected_by is not None  # of what is late
    types = tuple(one.type.replace("_", " ") for one in late)
    address = f"{reverse('feeds')}#sent"
    return Unread(address, first.system, first.name, types, first.heard_at, first.expected_by, "", cases, sends=True)


def _told(connection: Connection, late: Sequence[FeedHealth], name: str, cases: int) -> Unread:
    first = min(late, key=lambda feed: feed.succeeded_at or connection.created_at)
    assert first.expected_by is not None  # of a connection that is not paused
    why = next((feed.error[:SHOWN] for feed in late if feed.error), "")
    feeds = tuple(feed.feed for feed in late)
    address = f"{reverse('connections')}#connection-{connection.pk}"
    return Unread(address, connection.system, name, feeds, first.succeeded_at, first.expected_by, why, cases)


def _cases(systems: Sequence[str]) -> dict[str, int]:
    """How many open exceptions each system has a say in, in one query."""
    if not systems:
        return {}
    counted = {f"n{n}": Count("id", filter=Q(systems__contains=[key])) for n, key in enumerate(systems)}
    found = ExceptionCase.objects.filter(state__in=OPEN, closed_at=None).aggregate(**counted)
    return {key: found[f"n{n}"] for n, key in enumerate(systems)}
