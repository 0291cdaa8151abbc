"""The pages of month-end: the months, and one month's statement with its signatures."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from exceptions import close
from exceptions.close import CloseRefused, blockers, late_items, months, period_of, prior_period_items
from exceptions.models import Period
from exceptions.rights import needs, person_in
from exceptions.statement import Item, NoSuchMonth, lines, month_bounds, statement_of

ACTS = {"prepare": "Prepared", "review": "Closed", "send_back": "Sent back", "reopen": "Opened again"}


@require_safe
@needs("see")
def close_months(request: HttpRequest) -> HttpResponse:
    """Every month and currency in which anything happened, and how far its closing is."""
    return render(request, "close/months.html", {"months": months(at=timezone.now())})


@require_safe
@needs("see")
def close_month(request: HttpRequest, month: str, currency: str) -> HttpResponse:
    """One month's statement: as signed where it is, as known now, with what stands in the way and who signed."""
    period, now = _period(month, currency), timezone.now()
    made = statement_of(month, currency, as_of=now)
    signed = [Item(**{name: getattr(item, name) for name in close.FIELDS}) for item in period.items.all()]
    parts = ("returns", "credits", "liability")
    context = {
        "period": period,
        "statement": made,
        "parts": [(part, lines(signed if period.state != "open" else made.items, part)) for part in parts],
        "blockers": blockers(made, at=now) if period.state != "closed" else [],
        "late": late_items(period, at=now) if period.state == "closed" else [],
        "prior": prior_period_items(currency, at=now) if period.state == "open" else [],
        "signatures": period.signatures.select_related("by"),
    }
    return render(request, "close/month.html", context)


@require_safe
@needs("see")
def close_line(request: HttpRequest, month: str, currency: str, part: str, bucket: str) -> HttpResponse:
    """The records behind one line."""
    period = _period(month, currency)
    if period.state == "open":
        items = statement_of(month, currency, as_of=timezone.now()).of(part, bucket)
    else:
        kept = period.items.filter(part=part, bucket=bucket).order_by("name", "reference", "id")
        items = [Item(**{name: getattr(item, name) for name in close.FIELDS}) for item in kept]
    if name := request.GET.get("name"):
        items = [item for item in items if item.name == name]
    found = lines(items, part)
    context: dict[str, Any] = {"period": period, "items": items, "lines": found, "bucket": bucket}
    context["total"] = sum((item.amount for item in items), start=0)
    return render(request, "close/line.html", context)


@require_POST
@needs("work")
def sign_month(request: HttpRequest, month: str, currency: str, act: str) -> HttpResponse:
    """A signature, or taking one back; refused in words."""
    if act not in ACTS:
        raise Http404
    period, said = _period(month, currency), {"by": person_in(request), "at": timezone.now()}
    if act in ("send_back", "reopen"):
        said["reason"] = request.POST.get("reason", "")
    try:
        getattr(close, act)(period, **said)
    except CloseRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{ACTS[act]}: {period}.")
    return redirect("close_month", month, currency)


def _period(month: str, currency: str) -> Period:
    try:
        month_bounds(month)
    except NoSuchMonth as error:
        raise Http404 from error
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise Http404
    return period_of(month, currency)
