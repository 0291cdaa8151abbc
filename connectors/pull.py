"""Pulls a feed, window by window and page by page, so that a kill at any point loses nothing.

Records are stored before the position behind them is; what a kill leaves half done is read once more, and reading twice
changes nothing. One lock for each feed keeps two pulls from running at once.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, Protocol

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Greatest

from connectors.access import Access
from connectors.clients import SettingsUnusable, client_of
from connectors.closed_words import told_apart
from connectors.credentials import CredentialMissing, CredentialUnreadable
from connectors.http import (
    NotFound,
    PlainHttp,
    RequestRefused,
    Throttled,
    Unreadable,
    VendorError,
    documented_shape,
)
from connectors.lines import Refusal
from connectors.locks import held
from connectors.mapping import mapped
from connectors.models import Connection, Cursor, PullRun
from connectors.paging import LoopingPages, Page, Position, Raw, Window
from connectors.registry import Connector, Feed
from connectors.resting import LONGEST_REST, rest_if_down, rests_until
from connectors.sightings import LEAST, Line, dated, forget_readings
from connectors.standing import with_standing_dates

log = structlog.get_logger()
PROBLEMS = (VendorError, CredentialMissing, CredentialUnreadable, SettingsUnusable, LoopingPages, PlainHttp)
BEGIN_AGAIN = (RequestRefused, NotFound, Unreadable, LoopingPages)  # the position itself may be what is wrong
CADENCE = timedelta(minutes=15)
LONGEST_POSITION = 64 * 1024  # bytes
SAME_PAGES = 3


class Taken(Protocol):
    """What became of lines."""

    accepted: int
    rejected: int


TakeIn = Callable[[Sequence[Line | Refusal], str], Taken]


class AlreadyPulling(Exception):
    """A window of this feed that a person asked for is still being read."""


class NoWindow(ValueError):
    """The window ends before it begins."""


def due_feeds(
    connection: Connection, connector: Connector, *, at: datetime, cadence: timedelta = CADENCE
) -> list[Feed]:
    """The feeds whose turn it is: an open window that may go on, or the next one by `every` or the flows' `cadence`."""
    if connection.paused_at is not None or rests_until(connection, at=at):
        return []
    open_runs = {
        run.feed: run for run in PullRun.objects.filter(connection=connection, finished_at=None, by_hand=False)
    }
    done = dict(Cursor.objects.filter(connection=connection).values_list("feed", "succeeded_at"))

    def due(feed: Feed) -> bool:
        if run := open_runs.get(feed.name):
            return run.resume_at is None or run.resume_at <= at
        last = done.get(feed.name)
        return last is None or not last <= at < last + (feed.every or cadence)  # also where the clock has gone back

    return [feed for feed in connector.feeds if not feed.by_hand_only and due(feed)]


def pull(
    connection: Connection,
    connector: Connector,
    feed: Feed,
    *,
    access: Access,
    take_in: TakeIn,
    budget: timedelta | None = None,
) -> PullRun | None:
    """Reads the open window of `feed`, or the next one; None where there is nothing to read yet. Raises Busy.

    After `budget` it stops between two pages, and the next call goes on.
    """
    with held(f"pull {connection.id} {feed.name}"):
        run = _scheduled(connection, feed, at=access.clock())
        return None if run is None else _advance(run, connector, feed, access, take_in, budget)


def ask_by_hand(
    connection: Connection, feed: Feed, *, since: datetime, until: datetime, by: Any, at: datetime
) -> PullRun:
    """A window that a person wants to have read; raises NoWindow or AlreadyPulling."""
    if since >= until:
        raise NoWindow("The window ends before it begins.")
    try:
        with transaction.atomic():
            return PullRun.objects.create(
                connection=connection, feed=feed.name, by_hand=True, by=by, since=since, until=until, started_at=at
            )
    except IntegrityError:
        raise AlreadyPulling(f"{feed.name} is being read by hand already.") from None


def pull_by_hand(
    run: PullRun, connector: Connector, *, access: Access, take_in: TakeIn, budget: timedelta | None = None
) -> PullRun:
    """Goes on with a window that a person asked for. Raises Busy."""
    feed = connector.feed(run.feed)
    with held(f"pull {run.connection_id} {feed.name} by hand"):
        run.refresh_from_db()
        return run if run.finished_at else _advance(run, connector, feed, access, take_in, budget)


def store(
    connection: Connection,
    connector: Connector,
    items: Sequence[tuple[str, Raw]],
    *,
    read_at: datetime,
    take_in: TakeIn,
    source: str,
) -> Taken | None:
    """Maps and dates (feed, item) pairs, and has their lines and refusals taken in; None where there are none."""
    told = [one for feed, item in items for one in mapped(connector, feed, item, connection)]
    refused = [one for one in told if isinstance(one, Refusal)]
    lines = with_standing_dates(connection, [one for one in told if not isinstance(one, Refusal)])
    lines = list(told_apart(dated(connection, lines, read_at=read_at, undated=connector.undated)))
    forget_readings(connection, {(one.type, one.id) for one in refused})
    return take_in([*lines, *refused], f"{source}:{connection.system}") if lines or refused else None


def _scheduled(connection: Connection, feed: Feed, *, at: datetime) -> PullRun | None:
    """The open window, else a new one that overlaps the one before."""
    of_feed: dict[str, Any] = {"connection": connection, "feed": feed.name}
    if run := PullRun.objects.filter(**of_feed, finished_at=None, by_hand=False).first():
        return run
    cursor, _ = Cursor.objects.get_or_create(**of_feed)
    until, read_to = at - feed.lag, _read_to(cursor, at)
    since = None if feed.sweep else (read_to or until - feed.begins) - feed.overlap
    if since is not None and (read_to or since) >= until:
        return None
    return PullRun.objects.create(**of_feed, since=since, until=until, started_at=at)


def _read_to(cursor: Cursor, at: datetime) -> datetime | None:
    """The watermark; where the clock has gone back behind it, the newest end of a window that is not to come."""
    if cursor.watermark is None or cursor.watermark <= at:
        return cursor.watermark
    of_feed = PullRun.objects.filter(connection_id=cursor.connection_id, feed=cursor.feed, by_hand=False)
    ended: datetime | None = of_feed.filter(until__lte=at).exclude(finished_at=None).aggregate(end=Max("until"))["end"]
    return ended


def _advance(
    run: PullRun, connector: Connector, feed: Feed, access: Access, take_in: TakeIn, budget: timedelta | None
) -> PullRun:
    begun = access.clock()
    Cursor.objects.update_or_create(connection=run.connection, feed=feed.name, defaults={"tried_at": begun})
    try:
        client = client_of(connector, access)
        try:
            seen, again = {_key(run.position)}, _Again()
            for page, read_at in _pages(run, feed, client.page, access.clock):
                items = [(feed.name, item) for item in page.items]
                taken = store(
                    run.connection, connector, items, read_at=read_at, take_in=take_in, source=f"pull:{feed.name}"
                )
                if run.position is None:
                    run.until = _by_the_vendors_clock(run, feed, client)
                _keep_position(run, feed, page, taken, access.clock())
                _refuse_loop(page, seen)
                again.refuse(page)
                if budget is not None and access.clock() - begun >= budget:
                    break
        finally:
            _keep_room(run.connection, client)
            client.close()
    except PROBLEMS as error:
        _keep_problem(run, error, access.scrub(str(error)), access.clock())
    return run


def _pages(
    run: PullRun, feed: Feed, page: Callable[[str, Window, Position | None], Page], clock: Callable[[], datetime]
) -> Iterator[tuple[Page, datetime]]:
    window = Window(run.since, run.until)
    while run.finished_at is None:
        read_at = clock()
        with documented_shape():
            found = page(feed.name, window, run.position)
            check(found)
        yield found, read_at
        if found.later is not None:
            return


