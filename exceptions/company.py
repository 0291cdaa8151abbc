"""The company's settings in effect: its way of writing numbers, its first weekday, its time zone.

A page shows instants in the time zone of the person who reads it, where they have chosen one; months, working hours
and what many share are in the company's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from exceptions.models import Company, Notification, Preferences
from exceptions.rights import Person, person_and

WISHES = ("shortcuts", "theme", "time_zone")
_CURRENT: ContextVar[Company | None] = ContextVar("company", default=None)
_READER: ContextVar[tuple[int | None, dict[str, Any]]] = ContextVar("reader", default=(None, {}))


def current_company() -> Company:
    """The settings in effect here; as stored, or the defaults, where nothing is in effect."""
    return _CURRENT.get() or stored_company()


def stored_company() -> Company:
    """The company as it is stored; where nothing is stored, the defaults."""
    return Company.objects.first() or Company()


def _wishes(user: Any) -> dict[str, Any]:
    """What is read beside a person: their WISHES, and how much is `unread`."""
    wishes = Preferences.objects.filter(person=user.pk)
    unread = Notification.objects.filter(person=user.pk, read_at=None).order_by().values("person")
    found: dict[str, Any] = {name: Subquery(wishes.values(name)) for name in WISHES}
    return found | {"unread": Subquery(unread.annotate(count=Count("id")).values("count"))}


@contextmanager
def in_company_time(company: Company | None = None) -> Iterator[Company]:
    """Puts the company's settings into effect: instants are written in its time zone, numbers in its way."""
    company = company or stored_company()
    with _in_effect(company, company.time_zone):
        yield company


@contextmanager
def in_time_of(user: Any, company: Company | None = None) -> Iterator[Person]:
    """Puts the company's settings into effect, with instants in a person's own time zone, where they have one."""
    company = company or stored_company()
    person, wishes = person_and(user, _wishes(user))
    reader = _READER.set((user.pk, wishes))
    try:
        with _in_effect(company, wishes.get("time_zone") or company.time_zone):
            yield person
    finally:
        _READER.reset(reader)


def wishes_of(user: Any) -> dict[str, Any]:
    """A person's WISHES and how much is `unread`: as read with the settings in effect for them, else anew."""
    reader, wishes = _READER.get()
    return wishes if reader == user.pk else person_and(user, _wishes(user))[1]


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
        with in_time_of(request.user, getattr(request, "company", None)) as person:
            request._person = person  # type: ignore[attr-defined]
            return get_response(request)

    return answer


def weekdays(company: Company) -> list[int]:
    """The days of a week (ISO, Monday is 1), from the company's first one on."""
    return [(company.first_weekday - 1 + offset) % 7 + 1 for offset in range(7)]


def week_of(day: date, company: Company) -> tuple[date, date]:
    """The week `[since, until)` that `day` lies in, from the company's first weekday on."""
    since = day - timedelta(days=(day.isoweekday() - company.first_weekday) % 7)
    return since, since + timedelta(days=7)
