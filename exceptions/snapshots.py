"""Figures that everybody shares are taken once a minute, and say when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Generic, TypeVar

from django.core.cache import cache
from django.db import connection

LASTS = 60  # seconds
T = TypeVar("T")


@dataclass(frozen=True)
class Snapshot(Generic[T]):
    """Figures as of a moment."""

    as_of: datetime
    figures: T


def snapshot(name: str, take: Callable[[datetime], T], *, at: datetime) -> Snapshot[T]:
    """What was taken under this name within the last minute, else what `take` gives at `at`."""
    named = f"{connection.settings_dict['NAME']}:{name}"
    key = f"snapshot:{sha256(named.encode()).hexdigest()}"
    kept: Snapshot[T] | None = cache.get(key)
    if kept is None:
        kept = Snapshot(at, take(at))
        cache.set(key, kept, LASTS)
    return kept