def check(page: Page) -> None:
    """That there are items and that the position can be kept; else raises what `documented_shape` has a name for."""
    if not isinstance(page.items, list | tuple):
        raise TypeError("what should be a list of items is none")
    kept = json.dumps(page.following, allow_nan=False, ensure_ascii=False).encode()
    if len(kept) > LONGEST_POSITION or b"\\u0000" in kept:
        raise ValueError("the position of the next page cannot be kept")


def _by_the_vendors_clock(run: PullRun, feed: Feed, client: Any) -> datetime:
    """The end of a window, no later than the vendor's own clock was when it was asked first.

    Ours may stand ahead; what changes at the vendor before it gets there would be in no window.
    """
    told_at = getattr(getattr(client, "http", None), "told_at", None)
    end: datetime = run.until if told_at is None else min(run.until, told_at - feed.lag)
    return end if run.since is None else max(end, run.since + LEAST)


@transaction.atomic
def _keep_position(run: PullRun, feed: Feed, page: Page, taken: Taken | None, at: datetime) -> None:
    run.position, run.advanced_at, run.error = page.following, at, ""
    run.resume_at = None if page.later is None else at + page.later
    run.pages += 1
    run.records += len(page.items)
    run.accepted += taken.accepted if taken else 0
    run.rejected += taken.rejected if taken else 0
    run.finished_at = at if page.following is None else None
    run.save()
    cursor = Cursor.objects.filter(connection=run.connection, feed=feed.name)
    cursor.update(records=F("records") + len(page.items), failures=0, error="")
    if run.finished_at and not run.by_hand:
        cursor.update(watermark=Greatest(F("watermark"), run.until), succeeded_at=at)
    Connection.objects.filter(~Q(open_until=None), id=run.connection_id).update(open_until=None)


def _refuse_loop(page: Page, seen: set[str]) -> None:
    if page.following is None or page.later is not None:
        return
    if (key := _key(page.following)) in seen:
        raise LoopingPages("The vendor leads back to a page that was read before.")
    seen.add(key)


@dataclass
class _Again:
    """Notices a vendor that gives the same page for every position."""

    items: Sequence[Raw] = ()
    times: int = 1

    def refuse(self, page: Page) -> None:
        """Raises LoopingPages where the same items have come too often in a row."""
        same = bool(page.items) and page.following is not None and page.items == self.items
        self.items, self.times = page.items, self.times + 1 if same else 1
        if self.times >= SAME_PAGES:
            raise LoopingPages("The vendor gives the same page again and again.")


def _key(position: Position | None) -> str:
    return json.dumps(position, sort_keys=True)


def _keep_problem(run: PullRun, error: Exception, words: str, at: datetime) -> None:
    """Notes why the pull stopped and when it goes on; an answer that refuses the position begins the window again."""
    cursor = Cursor.objects.get(connection=run.connection, feed=run.feed)
    rest = min(timedelta(seconds=15) * 2 ** min(cursor.failures, 10), LONGEST_REST)
    if isinstance(error, Throttled) and error.seconds is not None:
        rest = timedelta(seconds=error.seconds)
    rest_if_down(cursor, error, until=at + rest)
    if isinstance(error, BEGIN_AGAIN):
        run.position = None
    run.error, run.resume_at = words, at + rest
    run.save(update_fields=["error", "resume_at", "position"])
    Cursor.objects.filter(id=cursor.id).update(error=words, failures=F("failures") + 1)
    log.warning("pull stopped", system=run.connection.system, feed=run.feed, problem=type(error).__name__)


def _keep_room(connection: Connection, client: Any) -> None:
    room = getattr(getattr(client, "http", None), "room", None)
    if room is not None and isfinite(room.left):
        Connection.objects.filter(id=connection.id).update(room=room.as_json())
