"""Requests that cannot be read at all: said in words to people, and as a problem to programs."""

from dataclasses import asdict, dataclass

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Refusal:
    """What is wrong with a request."""

    status: int
    title: str
    detail: str


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
