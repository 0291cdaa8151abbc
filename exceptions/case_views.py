"""The page of one exception and every move on it. Each view asks one domain function."""

from typing import Any

import structlog
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import own_data
from exceptions.actions import way_of
from exceptions.attachments import AttachmentRefused, attach, stored_file
from exceptions.downloads.taken import note_taken
from exceptions.drafts import DRAFTED, draft_of
from exceptions.exception_page import cases_for_page, exception_page
from exceptions.limits import limited
from exceptions.listing import row_number
from exceptions.models import Attachment, ExceptionCase, OwnChange, TrailEntry
from exceptions.move_forms import FORMS, PARAMETER, MoveForm
from exceptions.moves import MOVES, FieldMissing, MovedMeanwhile, MoveNotAllowed
from exceptions.previews.changes import foresee
from exceptions.previews.foreseen import Foreseen
from exceptions.resolutions import Resolution, resolutions_of
from exceptions.rights import may, needs, person_in
from exceptions.trail.sentences import sentence
from exceptions.workflow import Origin, move, undo
from exceptions.writeback.offers import Offer, offer_of


def origin(request: HttpRequest, source: str = "page") -> Origin:
    """Where a move comes from: this source, and the id that stands on all log lines of the request."""
    return Origin(source, str(structlog.contextvars.get_contextvars().get("request_id", "")))


def _case(id: int) -> ExceptionCase:
    cases = ExceptionCase.objects.select_related("owner", "superseded_by", "merged_into", "continues", "previous_owner")
    return get_object_or_404(cases, id=id)


@require_safe
@needs("see")
def exception(request: HttpRequest, id: int) -> HttpResponse:
    """One exception: what is expected, what is found, what can be done, and what happened to it."""
    queue = request.GET.get("queue", "")
    within = QueryDict(queue).dict() if queue else {}
    case, now = get_object_or_404(cases_for_page(), id=id), timezone.now()
    before = row_number(request.GET.get("before", ""))
    page = exception_page(case, person_in(request), at=now, within=within, before=before)
    return render(request, "exceptions/exception.html", {"page": page, "case": case, "queue": queue, "now": now})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see")
def move_exception(request: HttpRequest, id: int, name: str) -> HttpResponse:
    """One move: its form, and what becomes of it. What was typed stays where the move is refused."""
    case, chosen, offer = _case(id), None, None
    if name not in MOVES and name != "resolve":
        raise Http404
    if key := request.GET.get("resolution"):
        chosen = _resolution(case, key)
        offer = _offer(case, chosen) if "write" in request.GET else None
        name = way_of(chosen, case, person_in(request), at=timezone.now(), offer=offer)
    elif name == "resolve":
        raise Http404
    kind = FORMS.get(name, MoveForm)
    form = kind(request.POST if request.method == "POST" else None, case=case, resolution=chosen, offer=offer)
    asked = request.method == "POST" and "preview" not in request.POST and form.is_valid()
    if asked and (entry := _moved(request, id, name, form)):
        messages.success(request, f"E-{id}: {sentence(entry)}")
        return _back(request, entry.case_id or id)
    context = {
        "case": case,
        "form": form,
        "move": MOVES[name],
        "chosen": chosen,
        "offer": offer,
        "effect": _effect(case, chosen, form),
        "foreseen": _foreseen(request, case, chosen, form),
        "draft": draft_of(case, chosen, at=timezone.now()) if chosen and chosen.key in DRAFTED and not offer else None,
    }
    template = "exceptions/_move.html" if request.htmx else "exceptions/move.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=422 if form.errors and not request.htmx else 200)  # type: ignore[attr-defined]


def _moved(request: HttpRequest, id: int, name: str, form: MoveForm) -> TrailEntry | None:
    """The entry of the move; null where it is refused, and then the form says why."""
    by, at, seen = person_in(request), timezone.now(), form.cleaned_data["seen"]
    try:
        return move(id, name, by=by, at=at, seen=seen, origin=origin(request), **form.said())
    except FieldMissing as error:
        form.add_error(_field(form, error.field), str(error))
        if error.field == "write":
            form.look_again(_case(id))
    except MovedMeanwhile as error:
        form.add_error(None, f"{error} Look again, then decide.")
        form.look_again(_case(id))
    except MoveNotAllowed as error:
        form.add_error(None, str(error))
    return None


