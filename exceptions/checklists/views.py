"""The page of the checklists: what is due, what was missed, and answering."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from exceptions.checklists.rounds import AnswerRefused, answer, ask_again, checklist_page, sign
from exceptions.models import ChecklistRound, RoundItem
from exceptions.rights import needs, person_in


@require_safe
@needs("see")
def checklists(request: HttpRequest) -> HttpResponse:
    """What is due today and this week, and what was missed."""
    page = checklist_page(at=timezone.now())
    return render(request, "checklists/checklists.html", {"page": page, "now": timezone.now()})


@require_POST
@needs("work")
def answer_item(request: HttpRequest, id: int) -> HttpResponse:
    """Answers one item."""
    item = get_object_or_404(RoundItem, id=id)
    said, note = request.POST.get("answer", ""), request.POST.get("note", "")
    try:
        answer(item.pk, said, by=person_in(request), at=timezone.now(), note=note)
    except AnswerRefused as error:
        messages.error(request, str(error))
    return _back(request, item.round_id)


@require_POST
@needs("work")
def sign_round(request: HttpRequest, id: int) -> HttpResponse:
    """Signs a round."""
    turn = get_object_or_404(ChecklistRound, id=id)
    try:
        signed = sign(turn.pk, by=person_in(request), at=timezone.now(), note=request.POST.get("note", ""))
    except AnswerRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Signed: {signed.checklist}, {signed.period}.")
    return _back(request, turn.pk)


@require_POST
@needs("work")
def ask_round(request: HttpRequest, id: int) -> HttpResponse:
    """Asks the automatic items of a round again."""
    turn = get_object_or_404(ChecklistRound, id=id)
    try:
        ask_again(turn.pk, by=person_in(request), at=timezone.now())
    except AnswerRefused as error:
        messages.error(request, str(error))
    return _back(request, turn.pk)


def _back(request: HttpRequest, turn: int) -> HttpResponse:
    page = request.POST.get("back", "")
    own = url_has_allowed_host_and_scheme(page, allowed_hosts=None) and page.startswith("/")
    return redirect(f"{page if own else '/checklists'}?round={turn}#round-{turn}")
