"""How far the setting-up is. Nothing is kept of it: each step looks at what it leads to, so it can be left any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.utils import timezone

from connectors.health import FeedHealth, feeds_of_all
from connectors.history import was_begun
from connectors.models import Connection, PullRun
from connectors.registry import FOLDERS, Connector, connector
from exceptions.company import current_company
from exceptions.models import OPEN, ExceptionCase
from reconciliation.declarations import checks
from reconciliation.models import Flow, Run, System
from reconciliation.unknown_words import unknown_words

STEPS = {
    "company": "Company",
    "systems": "Systems",
    "credentials": "Credentials",
    "flows": "Flows",
    "history": "How far back",
    "reading": "First reading",
    "words": "Words",
    "run": "First run",
}
LONGEST_HOLD = timedelta(days=1)
FOR_WORDS = timedelta(minutes=30)


@dataclass(frozen=True)
class Reach:
    """One system and its connection, null where there is none; `reachable`: there is something to enter."""

    system: System
    connection: Connection | None
    reachable: bool

    @property
    def ready(self) -> bool:
        """Whether a test found nothing missing, or nothing is there to test."""
        return not self.reachable or (
            self.connection is not None and self.connection.tested_at is not None and not self.connection.missing
        )


@dataclass(frozen=True)
class Reading:
    """How far the first reading of one connection is."""

    connection: Connection
    title: str
    feeds: list[FeedHealth]

    @property
    def done(self) -> bool:
        """Whether each feed has come to the end of its first window."""
        return all(feed.succeeded_at for feed in self.feeds)


@dataclass(frozen=True)
class FirstRun:
    """The run after the first reading, and the open exceptions it led to: (kind, title, how many), the most first."""

    run: Run
    kinds: list[tuple[str, str, int]]

    @property
    def cases(self) -> int:
        """How many there are."""
        return sum(count for _, _, count in self.kinds)


def reaches() -> list[Reach]:
    """Every system with its connection."""
    connected = {one.system: one for one in Connection.objects.all()}
    return [Reach(one, connected.get(one.key), (one.kind, one.vendor) in FOLDERS) for one in System.objects.all()]


def resting() -> list[Connection]:
    """Connections whose reading has not begun."""
    return [one for one in Connection.objects.exclude(paused_at=None) if not was_begun(one, _made(one)) or _pushed(one)]


def readings(*, at: datetime) -> list[Reading]:
    """How far the first reading is of everything that is read."""
    begun = [one for one in Connection.objects.filter(paused_at=None) if _made(one).feeds]
    feeds = feeds_of_all(begun, at=at)
    return [Reading(one, _made(one).title, feeds[one.id]) for one in begun]


def first_run() -> FirstRun | None:
    """The last run, where one was begun after everything was read once and what it found is filed; else null."""
    read = first_read_at()
    found = Run.objects.filter(advanced=True, finished_at__isnull=False, groups__gt=0).order_by("-id").first()
    if found is None or (read is not None and found.started_at < read):
        return None
    counts = ExceptionCase.objects.filter(state__in=OPEN).order_by().values_list("kind").annotate(n=Count("id"))
    named = [(kind, checks()[kind].title, n) for kind, n in counts if kind in checks()]
    if not named and any(check.get("found") for check in found.checks):
        return None
    return FirstRun(found, sorted(named, key=lambda one: -one[2]))


def first_read_at() -> datetime | None:
    """When the last feed came to the end of its first window."""
    ends = PullRun.objects.filter(by_hand=False).exclude(finished_at=None).order_by()
    firsts = ends.values("connection", "feed").annotate(first=Min("finished_at"))
    return max((one["first"] for one in firsts), default=None)


def held_back(*, at: datetime) -> bool:
    """Whether runs wait for the first reading: half of a history looks like a brand in which everything is missing."""
    if ExceptionCase.objects.exists():
        return False
    ended = PullRun.objects.filter(by_hand=False).exclude(finished_at=None).values("connection", "feed")
    known = {(one["connection"], one["feed"]) for one in ended}
    begun = PullRun.objects.filter(by_hand=False, finished_at=None, started_at__gt=at - LONGEST_HOLD)
    return any((run.connection_id, run.feed) not in known for run in begun) or waits_for_words(at=at)


def waits_for_words(*, at: datetime) -> bool:
    """Whether the first run waits for a while, as words came that nobody has given a meaning yet."""
    if ExceptionCase.objects.exists() or Run.objects.filter(advanced=True, groups__gt=0).exists():
        return False
    read = first_read_at()
    return read is not None and at < read + FOR_WORDS and bool(unknown_words(most=1))


def done_steps() -> dict[str, bool]:
    """Each step and whether what it leads to is there."""
    all_reaches, now = reaches(), timezone.now()
    connections = [one.connection for one in all_reaches if one.reachable]
    begun = all(connections) and not resting()
    read = bool(all_reaches) and begun and all(one.done for one in readings(at=now))
    return {
        "company": bool(current_company().name),
        "systems": bool(all_reaches),
        "credentials": bool(all_reaches) and all(one.ready for one in all_reaches),
        "flows": Flow.objects.exists(),
        "history": bool(all_reaches) and begun,
        "reading": read,
        "words": read and not unknown_words(most=1),
        "run": first_run() is not None,
    }


def next_step(done: dict[str, bool]) -> str:
    """The first step that is left to do; the last one where all is done."""
    return next((step for step, is_done in done.items() if not is_done), "run")


def following(step: str) -> str:
    """The step behind another."""
    steps: Sequence[str] = list(STEPS)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def nothing_connected() -> bool:
    """Whether the product is as fresh as it came."""
    return not System.objects.exists()


def _made(connection: Connection) -> Connector:
    return connector(connection.kind, connection.vendor)


def _pushed(connection: Connection) -> bool:
    return not _made(connection).feeds
