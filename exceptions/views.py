"""The pages. Each view is named after its page and asks one domain function."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from exceptions.models import ExceptionCase
from exceptions.queue import ORDERS, queue_page
from exceptions.rights import needs
from exceptions.tables import QueueTable
from reconciliation.declarations import checks
from reconciliation.models import Run


@require_safe
@needs("see")
def queue(request: HttpRequest) -> HttpResponse:
    """The open exceptions, or those the filters ask for."""
    page = queue_page(request.GET.dict())
    following = request.GET.copy()
    if page.following:
        following["after"] = page.following
    context = {
        "page": page,
        "table": QueueTable(page.cases, request=request),
        "orders": {name: order.label for name, order in ORDERS.items()},
        "following": f"?{following.urlencode()}" if page.following else None,
        "last_run": Run.objects.filter(advanced=True, finished_at__isnull=False).order_by("-id").first(),
    }
    part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "exceptions/_queue.html" if part else "exceptions/queue.html", context)


@require_safe
@needs("see")
def exception(request: HttpRequest, id: int) -> HttpResponse:
    """One exception: what is expected, what is found, who says so, and what happened to it."""
    case = get_object_or_404(ExceptionCase.objects.select_related("owner", "superseded_by"), id=id)
    context = {"case": case, "check": checks().get(case.kind), "trail": case.trail.select_related("by")}
    return render(request, "exceptions/exception.html", context)
