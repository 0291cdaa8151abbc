"""The `at` of what is read: the vendor's own, unless that would hide a change.

Vendors date changes to the second, or not at all. What was read last is kept as a digest, so that a change without a
later date still becomes a later version, and what did not change becomes none.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from hashlib import sha256
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q

from connectors.models import Connection, Sighting
from connectors.spelling import LONGEST_ID, NO_TEXT

Line = dict[str, Any]
LEAST = timedelta(microseconds=1)
LONGEST_READING = timedelta(hours=1)
GONE = b""  # the digest of a withdrawal
UNREAD = b"unread"  # no digest of anything: whatever is read next is a later version


@transaction.atomic
def dated(
    connection: Connection, lines: Sequence[Line], *, read_at: datetime, undated: frozenset[str] = frozenset()
) -> list[Line]:
    """`lines` with the `at` they are stored under, less those that an older reading brought late.

    `undated` names the record types whose date the vendor does not move with every change: a change of theirs that kept
    its date is dated when it was read. The others are dated just behind their last reading of that same date; so
    is a line that says of itself `"dated": True`. One that says `"if_known": True`, a withdrawal of what may never have
    been there, is left out unless its record was read before.
    """
    named = [line for line in lines if _nameable(line)]
    # refused later, with the reason
    unnamed = [line for line in lines if not _nameable(line) and not line.get("if_known")]
    rows = _rows(connection, named)
    kept = [line for line in named if _date(connection, rows, line, read_at, _is_undated(line, undated))]
    Sighting.objects.bulk_create(
        sorted(rows.values(), key=lambda row: (row.type, row.record)),
        update_conflicts=True,
        unique_fields=["connection", "type", "record"],
        update_fields=["said", "at", "read_at", "digest"],
    )
    return kept + unnamed


def forget_readings(connection: Connection, records: Iterable[tuple[str | None, str | None]]) -> None:
    """Has the next reading of each (type, id) count as a change, though it may say what was known before.

    A reading that was refused stands against its record until a later version comes in.
    """
    wanted = [Q(type=type, record=id) for type, id in records if type and id]
    if wanted:
        Sighting.objects.filter(reduce(or_, wanted), connection=connection).update(digest=UNREAD)


def _is_undated(line: Line, undated: frozenset[str]) -> bool:
    return not line.pop("dated", False) and line["type"] in undated


def _nameable(line: Line) -> bool:
    """Whether it has a date, and an id that can be kept."""
    id = str(line.get("id") or "")
    return _instant(line.get("at")) is not None and 0 < len(id) <= LONGEST_ID and NO_TEXT.search(id) is None


def _rows(connection: Connection, lines: Sequence[Line]) -> dict[tuple[str, str], Sighting]:
    names = {(line["type"], str(line["id"])) for line in lines}
    found = (
        Sighting.objects.select_for_update()
        .filter(connection=connection, type__in={type for type, _ in names}, record__in=sorted({id for _, id in names}))
        .order_by("type", "record")
    )
    return {(row.type, row.record): row for row in found if (row.type, row.record) in names}


def _date(
    connection: Connection, rows: dict[tuple[str, str], Sighting], line: Line, read_at: datetime, undated: bool
) -> bool:
    """Sets the `at` of `line` and remembers it; False where a later reading is known that says no less."""
    only_if_known = line.pop("if_known", False)
    said, digest, name = _instant(line["at"]), _digest(line), (line["type"], str(line["id"]))
    assert said is not None
    line["at"] = said.isoformat()  # one spelling, lest the second reading be another version than the first
    row = rows.get(name)
    if row is None and only_if_known:
        return False
    if row is None:
        rows[name] = Sighting(
            connection=connection, type=name[0], record=name[1], said=said, at=said, read_at=read_at, digest=digest
        )
        return True
    # a withdrawal is often dated by our clock: whatever is read after it was not gone
    undated = undated or bytes(row.digest) == GONE
    if said < row.said and not undated:
        return True  # an older version, which the history keeps
    # a reading that is further ahead was noted while the clock stood ahead, and is no later one
    if row.read_at - LONGEST_READING < read_at < row.read_at and said <= row.said:
        return False
    changed = bytes(row.digest) != digest
    if changed or said > row.said:
        newest = read_at if undated and said <= row.said else said
        row.at = max(newest, row.at + LEAST if changed else row.at)
    row.said, row.read_at, row.digest = max(said, row.said), read_at, digest
    line["at"] = row.at.isoformat()
    return True


def _digest(line: Line) -> bytes:
    if line.get("deleted"):
        return GONE
    said = {name: value for name, value in line.items() if name not in ("at", "raw")}
    return sha256(json.dumps(said, sort_keys=True, default=str).encode("utf-8", "surrogatepass")).digest()


def _instant(value: Any) -> datetime | None:
    try:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return read.astimezone(UTC) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None
