"""Figures that many share are taken once a minute, by one of them, and say as of when they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Generic, TypeVar

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from exceptions.company import current_company

FRESH = timedelta(minutes=1)
KEPT, TAKING = 900, 30  # seconds
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
    if known and (at - known.as_of < fresh or not cache.add(f"{_key(name)}:taken", 1, TAKING)):
        return known
    known = keep(name, take, at=at)
    cache.delete(f"{_key(name)}:taken")
    return known


def kept(name: str) -> Snapshot[Any] | None:
    """What was taken last under a name, however old; null where nothing is kept."""
    found: Snapshot[Any] | None = cache.get(_key(name))
    return found


def keep(name: str, take: Callable[[datetime], T], *, at: datetime, seconds: int = KEPT) -> Snapshot[T]:
    """Takes figures at `at` and keeps them for so long."""
    with timezone.override(current_company().time_zone):  # whoever asks first, all see the same
        taken = Snapshot(at, take(at))
    cache.set(_key(name), taken, seconds)
    return taken


def _key(name: str) -> str:
    named = f"{connection.settings_dict['NAME']}:{name}"
    return f"snapshot:{sha256(named.encode()).hexdigest()}"
