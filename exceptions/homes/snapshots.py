"""Figures that many share are taken once a minute, by one of them, and say as of when they are.

Where taking them is slow, a worker takes them instead (ready.py), and nobody waits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any, Generic, TypeVar

from django.core.cache import cache
from django.db import connection

from exceptions.company import current_company, in_company_time

FRESH = timedelta(minutes=1)
OLDEST = timedelta(minutes=3)  # that is shown of what a worker takes each minute
KEPT, TAKING, REMEMBERED, QUICK = 900, 30, 3600, 1.0  # seconds
T = TypeVar("T")


@dataclass(frozen=True)
class Snapshot(Generic[T]):
    """Figures as of a moment."""

    as_of: datetime
    figures: T


def snapshot(name: str, take: Callable[[datetime], T], *, at: datetime, fresh: timedelta = FRESH) -> Snapshot[T]:
    """What was taken under this name; once it is not `fresh` the first who asks takes it anew at `at`.

    Meanwhile the others see what there is, for a quarter of an hour at most.
    """
    known: Snapshot[T] | None = kept(name)
    if known and (at - known.as_of < fresh or not _begin(name)):
        return known
    known = keep(name, take, at=at)
    _end(name)
    return known


def ready_snapshot(name: str, take: Callable[[datetime], T], *, at: datetime) -> Snapshot[T]:
    """As `snapshot`, of figures that a worker takes where that is slow: as long as it does, nobody takes them here."""
    return snapshot(name, take, at=at, fresh=OLDEST if took(name, 0) >= QUICK else FRESH)


def keep_ready(name: str, take: Callable[[datetime], T], *, at: datetime) -> bool:
    """Takes figures anew where that is slow, or nobody knows yet whether it is, and nobody does so just now."""
    if took(name, QUICK) < QUICK or not _begin(name):
        return False
    keep(name, take, at=at)
    _end(name)
    return True


def took(name: str, unknown: float) -> float:
    """How many seconds it took to take figures, the last time within the hour."""
    return float(cache.get(f"{_key(name)}:took", unknown))


def kept(name: str) -> Snapshot[Any] | None:
    """What was taken last under a name, however old; null where nothing is kept."""
    found: Snapshot[Any] | None = cache.get(_key(name))
    return found


def keep(name: str, take: Callable[[datetime], T], *, at: datetime, seconds: int = KEPT) -> Snapshot[T]:
    """Takes figures at `at` and keeps them for so long."""
    began = monotonic()
    with in_company_time(current_company()):  # whoever asks first, all see the same
        taken = Snapshot(at, take(at))
    cache.set(_key(name), taken, seconds)
    cache.set(f"{_key(name)}:took", monotonic() - began, REMEMBERED)
    return taken


def _begin(name: str) -> bool:
    """Whether nobody else takes these figures just now."""
    return bool(cache.add(f"{_key(name)}:taken", 1, TAKING))


def _end(name: str) -> None:
    cache.delete(f"{_key(name)}:taken")


def _key(name: str) -> str:
    named = f"{connection.settings_dict['NAME']}:{name}"
    return f"snapshot:{sha256(named.encode()).hexdigest()}"
