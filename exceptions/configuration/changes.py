"""Changes of whatever is configured: each is made and written to the trail in one transaction; and what was changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import structlog
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import models, transaction
from django.db.models import Max, ProtectedError, QuerySet

from exceptions.models import TrailEntry
from reconciliation import topology
from reconciliation.topology_rows import duration_text

PAGE = 50
Values = dict[str, Any]


class StillUsed(Exception):
    """Something cannot be deleted while others name it; the message says which."""


@dataclass(frozen=True)
class History:
    """One page of the configuration's changes, newest first; `following` is the id that the next page begins below."""

    entries: list[TrailEntry]
    following: int | None


def record_change(
    *,
    about: str,
    move: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    by: User | None,
    at: datetime,
    source: str,
    note: str = "",
) -> TrailEntry:
    """Writes one change of `about` (`rule 7`) to the trail: `create`, `change`, `delete` or what else was done."""
    entry = _entry(about, move, before, after, by=by, at=at, source=source)
    entry.note = note
    entry.save()
    return entry


def record_difference(
    about: str, before: Values | None, after: Values | None, *, by: User | None, at: datetime, source: str
) -> None:
    """Writes what differs between two states of `about` to the trail, null being nothing, if anything does."""
    record_differences({about: (before, after)}, by=by, at=at, source=source)


def record_differences(
    things: Mapping[str, tuple[Values | None, Values | None]], *, by: User | None, at: datetime, source: str
) -> None:
    """Writes what differs between the states of each thing to the trail, one entry a thing."""
    made = (_difference(about, *states, by=by, at=at, source=source) for about, states in things.items())
    TrailEntry.objects.bulk_create([entry for entry in made if entry is not None])


def _difference(about: str, before: Values | None, after: Values | None, **said: Any) -> TrailEntry | None:
    known, stated = plain(before or {}), plain(after or {})
    names = [name for name in {**known, **stated} if known.get(name) != stated.get(name)]
    if not names and (before is None) == (after is None):
        return None
    move = "create" if before is None else "delete" if after is None else "change"
    shown = [{name: state[name] for name in names if name in state} for state in (known, stated)]
    return _entry(about, move, *shown, **said)


def _entry(about: str, move: str, before: Mapping[str, Any], after: Mapping[str, Any], **said: Any) -> TrailEntry:
    details = {"before": plain(before), "after": plain(after)}
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return TrailEntry(about=about, move=move, details=details, request_id=request_id, **said)


@transaction.atomic
def load_topology(
    text: str, *, by: User | None, at: datetime, source: str, dry_run: bool = False
) -> list[topology.Change]:
    """Makes the topology what `text` says, with its entries in the trail; raises what topology.load raises."""
    changes = topology.load(text, dry_run=dry_run)
    if not dry_run:
        record_topology(changes, by=by, at=at, source=source)
    return changes


def record_topology(changes: Iterable[topology.Change], *, by: User | None, at: datetime, source: str) -> None:
    """Writes changes of the topology to the trail, one entry a thing."""
    things: dict[str, tuple[Values | None, Values | None]] = {}
    for made in changes:
        if made.field:
            before, after = things.setdefault(made.thing, ({}, {}))
            assert before is not None
            assert after is not None
            before[made.field], after[made.field] = made.before, made.after
        else:
            things[made.thing] = (_values(made.before), _values(made.after))
    record_differences(things, by=by, at=at, source=source)


def _values(value: Any) -> Values | None:
    return value if value is None or isinstance(value, dict) else {"values": value}


def delete_row(row: models.Model) -> None:
    """Deletes a row; raises StillUsed where others name it."""
    try:
        row.delete()
    except ProtectedError as error:
        used = sorted({str(found._meta.verbose_name) for found in error.protected_objects})
        raise StillUsed(f"It is still named by {len(error.protected_objects)} of: {', '.join(used)}.") from error


def state_of(row: models.Model, collections: Iterable[str] = ()) -> Values:
    """The fields of a row in words, and of what belongs to it under the names of its `collections`."""
    state = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key}
    for name in collections:
        state[name] = sorted(str(one) for one in getattr(row, name).select_related())
    return {name: plain(value) for name, value in state.items()}


def plain(value: Any) -> Any:
    """A value as the trail keeps it: text, numbers, lists and tables alone."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case timedelta():
            return duration_text(value)
        case datetime() | date() | time():
            return value.isoformat()
        case AbstractBaseUser():
            return value.get_username()
        case Mapping():
            return {str(name): plain(item) for name, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return str(value)


def last_change() -> int:
    """The number of the last entry about what is configured: what was taken of it before is taken anew."""
    return TrailEntry.objects.filter(case=None).aggregate(last=Max("id"))["last"] or 0


def history(*, about: str = "", below: int | None = None) -> History:
    """What was configured, newest first: of one thing, or of all."""
    entries: QuerySet[TrailEntry] = (
        TrailEntry.objects.filter(case=None).exclude(move="export").select_related("by").order_by("-id")
    )
    if about:
        entries = entries.filter(about=about)
    if below is not None:
        entries = entries.filter(id__lt=below)
    found = list(entries[: PAGE + 1])
    return History(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)
