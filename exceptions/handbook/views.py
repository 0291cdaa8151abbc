"""The pages of the handbook: as it is now, as a PDF, and issuing it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from exceptions.configuration.changes import last_change
from exceptions.configuration.views import by_of
from exceptions.downloads.taken import note_taken
from exceptions.handbook.book import NothingChanged, handbook, issue_handbook
from exceptions.handbook.pdf import handbook_pdf
from exceptions.handbook.picture import picture
from exceptions.handbook.rows import kinds_in_order
from exceptions.homes.snapshots import snapshot
from exceptions.limits import limited
from exceptions.models import HandbookIssue
from exceptions.rights import needs
from exceptions.runbooks.texts import runbooks


@require_safe
@needs("see")
def handbook_page(request: HttpRequest) -> HttpResponse:
    """The handbook as the configuration is now."""
    issues = HandbookIssue.objects.select_related("issued_by").defer("content")[:20]
    taken = snapshot(f"handbook:{last_change()}", lambda _: (handbook(), picture()), at=timezone.now())
    book, drawn = taken.figures
    context = {"book": book, "picture": drawn, "issues": issues, "now": taken.as_of}
    return render(request, "handbook/handbook.html", context)


@require_safe
@needs("export")
@limited("files", most=60)
def handbook_file(request: HttpRequest) -> HttpResponse:
    """The handbook as a PDF; with all runbooks in force where that is asked."""
    now, books = timezone.now(), runbooks()
    appended = [books[check.kind] for check in kinds_in_order()] if "runbooks" in request.GET else []
    note_taken("Handbook", "pdf", {}, by=request.user, at=now)
    headers = {"Content-Disposition": f'attachment; filename="handbook-{now:%Y-%m-%d}.pdf"'}
    made = handbook_pdf(handbook(), picture(), at=now, appended=appended)
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@require_POST
@needs("configure")
def issue_handbook_page(request: HttpRequest) -> HttpResponse:
    """Issues the handbook."""
    try:
        made = issue_handbook(by=by_of(request), at=timezone.now())
    except NothingChanged as error:
        messages.info(request, str(error))
    else:
        messages.success(request, f"{made} is stored.")
    return redirect("handbook")
