"""The queue: its tabs, filters, groups, own views, and moves of many cases at once."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions.case_views import origin
from exceptions.downloads.sheets import Sheet
from exceptions.downloads.views import take
from exceptions.ledgers.feeds import feeds_in_trouble
from exceptions.ledgers.unread import unread_systems
from exceptions.limits import limited
from exceptions.listing import row_number
from exceptions.models import BulkJob, ExceptionCase, SavedView
from exceptions.move_forms import FORMS, MoveForm
from exceptions.moves import MOVES, MoveNotAllowed
from exceptions.queue import bulk
from exceptions.queue.cases import EXPORTED, asked_for, exported, queue_page
from exceptions.queue.chips import chips
from exceptions.queue.grouped import GROUPS, grouped
from exceptions.queue.order import ORDERS
from exceptions.queue.saved_views import tabs
from exceptions.queue.table import QueueTable
from exceptions.rights import needs, person_in
from exceptions.tasks import run_bulk_job
from exceptions.workflow import BULK, move_many
from reconciliation.models import Run

FOLDED = ("state", "kind", "severity", "team", "system", "order", "group")  # filters that stand open once one is used


@require_safe
@needs("see")
def queue(request: HttpRequest) -> HttpResponse:
    """The open exceptions, or those that view, search and filters ask for; folded where it says `group`."""
    person, now, asked = person_in(request), timezone.now(), request.GET.dict()
    page = queue_page(asked, person, at=now)
    following = request.GET.copy()
    following["after"] = page.following or ""
    by = asked.get("group", "")
    rest = bulk.job_in(page.terms, person)
    context = {
        "person": person,
        "page": page,
        "chips": chips(asked, page),
        "now": now,
        "tabs": tabs(person, at=now),
        "view": asked.get("view", "" if request.GET else "open"),
        "table": QueueTable(page.cases),
        "orders": {name: order.label for name, order in ORDERS.items()},
        "groups": {name: label for name, (label, _) in GROUPS.items()},
        "group": by,
        "narrowed": any(asked.get(name) for name in FOLDED),
        "grouped": grouped(asked, by, person, at=now) if by in GROUPS else None,
        "moves": {name: MOVES[name].label for name in bulk.OFFERED},
        "address": request.GET.urlencode(),
        "following": f"?{following.urlencode()}" if page.following else None,
        "trouble": [] if page.cases else feeds_in_trouble(at=now),
        "unread": unread_systems(at=now),
        "rest": rest,
        "rest_move": MOVES[rest.move].label if rest else "",
        "left": bulk.left_of(rest) if rest else {},
        "last_run": Run.objects.filter(advanced=True, finished_at__isnull=False).order_by("-id").first(),
    }
    part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "exceptions/_queue.html" if part else "exceptions/queue.html", context)


@require_safe
@needs("export")
@limited("files", most=60)
def queue_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The queue as it is filtered, every row of it, as a file."""
    _, _, cases = asked_for(request.GET.dict(), person_in(request), at=timezone.now())
    return take(request, "Exceptions", "exceptions", kind, Sheet(EXPORTED, exported(cases)))


@require_http_methods(["POST"])
@needs("work")
def bulk_move(request: HttpRequest) -> HttpResponse:
    """One move of the ticked cases, or of all that match: what it needs is asked once, what fails stays ticked."""
    if "again" in request.POST:
        return _again(request, request.POST["again"])
    name, everything = request.POST.get("move", ""), request.POST.get("all", "")
    seen = bulk.chosen(request.POST.getlist("case"))
    cases = list(ExceptionCase.objects.filter(id__in=list(seen)[:BULK]).order_by("id"))
    if name not in bulk.OFFERED or not (cases or everything):
        messages.error(request, "Tick at least one exception and choose what to do.")
        return redirect(f"{reverse('queue')}?{request.POST.get('address', '')}")
    form = _bulk_form(request, name, cases)
    if "confirmed" in request.POST and form.is_valid():
        return (_as_job if everything else _at_once)(request, name, form.said())
    asked = {"all": everything, "address": request.POST.get("address", "")}
    return _bulk_page(request, name, form, cases, {}, asked)


