"""What keeps a month from being signed, each with the address where it can be seen to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse

from connectors.models import Cursor, Delivery
from exceptions.formats import instant_text
from exceptions.models import ExceptionCase, Proposal
from exceptions.months.statement import Statement
from reconciliation.models import Finding, LedgerEntry


@dataclass(frozen=True)
class Blocker:
    """What stands in the way of signing, and the address where it can be seen to."""

    sentence: str
    address: str


def blockers(statement: Statement, *, at: datetime) -> list[Blocker]:
    """Everything that keeps a month from being signed."""
    found = []
    if statement.until > at:
        found.append(Blocker("The month is not over.", ""))
    if statement.unexplained:
        found.append(Blocker(f"{statement.unexplained} {statement.currency} is unexplained.", "#unexplained"))
    if count := len(critical_cases(statement)):
        are = "critical exception of the month is" if count == 1 else "critical exceptions of the month are"
        found.append(Blocker(f"{count} {are} open.", _queue(severity="critical")))
    if count := Proposal.objects.filter(decision=None, currency=statement.currency).count():
        wait = "proposal waits" if count == 1 else "proposals wait"
        found.append(Blocker(f"{count} {wait} for approval.", _queue(view="approvals")))
    if statement.until <= at:
        found += _incomplete(statement)
    return [*found, *_silent(), *_failing(statement)]


def critical_cases(statement: Statement) -> set[int]:
    """The open critical exceptions that speak of a record of the month: one in the statement, or one whose newest word
    fell into it."""
    open_now = ExceptionCase.objects.filter(closed_at=None, severity="critical")
    named = open_now.filter(Q(currency=statement.currency) | Q(currency=None)).values_list("kind", "subject", "id")
    cases = {(kind, subject): id for kind, subject, id in named}
    listed = {item.record for item in statement.items}
    spoken: dict[UUID, set[int]] = {}
    told = Finding.objects.filter(state="raised", subject__in={subject for _, subject in cases})
    for kind, subject, *records in told.values_list("kind", "subject", "record", "other", "return_record"):
        for record in filter(None, records if (kind, subject) in cases else ()):
            spoken.setdefault(record, set()).add(cases[kind, subject])
    of_month = LedgerEntry.objects.filter(
        record__in=spoken, until=None, at__gte=statement.since, at__lt=statement.until
    )
    concerned = (spoken.keys() & listed) | set(of_month.values_list("record", flat=True))
    by_item = {item.case_id for item in statement.of("returns", "open") if item.case_id} & set(cases.values())
    return by_item.union(*(spoken[record] for record in concerned))


def _silent() -> Iterator[Blocker]:
    silent = Finding.objects.filter(kind="silent_flow", state="raised").values_list("subject", flat=True)
    for subject in silent:
        yield Blocker(f"The flow {subject.removeprefix('flow:')} is silent.", _queue(kind="silent_flow"))


def _incomplete(statement: Statement) -> Iterator[Blocker]:
    """The systems of which a feed is not read up to the month's end."""
    behind = Cursor.objects.filter(Q(watermark=None) | Q(watermark__lt=statement.until), connection__paused_at=None)
    cursors = behind.select_related("connection").order_by("connection__system", "feed")
    for system, feeds in groupby(cursors, lambda cursor: cursor.connection.system):
        read = "; ".join(f"{feed.feed} {_read(feed)}" for feed in feeds)
        yield Blocker(f"{system} is not read to the end of the month: {read}.", reverse("connections"))


def _read(cursor: Cursor) -> str:
    return f"up to {instant_text(cursor.watermark)}" if cursor.watermark else "never"


def _failing(statement: Statement) -> Iterator[Blocker]:
    """The deliveries of the month that could not be handled."""
    failing = Delivery.objects.filter(handled_at=None, attempts__gt=0, received_at__lt=statement.until)
    for row in failing.values("connection__system").annotate(count=Count("id")).order_by("connection__system"):
        one = row["count"] == 1
        wait = (
            f"delivery of {row['connection__system']} waits"
            if one
            else f"deliveries of {row['connection__system']} wait"
        )
        yield Blocker(f"{row['count']} {wait}.", reverse("connections"))


def _queue(**asked: str) -> str:
    return f"{reverse('queue')}?{urlencode(asked)}"
