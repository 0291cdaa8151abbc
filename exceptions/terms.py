"""The clocks of a case: whether it pauses while waiting, when it is due after a pause, when a month must be closed."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from exceptions.company import current_company
from exceptions.models import ExceptionCase, SlaPolicy
from reconciliation.statements import statement

SQL = Path(__file__).parent / "sql"


def pauses_while_waiting(case: ExceptionCase) -> bool:
    """Whether the clock stands while somebody is waited for; it does unless a policy says otherwise."""
    fitting = SlaPolicy.objects.filter(
        Q(kind=case.kind) | Q(kind=None), Q(severity=case.severity) | Q(severity=None)
    ).order_by("kind", "severity")  # nulls last: the most particular first
    policy = fitting.first()
    return policy is None or policy.pauses_while_waiting


def resumed(case: ExceptionCase, *, at: datetime) -> dict[str, Any]:
    """The fields of a case whose clock goes on: what was left of its time, counted from `at`."""
    if case.paused_at is None or case.due_at is None:
        return {"paused_at": None}
    moments = {"at": at, "paused": case.paused_at, "due": case.due_at, "warn": case.warn_at, "team": case.team}
    with connection.cursor() as cursor:
        cursor.execute(statement("owning/resumed", SQL), moments)
        due_at, warn_at = cursor.fetchone()
    return {"paused_at": None, "due_at": due_at, "warn_at": warn_at}


def close_cut_off(at: datetime) -> datetime:
    """The next moment by which a month is to be closed: the end of the company's close day in the month after it."""
    company = current_company()
    here = at.astimezone(ZoneInfo(company.time_zone))
    this_month = here.date().replace(day=1)
    for first in (this_month, _following(this_month)):
        day = _working_day(first, company.close_day)
        ends = datetime(day.year, day.month, day.day, tzinfo=here.tzinfo) + timedelta(days=1)
        if ends > at:
            return ends
    raise AssertionError("the second cut-off always lies ahead")


def _following(first: date) -> date:
    return first + timedelta(days=monthrange(first.year, first.month)[1])


def _working_day(first: date, number: int) -> date:
    day = first
    while number > 1 or day.isoweekday() > 5:
        number -= day.isoweekday() <= 5
        day += timedelta(days=1)
    return day
