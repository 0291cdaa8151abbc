"""What all see on the homes, taken by a worker each minute where that is slow, so that nobody waits for it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from exceptions.homes import admin, cx, finance, ops
from exceptions.homes.snapshots import keep_ready

SHARED: dict[str, Callable[[datetime], Any]] = {
    "operations": ops.shared,
    "finance": finance.shared,
    "admin": admin.shared,
    "customers": cx.customers,
}


def keep_homes_ready(*, at: datetime) -> list[str]:
    """Takes the figures that are slow to take; their names."""
    return [name for name, take in SHARED.items() if keep_ready(name, take, at=at)]
