"""The pages of the trail."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exceptions.downloads.sheets import Sheet
from exceptions.downloads.views import take
from exceptions.limits import limited
from exceptions.rights import needs
from exceptions.trail.page import COLUMNS, as_rows, filtered, trail_page


@require_safe
@needs("audit")
def trail(request: HttpRequest) -> HttpResponse:
    """What everybody and the system did, the newest first."""
    page, following, filters = trail_page(request.GET.dict()), request.GET.copy(), request.GET.copy()
    filters.pop("before", None)
    following["before"] = str(page.following)
    context = {
        "page": page,
        "following": f"?{following.urlencode()}" if page.following else None,
        "filters": filters.urlencode(),
    }
    return render(request, "exceptions/trail.html", context)


@require_safe
@needs("audit")
@limited("files", most=60)
def trail_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The trail, as far as the filters leave it, as a file."""
    return take(request, "Trail", "trail", kind, Sheet(COLUMNS, as_rows(filtered(request.GET.dict()))))