def _at_once(request: HttpRequest, name: str, said: dict[str, Any]) -> HttpResponse:
    """Makes the move of the ticked ones; what is left is shown in the queue, ticked, each with its reason."""
    seen, asked = bulk.chosen(request.POST.getlist("case")), request.POST.get("address", "")
    by, at = person_in(request), timezone.now()
    done, refused = move_many(seen, name, by=by, at=at, origin=origin(request, "bulk"), **said)
    (messages.warning if refused else messages.success)(request, bulk.outcome(len(done), refused))
    if refused:
        job = bulk.keep_rest(name, said, len(done), refused, by=by, at=at, asked=asked)
        asked = f"q=left:{job.pk}"
    return redirect(f"{reverse('queue')}?{asked}")


def _again(request: HttpRequest, number: str) -> HttpResponse:
    """The same move of what a job could not move, each ticked with the reason it was left."""
    job = _job(request, number)
    if job is None:
        raise Http404
    refused = bulk.left_of(job)
    cases = list(ExceptionCase.objects.filter(id__in=refused).order_by("id"))
    return _bulk_page(request, job.move, _empty_form(job.move, cases, job), cases, refused, {"address": job.query})


def _job(request: HttpRequest, number: str) -> BulkJob | None:
    """One of one's own moves of many by its number."""
    return BulkJob.objects.filter(id=row_number(number) or 0, by=request.user.pk).first()


def _empty_form(name: str, cases: list[ExceptionCase], job: BulkJob | None) -> MoveForm:
    """The form of a move; what was typed for the same move of many stands in it."""
    example = cases[0] if cases else ExceptionCase()
    typed = bulk.typed_for(job) if job and job.move == name else {}
    return FORMS.get(name, MoveForm)(None, case=example, initial=typed)


def _bulk_page(
    request: HttpRequest,
    name: str,
    form: MoveForm,
    cases: list[ExceptionCase],
    refused: Mapping[int, str],
    asked: dict[str, str],
) -> HttpResponse:
    told = [(case, refused.get(case.pk, "")) for case in cases]
    context = {"name": name, "move": MOVES[name], "cases": told, "form": form}
    return render(request, "exceptions/bulk.html", context | asked)


def _bulk_form(request: HttpRequest, name: str, cases: list[ExceptionCase]) -> MoveForm:
    if "confirmed" not in request.POST:
        return _empty_form(name, cases, _job(request, request.POST.get("left", "")))
    example = cases[0] if cases else ExceptionCase(team=request.POST.get("team", ""))
    form = FORMS.get(name, MoveForm)(request.POST, case=example)
    form.fields["seen"].required = False
    return form


def _as_job(request: HttpRequest, name: str, said: dict[str, Any]) -> HttpResponse:
    try:
        job = bulk.start(request.POST.get("address", ""), name, said, by=person_in(request), at=timezone.now())
    except MoveNotAllowed as error:
        messages.error(request, str(error))
        return redirect("queue")
    transaction.on_commit(lambda: run_bulk_job.delay(job.pk))
    return redirect("bulk_job", job.pk)


@require_safe
@needs("work")
def bulk_job(request: HttpRequest, id: int) -> HttpResponse:
    """How far a move of many cases is, and what it could not move."""
    job = get_object_or_404(BulkJob, id=id, by=request.user)
    template = "exceptions/_job.html" if request.htmx else "exceptions/job.html"  # type: ignore[attr-defined]
    return render(request, template, {"job": job, "move": MOVES[job.move], "seen": job.done + job.failed})


@require_POST
@needs("see")
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the queue as it is filtered now as a tab of one's own."""
    said = {key: request.POST.get(key, "").replace("\0", "") for key in ("name", "query")}
    name, query = said["name"].strip()[:60], said["query"][:2_000]
    if not name:
        messages.error(request, "Give the view a name.")
        return redirect(f"{reverse('queue')}?{query}")
    try:
        with transaction.atomic():
            SavedView.objects.create(person=person_in(request).user, name=name, query=query)
    except IntegrityError:
        messages.error(request, f"You have a view called {name} already.")
    return redirect(f"{reverse('queue')}?{query}")


@require_POST
@needs("see")
def drop_view(request: HttpRequest, id: int) -> HttpResponse:
    """Forgets one of one's own tabs."""
    get_object_or_404(SavedView, id=id, person=request.user).delete()
    return redirect("queue")
