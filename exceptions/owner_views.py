"""The owner of a case, changed where it stands: in its row of the queue, or on a small page where no scripts run."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from exceptions.case_views import origin
from exceptions.listing import row_number
from exceptions.models import ExceptionCase
from exceptions.moves import MoveNotAllowed
from exceptions.owner_choice import NOBODY, choose_owner, owner_choice
from exceptions.ownership import TEAM_NAME
from exceptions.rights import needs, person_in
from exceptions.trail.sentences import sentence


@require_http_methods(["GET", "HEAD", "POST"])
@needs("work")
def owner(request: HttpRequest, id: int) -> HttpResponse:
    """Asks who is to own a case, and makes it so; what is refused is said, with the case as it is now."""
    case = _case(id)
    if request.method == "POST":
        return _answer(request, case, *_chosen(request, case))
    if request.htmx and "leave" in request.GET:  # type: ignore[attr-defined]
        return _row(request, case, "")
    context = {"choice": owner_choice(case, person_in(request)), "case": case, "address": request.GET.get("queue", "")}
    part = request.htmx  # type: ignore[attr-defined]
    return render(request, "exceptions/_owner_form.html" if part else "exceptions/owner.html", context)


def _chosen(request: HttpRequest, case: ExceptionCase) -> tuple[bool, str]:
    """Whether it was done, and what is told about it."""
    seen = row_number(request.GET.get("seen", "")) or 0
    said = request.POST.get(f"owner_of_{case.pk}", "")
    if said == (str(case.owner_id) if case.owner_id else NOBODY):
        return True, f"{case} stays with its owner."
    try:
        how: dict[str, Any] = {"by": person_in(request), "at": timezone.now(), "origin": origin(request)}
        return True, f"{case}: {sentence(choose_owner(case.pk, said, seen=seen, **how))}"
    except MoveNotAllowed as error:
        return False, f"{case}: {error}"


def _answer(request: HttpRequest, case: ExceptionCase, done: bool, told: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _row(request, _case(case.pk), told)
    (messages.success if done else messages.error)(request, told)
    return redirect(f"{reverse('queue')}?{request.POST.get('address', '')}")


def _row(request: HttpRequest, case: ExceptionCase, told: str) -> HttpResponse:
    """The row as it is now; what happened is told where a screen reader hears it."""
    context = {"case": case, "told": told, "now": timezone.now()}
    return render(request, "exceptions/_changed_row.html", context)


def _case(id: int) -> ExceptionCase:
    return get_object_or_404(ExceptionCase.objects.select_related("owner").annotate(team_name=TEAM_NAME), id=id)
