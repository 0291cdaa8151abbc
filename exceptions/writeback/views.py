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
    """Lets a connection make the changes that are ticked, and no others; without a tick only by two people's word."""
    connection, by = get_object_or_404(Connection, id=id), person_in(request).user
    actions, two = request.POST.getlist("action"), "alone" not in request.POST
    try:
        allowed = allow_writes(connection, actions, by=by, at=timezone.now(), source="page", second_person=two)
    except NoSuchChange as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{connection.system}: {len(allowed)} of its changes may be made.")
    return redirect("connections")
