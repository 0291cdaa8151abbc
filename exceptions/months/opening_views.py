"""The page of the opening balance: what stands open since before go-live, a form, a file, and the second signature."""

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from exceptions.models import OpeningItem
from exceptions.months.opening import (
    COLUMNS,
    Entered,
    LineRefused,
    OpeningRefused,
    enter,
    read_item,
    read_lines,
    sign,
    withdraw,
)
from exceptions.rights import needs, person_in

LARGEST = 5 * 1024 * 1024
SHOWN = 500


class OpeningForm(forms.Form):
    """One item, typed."""

    reference = forms.CharField(label="RMA of the return", required=False, max_length=200)
    customer = forms.CharField(label="Customer", required=False, max_length=200)
    currency = forms.CharField(label="Currency", required=False, max_length=3)
    amount = forms.CharField(
        label="Amount", required=False, help_text="Above nought: received, not credited. Below: credited, not received."
    )
    date = forms.CharField(label="Date", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    item: Entered | None = None

    def clean(self) -> None:
        """The item that is said, or a reason at each field."""
        self.item, problems = read_item(self.cleaned_data, today=timezone.localdate())
        for name, reason in problems.items():
            self.add_error(name, reason[:1].upper() + reason[1:] + ".")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see")
def opening_balance(request: HttpRequest) -> HttpResponse:
    """Everything entered and signed, by currency; one item or a file of them is entered here."""
    refused: list[LineRefused] = []
    form = OpeningForm(request.POST if request.method == "POST" and "file" not in request.FILES else None)
    if request.method == "POST":
        items, refused = _file(request) if "file" in request.FILES else ([], [])
        if form.is_bound and form.is_valid() and form.item:
            items = [form.item]
        if items and not refused and _entered(request, items):
            return redirect("opening_balance")
        if not items and not refused and "file" in request.FILES:
            messages.error(request, "The file holds no line.")
    rows = OpeningItem.objects.select_related("entered_by", "signed_by").order_by("currency", "at", "id")
    context = {
        "form": form,
        "refused": refused[:100],
        "more_refused": max(0, len(refused) - 100),
        "columns": ",".join(COLUMNS),
        "items": rows[:SHOWN],
        "sums": _sums(rows),
        "waiting": rows.filter(signed_at=None).values_list("currency", flat=True).order_by("currency").distinct(),
    }
    return render(request, "close/opening.html", context)


@require_POST
@needs("work")
def sign_opening(request: HttpRequest, currency: str) -> HttpResponse:
    """The second signature under what others entered."""
    try:
        count = sign(currency, by=person_in(request), at=timezone.now())
    except OpeningRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Signed: {count:,} of {currency}.")
    return redirect("opening_balance")


@require_POST
@needs("work")
def withdraw_opening(request: HttpRequest, id: int) -> HttpResponse:
    """Takes back what nobody has signed."""
    try:
        withdraw(id, by=person_in(request), at=timezone.now())
    except OpeningRefused as error:
        messages.error(request, str(error))
    return redirect("opening_balance")


def _file(request: HttpRequest) -> tuple[list[Entered], list[LineRefused]]:
    file = request.FILES["file"]
    assert isinstance(file, UploadedFile)
    if (file.size or 0) > LARGEST:
        return [], [LineRefused(1, "file", "it is above 5 MiB")]
    try:
        text = file.read().decode()
    except UnicodeDecodeError:
        return [], [LineRefused(1, "file", "it is no text in UTF-8")]
    return read_lines(text, today=timezone.localdate())


def _entered(request: HttpRequest, items: list[Entered]) -> bool:
    try:
        count = enter(items, by=person_in(request), at=timezone.now())
    except OpeningRefused as error:
        messages.error(request, str(error))
        return False
    messages.success(request, f"Entered: {count:,}. Somebody else has to sign.")
    return True


def _sums(rows: QuerySet[OpeningItem]) -> list[tuple[str, object]]:
    return list(rows.order_by().values_list("currency").annotate(Sum("amount")).order_by("currency"))
