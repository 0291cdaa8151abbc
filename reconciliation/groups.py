"""Which records speak of the same order (contract.md, *Order groups*), as of a moment.

The stored groups are those of the last run's moment. Regrouping rebuilds whole groups: all that the news may join
or split is taken apart and labelled anew with the least record key it reaches, so no history of joins matters. News
that leaves every reference as it was joins and splits nothing, and is told to its group alone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from reconciliation.statements import rows, statement

REGROUPING = 0x67726F75  # the advisory lock of whoever regroups
LARGE = 200  # a group of more records than this is glued by something that is no identifier


@dataclass(frozen=True)
class LargeGroup:
    """A group of too many records; `carried` of them share the reference `scheme` `value` (null: links alone)."""

    group_key: UUID
    records: int
    scheme: str | None
    value: str | None
    carried: int


@transaction.atomic
def regroup(*, as_of: datetime, since: datetime | None) -> int:
    """Brings the stored groups from the moment `since` (null: from nothing) to `as_of`; returns how many moved."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [REGROUPING])
        cursor.execute(statement("groups/tables"))
        if since is None:
            cursor.execute(statement("groups/everything"))
            _label(as_of)
        else:
            _label_news(cursor, as_of, since)
        cursor.execute(statement("groups/forget"))
        forgotten = cursor.rowcount
        cursor.execute(statement("groups/keep"))
        return int(forgotten + cursor.rowcount)


def large_groups(*, more_than: int = LARGE) -> list[LargeGroup]:
    """The stored groups of more records than that, the largest first, each with the reference that glues it."""
    return [LargeGroup(*found) for found in rows("groups/large", {"more_than": more_than})]


def label_news(*, as_of: datetime, since: datetime) -> None:
    """Labels what the news affects in the temporary table `label` alone; `dirty_group` holds its groups, old and new.

    Beside what came into force in between, the news is what is marked in `touched`, which may be a table of the caller.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement("groups/tables"))
        _label_news(cursor, as_of, since)


def label_past(*, as_of: datetime) -> None:
    """Labels every group as it was at `as_of`, in the temporary table `label` of this transaction alone."""
    with connection.cursor() as cursor:
        cursor.execute(statement("groups/tables"))
        cursor.execute(statement("groups/everything"))
        _label(as_of)


def _label_news(cursor: Any, as_of: datetime, since: datetime) -> None:
    cursor.execute(statement("groups/news"), {"since": since, "as_of": as_of})
    cursor.execute(statement("groups/settled"), {"as_of": as_of})
    cursor.execute(statement("groups/affected"))
    _label(as_of)
    cursor.execute(statement("groups/stay"))
    cursor.execute(statement("groups/dirty"))


def _label(as_of: datetime) -> None:
    moment = {"as_of": as_of}
    with connection.cursor() as cursor:
        cursor.execute(statement("groups/said"), moment)
        cursor.execute(statement("groups/edges"))
        cursor.execute(statement("groups/labels"))
        spreading = True
        while spreading:
            cursor.execute(statement("groups/spread"))
            spreading = cursor.rowcount > 0
        cursor.execute(statement("groups/attach"))
