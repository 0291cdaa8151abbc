"""How long a sign-in lasts: until nothing was done for the company's idle minutes, and no longer than its hours."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import time
from typing import Any

import structlog
from allauth.account.internal.flows.login import get_authentication_records
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from structlog.contextvars import bound_contextvars

from exceptions.company import stored_company
from exceptions.models import Company
from exceptions.people.typed import take_typed

log = structlog.get_logger(__name__)
BEGAN, SEEN = "signed_in_at", "last_seen_at"  # seconds since 1970, in the session
NOTED_EVERY = 60
MOST = 10  # sign-ins of one person at once
# what pages ask for by themselves while they wait shows nobody at work
ASKED_BY_PAGES = {"connection_windows", "settings_preview", "bulk_job", "setup_reading", "setup_run", "home_month"}


def begin(session: Any, *, at: float) -> None:
    """Notes that somebody has just signed in."""
    session[BEGAN] = session[SEEN] = at


def is_over(session: Any, company: Company, *, at: float) -> bool:
    """Whether a sign-in has lasted too long, or nothing was done in it for too long; one without a note has begun."""
    idle, whole = company.idle_minutes * 60, company.session_hours * 3600
    return bool(at - session.get(SEEN, at) > idle or at - session.get(BEGAN, at) > whole)


def timed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: ends sign-ins that are over, and notes once a minute that somebody is at work."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            company = getattr(request, "company", None) or stored_company()
            if is_over(request.session, company, at=time()):
                request.timed_out = request.user.pk  # type: ignore[attr-defined]
                logout(request)
                log.info("sign-in over", person=request.timed_out)  # type: ignore[attr-defined]
        known, proofs = request.user.pk, get_authentication_records(request, request.user)
        with bound_contextvars(**({"person": known} if known else {})):
            response = get_response(request)
        if known and request.user.pk == known and len(get_authentication_records(request, request.user)) > len(proofs):
            _renew(request.session)
        if request.user.is_authenticated and not _asked_by_a_page(request):
            _note(request.session, at=time())
        if known and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return answer


def end_oldest(person: Any) -> None:
    """Ends the sign-ins of a person that are more than may last beside one another, the oldest first."""
    for session in UserSession.objects.filter(user=person).order_by("-created_at", "-id")[MOST:]:
        session.end()
        log.info("sign-in ended for a newer one", person=person.pk)


def forget_old_sessions(*, at: datetime) -> int:
    """Removes sessions that nobody can use any more, with what was typed in them, and failures that lock nobody."""
    Session.objects.filter(expire_date__lt=at).delete()
    AccessAttempt.objects.filter(attempt_time__lt=at - timedelta(hours=settings.AXES_COOLOFF_TIME)).delete()
    gone: int = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]
    return gone


def typed(request: HttpRequest) -> dict[str, Any]:
    """For templates: `typed`, what somebody had typed before they were signed out; and the company's `idle_minutes`."""
    company = getattr(request, "company", None)
    return {
        "typed": SimpleLazyObject(lambda: take_typed(request)),
        "idle_minutes": company.idle_minutes if company else None,
    }


def _asked_by_a_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    return bool(getattr(request, "htmx", False) and match and match.url_name in ASKED_BY_PAGES)


def _renew(session: Any) -> None:
    """Whoever has proven anew who they are goes on under a new name; the old one opens nothing any more."""
    old = session.session_key
    session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=session.session_key)


def _note(session: Any, *, at: float) -> None:
    if BEGAN not in session:
        begin(session, at=at)
    elif at - session.get(SEEN, 0) > NOTED_EVERY:
        session[SEEN] = at
