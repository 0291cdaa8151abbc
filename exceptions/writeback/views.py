"""The switches of what may be written into each system."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from connectors.models import Connection
from exceptions.people.confirming import confirmed
from exceptions.rights import needs, person_in
from exceptions.writeback.allowing import NoSuchChange, allow_writes


@require_POST
@needs("configure")
@confirmed()
def allow(request: HttpRequest, id: int) -> HttpResponse:
    """Lets a connection make the changes that are ticked, and no others."""
    connection, by = get_object_or_404(Connection, id=id), person_in(request).user
    try:
        allowed = allow_writes(connection, request.POST.getlist("action"), by=by, at=timezone.now(), source="page")
    except NoSuchChange as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{connection.system}: {len(allowed)} of its changes may be made.")
    return redirect("connections")
