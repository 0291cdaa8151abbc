"""What a change of the configuration would do to the months, before it is made: of the topology (a mapping, a
tolerance, a flow), a suppression, or its end. It lasts as long as a run over everything, so Celery does it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth
from django.utils.dateparse import parse_datetime

from exceptions.acceptance import month_of
from exceptions.company import current_company
from exceptions.models import ChangePreview, ExceptionCase, Suppression
from exceptions.months.comparing import compared, compared_months
from exceptions.months.statement import month_bounds
from exceptions.previews.trying import undone
from exceptions.suppressions import lift, suppress
from reconciliation import topology
from reconciliation.topology_file import TopologyRefused

OF = ("subject", "customer", "sku")


class HasEnded(Exception):
    """A suppression has ended before its end could be tried."""


def ask_preview(change: Callable[[], Any], *, by: User, at: datetime) -> ChangePreview:
    """A preview of `change`, to be made by Celery; what the change would make of the topology is kept with it."""
    with undone():
        change()
        text = topology.dump()
    return ChangePreview.objects.create(by=by, topology=text, asked_at=at)


def ask_suppression_preview(said: Mapping[str, Any], *, by: User, at: datetime) -> ChangePreview:
    """A preview of a suppression, to be made by Celery; `said`: kind, ends_at, and subject, customer or sku."""
    kept = {name: said[name] or None for name in OF} | {"kind": said["kind"], "ends_at": said["ends_at"].isoformat()}
    return ChangePreview.objects.create(by=by, suppression=kept, asked_at=at)


def ask_ending_preview(suppression: Suppression, *, by: User, at: datetime) -> ChangePreview:
    """A preview of what comes back when a suppression ends now, to be made by Celery."""
    return ChangePreview.objects.create(by=by, suppression={"ended": suppression.pk}, asked_at=at)


def make_preview(id: int, *, at: datetime) -> ChangePreview:
    """Makes a preview that was asked for, once; a change that is refused leaves the reason."""
    asked = ChangePreview.objects.select_related("by").get(id=id)
    if asked.finished_at is not None:
        return asked
    try:
        asked.result = _result(asked, at)
    except (TopologyRefused, topology.SystemInUse, HasEnded) as error:
        asked.result = {"refused": str(error)}
    asked.finished_at = at
    asked.save(update_fields=["result", "finished_at"])
    return asked


def _result(asked: ChangePreview, at: datetime) -> dict[str, Any]:
    said = asked.suppression
    if not said:
        return _with_topology(asked.topology, at)
    return _ended(said["ended"], at) if "ended" in said else _suppressed(said, asked.by, at)


def _with_topology(text: str, at: datetime) -> dict[str, Any]:
    return compared(lambda: [str(change) for change in topology.load(text, dry_run=False)], at=at, full=True)


def _suppressed(said: Mapping[str, Any], by: User, at: datetime) -> dict[str, Any]:
    ends_at = parse_datetime(said["ends_at"])
    assert ends_at is not None
    of = {name: said[name] for name in OF}

    def change() -> list[str]:
        suppress(said["kind"], until=ends_at, reason="preview", by=by, **of)
        return []

    return compared(change, at=at, full=False) | {"kept_out": _kept_out(said["kind"], of, at)}


def _ended(suppression_id: int, at: datetime) -> dict[str, Any]:
    def change() -> list[str]:
        if not lift(suppression_id, at=at):
            raise HasEnded("It has ended meanwhile; what it kept out is back.")
        return []

    return compared(change, at=at, full=False)


def _kept_out(kind: str, of: Mapping[str, str | None], at: datetime) -> list[list[Any]]:
    """The exceptions that the suppression would have kept out, whatever their state, by the month in which each was
    first seen, from the oldest month compared, and by currency (null: no amount to tell)."""
    oldest = min((month for month, _ in compared_months(at)), default=f"{month_of(at):%Y-%m}")
    fitting = ExceptionCase.objects.filter(kind=kind, first_seen__gte=month_bounds(oldest)[0])
    fitting = fitting.filter(**{name: value for name, value in of.items() if value})
    month = TruncMonth("first_seen", tzinfo=ZoneInfo(current_company().time_zone))
    sums = fitting.annotate(month=month).values("month", "currency").annotate(cases=Count("id"), amount=Sum("amount"))
    return [
        [f"{row['month']:%Y-%m}", row["currency"], row["cases"], None if row["amount"] is None else str(row["amount"])]
        for row in sums.order_by("-month", F("currency").asc(nulls_last=True))
    ]
