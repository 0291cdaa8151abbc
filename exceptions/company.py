"""The company's settings in effect: its way of writing numbers, its first weekday, its time zone.

A page shows instants in the time zone of the person who reads it, where they have chosen one; months, working hours
and what many share are in the company's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from exceptions.models import Company, Notification, Preferences

WISHES = ("shortcuts", "theme", "time_zone")
_CURRENT: ContextVar[Company | None] = ContextVar("company", default=None)
_READER: ContextVar[tuple[int | None, dict[str, Any]]] = ContextVar("reader", default=(None, {}))


def current_company() -> Company:
    """The settings in effect here; as stored, or the defaults, where nothing is in effect."""
    return _CURRENT.get() or stored_company()


def stored_company() -> Company:
    """The company as it is stored; where nothing is stored, the defaults."""
    return Company.objects.first() or Company()


def company_of(person: Any) -> tuple[Company, dict[str, Any]]:
    """The company as it is stored and, read in the same query, a person's WISHES and how much is `unread`."""
    wishes = Preferences.objects.filter(person=person.pk)
    unread = Notification.objects.filter(person=person.pk, read_at=None).order_by().values("person")
    asked = {name: Subquery(wishes.values(name)) for name in WISHES}
    asked["unread"] = Subquery(unread.annotate(count=Count("id")).values("count"))
    beside = {f"person_{name}": one for name, one in asked.items()}
    company = Company.objects.annotate(**beside).first()
    row = company or get_user_model().objects.annotate(**beside).filter(pk=person.pk).first()
    return company or Company(), {name: getattr(row, f"person_{name}", None) for name in asked}


@contextmanager
def in_company_time(company: Company | None = None) -> Iterator[Company]:
    """Puts the company's settings into effect: instants are written in its time zone, numbers in its way."""
    company = company or stored_company()
    with _in_effect(company, company.time_zone):
        yield company


@contextmanager
def in_time_of(person: Any) -> Iterator[Company]:
    """Puts the company's settings into effect, with instants in the person's own time zone, where they have one."""
    company, wishes = company_of(person)
    reader = _READER.set((person.pk, wishes))
    try:
        with _in_effect(company, wishes["time_zone"] or company.time_zone):
            yield company
    finally:
        _READER.reset(reader)


def wishes_of(person: Any) -> dict[str, Any]:
    """A person's WISHES and how much is `unread`: as read with the company that is in effect for them, else anew."""
    reader, wishes = _READER.get()
    return wishes if reader == person.pk else company_of(person)[1]


@contextmanager
def _in_effect(company: Company, time_zone: str) -> Iterator[None]:
    token = _CURRENT.set(company)
    try:
        with timezone.override(time_zone):
            yield
    finally:
        _CURRENT.reset(token)


def company_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the company's settings and the person's time zone are in effect on every page of who is signed in."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        with in_time_of(request.user):
            return get_response(request)

    return answer


def weekdays(company: Company) -> list[int]:
    """The days of a week (ISO, Monday is 1), from the company's first one on."""
    return [(company.first_weekday - 1 + offset) % 7 + 1 for offset in range(7)]


def week_of(day: date, company: Company) -> tuple[date, date]:
    """The week `[since, until)` that `day` lies in, from the company's first weekday on."""
    since = day - timedelta(days=(day.isoweekday() - company.first_weekday) % 7)
    return since, since + timedelta(days=7)
