"""Who changes what others may do, or how outside systems are reached, has just proven who they are."""

from collections.abc import Callable
from functools import wraps
from time import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from exceptions.people.sessions import BEGAN
from exceptions.people.typed import keep_typed, page_of

LASTS = 600  # seconds
READING = ("GET", "HEAD")
View = Callable[..., HttpResponseBase]


def confirmed(*, to_read: bool = False) -> Callable[[View], View]:
    """Guards a view that somebody in another's chair must not use: after ten minutes one proves anew who one is.

    What was sent is done as soon as that is proven. `to_read`: the page takes secrets; it asks before it shows its
    form, and nothing that was sent is kept.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if (request.method in READING and not to_read) or is_recent(request, at=time()):
                return view(request, *args, **kwargs)
            ways = get_adapter().get_reauthentication_methods(request.user)
            if not ways:
                return _sign_in_anew(request)
            if to_read:
                return redirect(f"{ways[0]['url']}?{urlencode({'next': page_of(request)})}")
            raise ReauthenticationRequired

        return guarded

    return guard


def is_recent(request: HttpRequest, *, at: float) -> bool:
    """Whether somebody has signed in, or proven anew who they are, in the last ten minutes."""
    records = get_authentication_records(request, request.user)
    moment: float = records[-1]["at"] if records else request.session.get(BEGAN, at)
    return at - moment <= LASTS


def _sign_in_anew(request: HttpRequest) -> HttpResponseBase:
    """Whom only the company's directory knows signs in there again; what was typed is kept."""
    person = request.user.pk
    logout(request)
    keep_typed(request, person)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': page_of(request)})}")
