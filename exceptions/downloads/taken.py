"""Who took which table away: an entry in the trail for each file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from exceptions.models import TrailEntry

MOVE = "export"


def note_taken(title: str, kind: str, asked: Mapping[str, str], *, by: Any, at: datetime) -> None:
    """Notes that somebody takes a table as a file, and by which filters it was narrowed."""
    narrowed = {name: value for name, value in asked.items() if value}
    TrailEntry.objects.create(
        about=f"table {title}",
        at=at,
        by=by,
        move=MOVE,
        source="page",
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
        details={"after": {"format": kind} | narrowed},
    )