def _resolution(case: ExceptionCase, key: str) -> Resolution:
    for one in resolutions_of(case.kind):
        if one.key == key:
            return one
    raise Http404


def _offer(case: ExceptionCase, chosen: Resolution) -> Offer:
    if (offer := offer_of(case, chosen)) is None:
        raise Http404
    return offer


def _field(form: MoveForm, name: str) -> str | None:
    """The form's name of a field; null where it has none that is seen, for the error to stand above all."""
    seen = {field.name for field in form.visible_fields()}
    return next((known for known in (name, f"p_{name}") if known in seen), None)


def _effect(case: ExceptionCase, chosen: Resolution | None, form: MoveForm) -> own_data.Effect | None:
    """What a change of our own data would close, with what has been typed so far."""
    if chosen is None or chosen.key not in own_data.HANDLERS:
        return None
    return own_data.effect(chosen.key, case, _parameters(form) if form.is_bound and form.is_valid() else {})


def _foreseen(request: HttpRequest, case: ExceptionCase, chosen: Resolution | None, form: MoveForm) -> Foreseen | None:
    """What the checks find with the change, where somebody asks, or the form suggests all that it needs."""
    if chosen is None or chosen.effect != "own_data" or not may(person_in(request), "work"):
        return None
    if form.is_bound and ("preview" not in request.POST or not form.is_valid()):
        return None
    try:
        return foresee(chosen.key, case, _parameters(form), by=person_in(request).user, at=timezone.now())
    except own_data.ChangeRefused as error:
        if form.is_bound:
            form.add_error(_field(form, error.field), str(error))
        return None


def _parameters(form: MoveForm) -> dict[str, Any]:
    """What was typed for a resolution, or what its form suggests."""
    typed = form.cleaned_data if form.is_bound else {name: form[name].initial for name in form.fields}
    return {name.removeprefix(PARAMETER): value for name, value in typed.items() if name.startswith(PARAMETER)}


def _back(request: HttpRequest, id: int) -> HttpResponse:
    address = reverse("exception", args=[id])
    if request.htmx:  # type: ignore[attr-defined]
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = address
        return answer
    return redirect(address)


@require_POST
@needs("see")
def undo_change(request: HttpRequest, id: int, change: int) -> HttpResponse:
    """Puts back what a resolution changed in our own data."""
    made = get_object_or_404(OwnChange, id=change, case_id=id)
    try:
        undo(made.pk, by=person_in(request), at=timezone.now(), origin=origin(request))
    except (own_data.CannotBeUndone, MoveNotAllowed) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Undone; the next run looks at it again.")
    return redirect("waivers") if "waivers" in request.POST else redirect("exception", id)


@require_POST
@needs("work")
def attach_file(request: HttpRequest, id: int) -> HttpResponse:
    """Puts a file to a case."""
    given = request.FILES.get("file")
    try:
        if given is None:
            raise AttachmentRefused("Choose a file.")
        kept = attach(_case(id), given, by=person_in(request), at=timezone.now(), origin=origin(request))
    except (AttachmentRefused, MoveNotAllowed) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{kept.name} is kept with E-{id}.")
    return redirect("exception", id)


@require_safe
@needs("see")
@limited("files", most=60)
def attachment(request: HttpRequest, id: int, attachment: int) -> FileResponse:
    """A file of a case, always as a download."""
    kept = get_object_or_404(Attachment, id=attachment, case_id=id)
    note_taken(f"{kept.name} of E-{id}", "file", {}, by=request.user, at=timezone.now(), what="file")
    answer = FileResponse(stored_file(kept), as_attachment=True, filename=kept.name)
    answer["Content-Type"] = "application/octet-stream"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@require_safe
@needs("see")
@limited("files", most=60)
def draft(request: HttpRequest, id: int, resolution: str) -> HttpResponse:
    """The draft that a resolution offers, to download."""
    case = _case(id)
    made = draft_of(case, _resolution(case, resolution), at=timezone.now())
    note_taken(f"{made.name} of E-{id}", "txt", {}, by=request.user, at=timezone.now(), what="draft")
    answer = HttpResponse(made.text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer
