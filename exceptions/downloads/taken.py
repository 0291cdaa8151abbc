"""Who took what away as a file: an entry in the trail for each, whether a table, a payload, a draft or what was put."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from exceptions.models import TrailEntry

MOVE = "export"


def note_taken(title: str, kind: str, asked: Mapping[str, str], *, by: Any, at: datetime, what: str = "table") -> None:
    """Notes that somebody takes something as a file, and by which filters a table was narrowed."""
    narrowed = {name: value for name, value in asked.items() if value}
    TrailEntry.objects.create(
        about=f"{what} {title}",
        at=at,
        by=by,
        move=MOVE,
        source="page",
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
        details={"after": {"format": kind} | narrowed},
    )
