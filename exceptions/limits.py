"""How often a person, or an address, may ask for what is costly or could be guessed; counted in the cache."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from exceptions.people.sign_in import address_of

View = Callable[..., HttpResponseBase]
MINUTE = 60
log = structlog.get_logger(__name__)


def limited(what: str, *, most: int, seconds: int = MINUTE) -> Callable[[View], View]:
    """Guards a view: so many requests of one person, or of one address where nobody is signed in, then 429."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return too_many(request, what, most=most, seconds=seconds) or view(request, *args, **kwargs)

        guarded.limit = (what, most, seconds)  # type: ignore[attr-defined]
        return guarded

    return guard


def too_many(request: HttpRequest, what: str, *, most: int, seconds: int = MINUTE) -> HttpResponse | None:
    """Counts one more of whoever asks; the answer where it is one too many, else null."""
    if not over(f"limit:{what}:{_who(request)}", most=most, seconds=seconds):
        return None
    log.warning("too many", what=what)
    answer = render(request, "429.html", {"what": what}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def over(key: str, *, most: int, seconds: int) -> bool:
    """Counts one more, and whether that is more than `most` since the count began, `seconds` ago at the most."""
    cache.add(key, 0, timeout=seconds)
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # it ended in between
        return False


def is_over(key: str, *, most: int) -> bool:
    """Whether more than `most` are counted already; counts nothing."""
    return bool((cache.get(key) or 0) > most)


def _who(request: HttpRequest) -> str:
    known = request.user.is_authenticated
    return f"person:{request.user.pk}" if known else f"address:{address_of(request)}"
