"""The pages of month-end: the months, and one month's statement with its signatures."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from exceptions import close
from exceptions.checklists.rounds import of_month
from exceptions.close import (
    CloseRefused,
    Late,
    closed_periods,
    late_between,
    months,
    period_of,
    prior_period_items,
    signed_before,
)
from exceptions.company import in_company_time
from exceptions.downloads.taken import note_taken
from exceptions.exports import UnknownFormat
from exceptions.homes.snapshots import snapshot
from exceptions.limits import limited
from exceptions.listing import Stretch, start_of
from exceptions.models import Period, PeriodSignature
from exceptions.months.beside import NoSuchFigure, figure
from exceptions.months.blockers import blockers
from exceptions.months.breakdown import UNNAMED, WAYS, breakdown, narrowed
from exceptions.months.journal import accrual
from exceptions.months.pack_files import ENDINGS, file_name, pack_file
from exceptions.months.packs import pack_of, takers
from exceptions.months.parts import PARTS, lines
from exceptions.months.signed import signed_statement
from exceptions.months.since_signed import since_signed
from exceptions.months.statement import NoSuchMonth, Statement, month_bounds, statement_of
from exceptions.rights import needs, person_in

FRESH = timedelta(minutes=10)
ACTS = {"prepare": "Prepared", "review": "Closed", "send_back": "Sent back", "reopen": "Opened again"}


@require_safe
@needs("see")
def close_months(request: HttpRequest) -> HttpResponse:
    """Every month and currency in which anything happened, and how far its closing is."""
    taken = snapshot(f"months:{_signed()}", lambda at: months(at=at), at=timezone.now())
    return render(request, "close/months.html", {"taken": taken})


@require_safe
@needs("see")
def close_month(request: HttpRequest, month: str, currency: str) -> HttpResponse:
    """One month's statement: as signed where it is, as known now, with what stands in the way and who signed."""
    period, closed, now = _period(month, currency), closed_periods(currency), timezone.now()
    made = statement_of(month, currency, as_of=now, by_sku=False)
    shown = made if period.state == "open" else signed_statement(period)
    context = {
        "period": period,
        "statement": shown,
        "parts": [(part, shown.lines(part)) for part in PARTS],
        "since": since_signed(shown, made) if period.state != "open" and request.GET.get("known") == "now" else [],
        "accrual": accrual(shown),
        "before": signed_before(period, closed),
        "blockers": blockers(made, at=now) if period.state != "closed" else [],
        "late": late_between(shown.items, made.items) if period.state == "closed" else [],
        "prior": _prior(closed, at=now) if period.state == "open" else [],
        "rounds": of_month(month),
        "now": now,
        "signatures": period.signatures.select_related("by") if period.pk else [],
        "ways": WAYS,
        "kinds": {"pdf": "Pack as PDF", "xlsx": "Workbook (XLSX)", "csv": "Tables (CSV)"},
    }
    return render(request, "close/month.html", context)


@require_safe
@needs("see")
def close_breakdown(request: HttpRequest, month: str, currency: str, way: str) -> HttpResponse:
    """The statement by customer or by SKU."""
    if way not in WAYS:
        raise Http404
    period = _period(month, currency)
    return render(request, "close/breakdown.html", {"period": period, "table": breakdown(_shown(period), way)})


@require_safe
@needs("see")
def close_line(request: HttpRequest, month: str, currency: str, part: str, bucket: str) -> HttpResponse:
    """The records behind one line (`all`: of the whole part), of everybody or of one customer or SKU."""
    if part not in PARTS:
        raise Http404
    period = _period(month, currency)
    items = _shown(period).of(part, None if bucket == "all" else bucket)
    if name := request.GET.get("name"):
        items = [item for item in items if item.name == name]
    way = next((way for way in WAYS if way in request.GET), None)
    shown = narrowed(items, way, request.GET[way]) if way else [(item, item.amount) for item in items]
    found = lines(items, part)
    stretch = Stretch(start_of(request.GET), len(shown), request.GET)
    part_of_it = shown[stretch.start : stretch.last]
    took = takers(item.case_id for item, _ in part_of_it if item.bucket == "accepted")
    listed = [(item, amount, took.get(item.case_id, "")) for item, amount in part_of_it]
    context: dict[str, Any] = {"period": period, "items": listed, "lines": found, "bucket": bucket, "part": part}
    context |= {"total": sum((amount for _, amount in shown), start=Decimal(0)), "stretch": stretch}
    context |= {"of": request.GET[way] or UNNAMED[way] if way else ""}
    return render(request, "close/line.html", context)


@require_safe
@needs("see")
def close_beside(request: HttpRequest, month: str, currency: str, what: str) -> HttpResponse:
    """The records behind a figure that stands beside the sums, as they are known now."""
    period, start = _period(month, currency), start_of(request.GET)
    of, place = (request.GET.get(name, "") for name in ("of", "place"))
    try:
        found = figure(month, currency, what, of=of, place=place, as_of=timezone.now(), start=start)
    except NoSuchFigure as error:
        raise Http404 from error
    stretch = Stretch(start, found.count, request.GET)
    context = {"period": period, "figure": found, "what": what, "stretch": stretch}
    return render(request, "close/beside.html", context)


@require_safe
@needs("export")
@limited("files", most=60)
def export_month(request: HttpRequest, month: str, currency: str, kind: str) -> HttpResponse:
    """The month's pack: as signed, or as it is known now."""
    try:
        with in_company_time():  # whoever takes it, it reads the same
            pack = pack_of(_period(month, currency), at=timezone.now())
            content = pack_file(pack, kind)
    except UnknownFormat as error:
        raise Http404 from error
    name = file_name(pack, kind)
    note_taken(f"Statement of {month} {currency}", kind, {}, by=request.user, at=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=ENDINGS[kind][1], headers=headers)


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


def _prior(closed: list[Period], *, at: datetime) -> list[tuple[Period, list[Late]]]:
    """What came late to closed months, looked for every ten minutes."""
    name = "prior:" + " ".join(f"{period.pk} {period.reviewed_at}" for period in closed)
    return snapshot(name, lambda now: prior_period_items(closed, at=now), at=at, fresh=FRESH).figures if closed else []


def _signed() -> int:
    """The last signature: what was taken before it is taken anew."""
    return PeriodSignature.objects.aggregate(last=Max("id"))["last"] or 0


def _shown(period: Period) -> Statement:
    """The statement as it was signed, or as it is known now where nobody has."""
    if period.state == "open":
        return statement_of(period.month, period.currency, as_of=timezone.now(), figures=False)
    return signed_statement(period)


def _period(month: str, currency: str) -> Period:
    try:
        month_bounds(month)
    except NoSuchMonth as error:
        raise Http404 from error
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise Http404
    return period_of(month, currency)
