"""Programs that call without encryption are refused: a redirect would hide that their token went over in the clear."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

PROGRAMS = ("/api/", "/hooks/")


def plain_refused(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: people are sent on to https, which Django does; programs are told to use it."""

    def answer(request: HttpRequest) -> HttpResponse:
        if settings.HTTPS and not request.is_secure() and request.path.startswith(PROGRAMS):
            detail = "Call https; and renew what was sent as a token, it went over unencrypted."
            problem = {"type": "about:blank", "title": "Not encrypted", "status": 403, "detail": detail}
            return JsonResponse(problem, status=403)
        return get_response(request)

    return answer
