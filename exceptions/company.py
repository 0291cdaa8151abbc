"""The company's settings in effect: its time zone on every page, its way of writing numbers, its first weekday."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from exceptions.models import Company

_CURRENT: ContextVar[Company | None] = ContextVar("company", default=None)


def current_company() -> Company:
    """The settings in effect here; as stored, or the defaults, where nothing is in effect."""
    return _CURRENT.get() or stored_company()


def stored_company() -> Company:
    """The company as it is stored; where nothing is stored, the defaults."""
    return Company.objects.first() or Company()


@contextmanager
def in_company_time(company: Company | None = None) -> Iterator[Company]:
    """Puts the company's settings into effect: instants are written in its time zone, numbers in its way."""
    company = company or stored_company()
    token = _CURRENT.set(company)
    try:
        with timezone.override(company.time_zone):
            yield company
    finally:
        _CURRENT.reset(token)


def company_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the company's settings are in effect on every page of a person who is signed in."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        with in_company_time():
            return get_response(request)

    return answer


def weekdays(company: Company) -> list[int]:
    """The days of a week (ISO, Monday is 1), from the company's first one on."""
    return [(company.first_weekday - 1 + offset) % 7 + 1 for offset in range(7)]


def week_of(day: date, company: Company) -> tuple[date, date]:
    """The week `[since, until)` that `day` lies in, from the company's first weekday on."""
    since = day - timedelta(days=(day.isoweekday() - company.first_weekday) % 7)
    return since, since + timedelta(days=7)
