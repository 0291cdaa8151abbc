"""Requests that cannot be read at all: said in words to people, and as a problem to programs."""

from dataclasses import asdict, dataclass

import structlog
from django.contrib.messages import ERROR
from django.contrib.messages.storage.session import SessionStorage
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Refusal:
    """What is wrong with a request."""

    status: int
    title: str
    detail: str


class Messages(SessionStorage):
    """What is told to people on their next page, in no cookie of its own; what was refused is logged, by its page."""

    def add(self, level: int, message: str, extra_tags: str | None = "") -> None:
        """Keeps a message until it is shown."""
        if level >= ERROR:
            log.warning("refused", page=_page(self.request))
        super().add(level, message, extra_tags)


def _page(request: HttpRequest) -> str:
    return (request.resolver_match and request.resolver_match.url_name) or ""


MALFORMED = Refusal(
    400, "This could not be read", "What your browser sent is broken. Nothing was done. Go back and try again."
)
TOO_LARGE = Refusal(
    413, "This is too much at once", "More was sent than one page takes. Nothing was done. Go back and send less."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What a request is answered that cannot be read, or is larger than any form."""
    large = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent))
    refusal = TOO_LARGE if large else MALFORMED
    if request.path.startswith(("/api/", "/hooks/")):
        problem = {"type": "about:blank"} | asdict(refusal)
        return JsonResponse(problem, status=refusal.status, content_type="application/problem+json")
    return render(request, "400.html", {"refusal": refusal}, status=refusal.status)
