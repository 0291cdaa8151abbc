"""Closed for maintenance: nobody comes in, nothing on the schedule begins, and nothing that was accepted is touched."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from exceptions.company import stored_company
from exceptions.models import Company

ALWAYS_OPEN = ("/alive", "/ready")
COME_BACK_SECONDS = 120


def close_for(words: str) -> None:
    """Closes the product; `words` tell people why, and until when."""
    _set(words)


def open_again() -> None:
    """Opens the product."""
    _set("")


def closed_for() -> str:
    """Why the product is closed; empty where it is open."""
    return stored_company().closed_for


@transaction.atomic
def _set(words: str) -> None:
    Company.objects.update_or_create(id=1, defaults={"closed_for": words})


def closed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: while the product is closed, people read why, and programs and vendors are told to come back."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path in ALWAYS_OPEN:
            return get_response(request)
        request.company = company = stored_company()  # type: ignore[attr-defined]
        if not company.closed_for:
            return get_response(request)
        response = _refusal(request, company.closed_for)
        response["Retry-After"] = str(COME_BACK_SECONDS)
        response["Cache-Control"] = "no-store"
        return response

    return answer


def _refusal(request: HttpRequest, words: str) -> HttpResponse:
    if request.path.startswith(("/api/", "/hooks/")):
        problem = {"type": "about:blank", "title": "Closed for maintenance", "status": 503, "detail": words}
        return JsonResponse(problem, status=503)
    return render(request, "503.html", {"words": words}, status=503)
