"""The one page that gives tables as files."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from exceptions.downloads.sheets import Asked, Sheet
from exceptions.downloads.tables import TABLES
from exceptions.downloads.taken import note_taken
from exceptions.exports import FORMATS, UnknownFormat, download
from exceptions.limits import limited
from exceptions.rights import demand, needs, person_in


@require_safe
@needs("export")
@limited("files", most=60)
def table(request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
    """A table of a page as it is filtered there, every row of it, as a file."""
    known = TABLES.get(name)
    if known is None or kind not in FORMATS:
        raise Http404
    asked = Asked(request.GET.dict(), person_in(request), timezone.now())
    demand(asked.person, known.right)
    try:
        made = known.make(asked)
    except LookupError as missing:
        raise Http404 from missing
    return take(request, known.title, name, kind, made)


def take(request: HttpRequest, title: str, name: str, kind: str, made: Sheet) -> HttpResponseBase:
    """The file of a table, noted in the trail; Http404 for a format that there is not."""
    try:
        answer = download(name, kind, made.columns, made.rows)
    except UnknownFormat as error:
        raise Http404 from error
    note_taken(title, kind, request.GET.dict(), by=person_in(request).user, at=timezone.now())
    return answer
