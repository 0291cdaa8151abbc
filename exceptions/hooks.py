"""The address that vendors deliver to: verified, stored, answered; handled later."""

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from connectors.models import Connection
from connectors.registry import connector
from connectors.webhooks import DeliveryRefused, Incoming, TooLarge, count_refusal, receive
from exceptions.limits import is_over, over
from exceptions.people.sign_in import address_of

REFUSALS_A_MINUTE = 120  # of one sender at one connection; whoever signs rightly is never counted


@csrf_exempt
@require_POST
def hook(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a delivery. The answer says nothing of why one was refused; the connection's page does."""
    connection = Connection.objects.filter(hook_key=key).first()
    webhook = connector(connection.kind, connection.vendor).webhook if connection else None
    if connection is None or webhook is None:
        raise Http404
    now, refusals = timezone.now(), f"limit:refused:{connection.pk}:{address_of(request)}"
    if is_over(refusals, most=REFUSALS_A_MINUTE):
        count_refusal(connection, "too many", at=now)
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    try:
        headers = {name.lower(): value for name, value in request.headers.items()}
        receive(connection, webhook, Incoming(headers, request.body), at=now)
    except RequestDataTooBig:
        count_refusal(connection, TooLarge.reason, at=now)
        return HttpResponse(status=TooLarge.status)
    except UnreadablePostError:
        count_refusal(connection, "broken off", at=now)
        return HttpResponse(status=400)
    except DeliveryRefused as refused:
        over(refusals, most=REFUSALS_A_MINUTE, seconds=60)
        return HttpResponse(status=refused.status)
    return HttpResponse(status=200)
