"""Figures that many share are taken once a minute, by one of them, and say as of when they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Generic, TypeVar

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
    named = f"{connection.settings_dict['NAME']}:{name}"
    key = f"snapshot:{sha256(named.encode()).hexdigest()}"
    kept: Snapshot[T] | None = cache.get(key)
    if kept and (at - kept.as_of < fresh or not cache.add(f"{key}:taken", 1, TAKING)):
        return kept
    with timezone.override(current_company().time_zone):  # whoever asks first, all see the same
        kept = Snapshot(at, take(at))
    cache.set(key, kept, KEPT)
    cache.delete(f"{key}:taken")
    return kept
