"""Runbooks: ticking steps on a case, and our own words over the shipped ones."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions.case_views import origin
from exceptions.configuration.views import by_of, page_of_settings
from exceptions.listing import row_number
from exceptions.models import ExceptionCase, RunbookVersion
from exceptions.moves import MoveNotAllowed
from exceptions.rights import needs, person_in
from exceptions.runbooks.steps import steps_of
from exceptions.runbooks.texts import RunbookRefused, difference, runbook_of, runbooks, shipped_text, write_runbook
from exceptions.runbooks.ticks import tick
from reconciliation.declarations import checks


@require_POST
@needs("work")
def tick_step(request: HttpRequest, id: int, step: str) -> HttpResponse:
    """Ticks a step on a case, or takes the tick back."""
    case = get_object_or_404(ExceptionCase, id=id)
    done = request.POST.get("done") != "no"
    try:
        tick(case.pk, step, done=done, by=person_in(request), at=timezone.now(), origin=origin(request))
    except MoveNotAllowed as error:
        messages.error(request, str(error))
    return redirect(f"/exceptions/{case.pk}#runbook")


@require_safe
@needs("configure")
def settings_runbooks(request: HttpRequest) -> HttpResponse:
    """The runbook of every kind, and which are in our own words."""
    rows = [(checks()[kind].title, runbook, steps_of(runbook.text)) for kind, runbook in runbooks().items()]
    return page_of_settings(request, "runbooks", "runbooks", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("configure")
def settings_runbook(request: HttpRequest, kind: str) -> HttpResponse:
    """One runbook: our own words, what differs from the shipped text, and its versions."""
    if kind not in checks():
        raise Http404
    runbook, refused, typed = runbook_of(kind), "", request.POST.get("text", "")
    if request.method == "POST":
        text, seen = _said(request, kind), request.POST.get("seen", "")
        try:
            number = row_number(seen)
            stored = write_runbook(
                kind, text, seen=-1 if number is None else number, by=by_of(request), at=timezone.now()
            )
        except RunbookRefused as error:
            refused = str(error)
        else:
            messages.success(request, f"Version {stored.number} is in force.")
            return redirect("settings_runbook", kind)
    context: dict[str, Any] = {
        "runbook": runbook,
        "title": checks()[kind].title,
        "text": typed or runbook.text,
        "refused": refused,
        "steps": steps_of(runbook.text),
        "lines": difference(shipped_text(kind), runbook.text),
        "versions": RunbookVersion.objects.filter(kind=kind).select_related("made_by"),
        "about": f"runbook {kind}",
    }
    return page_of_settings(request, "runbook", "runbooks", context)


def _said(request: HttpRequest, kind: str) -> str | None:
    """The text that is to be in force: what was typed, an earlier version's, or null for the shipped one."""
    revert = request.POST.get("revert", "")
    if not revert:
        return request.POST.get("text", "")
    number = row_number(revert)
    return get_object_or_404(RunbookVersion, kind=kind, number=number).text if number else None
