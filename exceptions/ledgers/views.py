"""The pages that read the ledgers. Each view is named after its page and asks one domain function."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from exceptions.downloads.taken import note_taken
from exceptions.ledgers import records as ledgers
from exceptions.ledgers import search as searching
from exceptions.ledgers.customer_page import NoSuchCustomer, customer_page, narrowed_to
from exceptions.ledgers.feeds import feeds_page
from exceptions.ledgers.order_group import NoSuchRecord
from exceptions.ledgers.order_page import order_page
from exceptions.ledgers.outcomes import NoSuchFlow, outcomes_page
from exceptions.ledgers.payloads import payload
from exceptions.ledgers.return_page import return_page
from exceptions.ledgers.runs import NoSuchRun, run_page, runs_page
from exceptions.ledgers.sku_page import NoSuchSku, sku_page
from exceptions.limits import too_many
from exceptions.listing import Stretch, start_of
from exceptions.rights import needs


@require_safe
@needs("see")
def order(request: HttpRequest, record: UUID) -> HttpResponse:
    """One order as every system tells it, found by any record of its group."""
    try:
        page = order_page(record, as_of=timezone.now())
    except NoSuchRecord as missing:
        raise Http404 from missing
    return render(request, "ledgers/order.html", {"page": page})


@require_safe
@needs("see")
def return_(request: HttpRequest, record: UUID) -> HttpResponse:
    """One return as every system tells it."""
    try:
        page = return_page(record, as_of=timezone.now())
    except NoSuchRecord as missing:
        raise Http404 from missing
    return render(request, "ledgers/return.html", {"page": page, "record": record})


@require_safe
@needs("see")
def customer(request: HttpRequest) -> HttpResponse:
    """One customer, by `?id=`; with the documents behind one number where its type and system are asked for."""
    try:
        page = customer_page(request.GET.get("id", ""), as_of=timezone.now(), narrowed=narrowed_to(request.GET))
    except NoSuchCustomer as missing:
        raise Http404 from missing
    stretch = Stretch(start_of(request.GET), len(page.documents), request.GET)
    context = {"page": page, "stretch": stretch, "documents": page.documents[stretch.start : stretch.last]}
    return render(request, "ledgers/customer.html", context)


@require_safe
@needs("see")
def sku(request: HttpRequest) -> HttpResponse:
    """One SKU, by `?sku=`."""
    try:
        page = sku_page(request.GET.get("sku", ""), as_of=timezone.now())
    except NoSuchSku as missing:
        raise Http404 from missing
    return render(request, "ledgers/sku.html", {"page": page})


@require_safe
@needs("see")
def search(request: HttpRequest) -> HttpResponse:
    """What goes by some words: the page itself where it is one thing, else a list by kind."""
    found = searching.search(request.GET.get("q", ""), as_of=timezone.now())
    if found.only and found.exact:
        return redirect(found.only.address)
    return render(request, "ledgers/search.html", {"found": found, "shown": searching.SHOWN})


@require_safe
@needs("see")
def skus(request: HttpRequest) -> HttpResponse:
    """The SKUs that begin with `?q=`, for a field that offers them while somebody types."""
    return JsonResponse(searching.sku_choices(request.GET.get("q", "")), safe=False)


@require_safe
@needs("see")
def outcomes(request: HttpRequest) -> HttpResponse:
    """What became of what one flow carried in the last 24 hours, by `?flow=`, of one `?result=` or of any."""
    now, start = timezone.now(), start_of(request.GET)
    flow, result = (request.GET.get(name, "") for name in ("flow", "result"))
    try:
        page = outcomes_page(flow, result=result, as_of=now, start=start)
    except NoSuchFlow as missing:
        raise Http404 from missing
    stretch = Stretch(start, page.count, request.GET)
    return render(request, "ledgers/outcomes.html", {"page": page, "stretch": stretch, "now": now})


@require_safe
@needs("see")
def records(request: HttpRequest) -> HttpResponse:
    """The records of every system, newest first."""
    asked = {name: request.GET.get(name) or None for name in ("type", "system")}
    page = ledgers.records_page(**asked, after=request.GET.get("after", ""), as_of=timezone.now())
    return render(request, "ledgers/records.html", {"page": page, "following": _following(request, page.following)})


@require_safe
@needs("see")
def record(request: HttpRequest, record: UUID) -> HttpResponse:
    """One record with all its versions, and how each differs from the one before."""
    try:
        page = ledgers.record_page(record, after=request.GET.get("after", ""))
    except NoSuchRecord as missing:
        raise Http404 from missing
    return render(request, "ledgers/record.html", {"page": page, "following": _following(request, page.following)})


@require_safe
@needs("see")
def version(request: HttpRequest, record: UUID, version: UUID) -> HttpResponse:
    """One version's payload; `?as=received` gives the line itself, as a file."""
    try:
        entry, raw = ledgers.version_raw(record, version)
    except NoSuchRecord as missing:
        raise Http404 from missing
    if request.GET.get("as") == "received":
        return _file(request, raw.encode(), f"{entry.type}-{entry.system}-{entry.version.hex[:12]}.json")
    return render(request, "ledgers/version.html", {"entry": entry, "payload": payload(raw)})


@require_safe
@needs("see")
def rejected(request: HttpRequest) -> HttpResponse:
    """The lines that were refused, newest first."""
    page = ledgers.rejected_page(after=request.GET.get("after", ""))
    return render(request, "ledgers/rejected.html", {"page": page, "following": _following(request, page.following)})


@require_safe
@needs("see")
def rejected_line(request: HttpRequest, sha256: str) -> HttpResponse:
    """One refused line, why, and what it was; `?as=received` gives the line itself, as a file."""
    try:
        line, case = ledgers.rejected_line(sha256)
    except NoSuchRecord as missing:
        raise Http404 from missing
    if request.GET.get("as") == "received":
        return _file(request, bytes(line.raw), f"refused-{sha256[:12]}.txt")
    return render(
        request, "ledgers/rejected_line.html", {"line": line, "case": case, "payload": payload(bytes(line.raw))}
    )


@require_safe
@needs("see")
def runs(request: HttpRequest) -> HttpResponse:
    """The runs of the checks, newest first."""
    page = runs_page(after=request.GET.get("after", ""))
    return render(request, "ledgers/runs.html", {"page": page, "following": _following(request, page.following)})


@require_safe
@needs("see")
def run(request: HttpRequest, id: int) -> HttpResponse:
    """One run: what each check found and how long it took."""
    try:
        page = run_page(id)
    except NoSuchRun as missing:
        raise Http404 from missing
    return render(request, "ledgers/run.html", {"page": page})


@require_safe
@needs("see")
def feeds(request: HttpRequest) -> HttpResponse:
    """Each flow: when it last succeeded, and whether it is late or silent."""
    now = timezone.now()
    return render(request, "ledgers/feeds.html", {"page": feeds_page(as_of=now), "now": now})


def _following(request: HttpRequest, cursor: str | None) -> str | None:
    """The address of the next page: this one's, from the cursor on."""
    if cursor is None:
        return None
    asked = request.GET.copy()
    asked["after"] = cursor
    return f"?{asked.urlencode()}"


def _file(request: HttpRequest, content: bytes, name: str) -> HttpResponse:
    """Something that was received, to be saved and never to be shown as a page."""
    if refused := too_many(request, "files", most=60):
        return refused
    note_taken(name, "as received", {}, by=request.user, at=timezone.now(), what="payload")
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer
