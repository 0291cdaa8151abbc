"""Dates that a vendor does not keep: where it only flags that something happened, all there is is when it last changed.

The first date that was read stands until the flag is taken back; else each later change would move what had happened.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from connectors.fields import Refused, instant
from connectors.models import Connection, Sighting
from connectors.sightings import Line

Place = tuple[str, str]  # type of the record, and its id with the name of the field


@transaction.atomic
def with_standing_dates(connection: Connection, lines: Sequence[Line]) -> Sequence[Line]:
    """`lines`, those that name dates under `"stands"` with the dates that were read first."""
    named = [(line, name, _place(line, name)) for line in lines for name in line.pop("stands", ())]
    if not named:
        return lines
    first = _first(connection, {place for _, _, place in named})
    begun, over = dict[Place, datetime](), set[Place]()
    for line, name, place in named:
        at = _instant(line.get(name))
        if at is None:
            over.add(place)
        else:
            line[name] = first.get(place, begun.setdefault(place, at)).isoformat()
    _keep(connection, {place: at for place, at in begun.items() if place not in first})
    _forget(connection, over & first.keys())
    return lines


def _place(line: Line, name: str) -> Place:
    return str(line["type"]), f"{line['id']} {name}"


def _first(connection: Connection, places: Iterable[Place]) -> dict[Place, datetime]:
    wanted = set(places)
    types, records = {type for type, _ in wanted}, sorted({record for _, record in wanted})
    rows = Sighting.objects.filter(connection=connection, type__in=types, record__in=records)
    found = {(row.type, row.record): row.said for row in rows.select_for_update().order_by("type", "record")}
    return {place: at for place, at in found.items() if place in wanted}


def _keep(connection: Connection, begun: dict[Place, datetime]) -> None:
    rows = [
        Sighting(connection=connection, type=type, record=record, said=at, at=at, read_at=at, digest=b"")
        for (type, record), at in sorted(begun.items())
    ]
    Sighting.objects.bulk_create(rows, ignore_conflicts=True)


def _forget(connection: Connection, over: Iterable[Place]) -> None:
    for type, record in over:
        Sighting.objects.filter(connection=connection, type=type, record=record).delete()


def _instant(said: object) -> datetime | None:
    try:
        found: datetime | None = instant(said, "at")
    except Refused:
        return None  # the line is refused for it, if it is wrong at all
    return found
