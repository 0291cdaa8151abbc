"""Entries of the trail about people, roles, invitations and tokens: about no case, with before and after."""

from datetime import datetime
from typing import Any

import structlog

from exceptions.models import TrailEntry


def note_change(
    move: str, *, about: str, by: Any, at: datetime, source: str, note: str = "", **details: Any
) -> TrailEntry:
    """Writes down what was changed; `by` null: the system or whoever runs a command."""
    return TrailEntry.objects.create(
        about=about,
        at=at,
        by=by,
        move=move,
        note=note,
        source=source,
        request_id=current_request(),
        details=details,
    )


def current_request() -> str:
    """The id of the request that leads to what happens here; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
