"""The homes and the page of measures."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from exceptions.homes.admin import admin_home
from exceptions.homes.choice import NoSuchHome, home_of, homes_of, right_of
from exceptions.homes.cx import cx_home
from exceptions.homes.finance import finance_home
from exceptions.homes.insight_page import WINDOWS, insight_page
from exceptions.homes.month_bar import month_bar
from exceptions.homes.ops import ops_home
from exceptions.ledgers.runs import last_run
from exceptions.limits import limited
from exceptions.rights import demand, may, needs, person_in
from exceptions.setup.progress import nothing_connected
from exceptions.tasks import ask_for_insight

CURRENCY = re.compile("[A-Z]{3}")


@require_safe
@needs("see")
def home(request: HttpRequest, key: str = "") -> HttpResponse:
    """The home of the person's team or role, or the one that is named."""
    person, now, last = person_in(request), timezone.now(), last_run()
    fresh = not key and last is None and nothing_connected()
    if fresh and may(person, "configure"):
        return redirect("setup")
    key = key or home_of(person)
    try:
        demand(person, right_of(key))
    except NoSuchHome as missing:
        raise Http404 from missing
    pages: dict[str, Any] = {"cx": cx_home, "ops": ops_home, "admin": admin_home}
    if key == "finance":
        page = finance_home(person, at=now, currency=request.GET.get("currency", ""))
    else:
        page = pages[key](person, at=now)
    context = {"page": page, "home": key, "homes": homes_of(person), "last_run": last, "fresh": fresh}
    return render(request, f"homes/{key}.html", context)


@require_safe
@needs("see")
def home_month(request: HttpRequest) -> HttpResponse:
    """The month that finance closes next: part of its home, or a page where a browser runs no scripts."""
    currency = request.GET.get("currency", "").upper()
    if not CURRENCY.fullmatch(currency):
        raise Http404
    taken = month_bar(currency, at=timezone.now())
    context = {"bar": taken.figures, "as_of": taken.as_of, "late_days": -taken.figures.days}
    return render(request, "homes/_month.html" if request.htmx else "homes/month.html", context)  # type: ignore[attr-defined]


@require_safe
@needs("see")
@limited("measures", most=120)  # a page that waits for its charts asks thirty times a minute
def insight(request: HttpRequest) -> HttpResponse:
    """What the queue comes to over a window, for all or for some of it."""
    page = insight_page(request.GET.dict(), at=timezone.now())
    if page.is_old:
        ask_for_insight(request.GET.dict())
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(status=204)  # the page asks again
    context = {"page": page, "windows": WINDOWS, "last_run": last_run()}
    return render(request, "homes/insight.html", context)
