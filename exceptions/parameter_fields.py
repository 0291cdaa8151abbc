"""The fields by which resolutions ask for their parameters."""

from django import forms
from django.urls import reverse_lazy

from exceptions import own_data
from exceptions.candidates import candidates
from exceptions.formats import instant_text
from exceptions.models import ExceptionCase, OwnChange
from exceptions.resolutions import Resolution
from exceptions.retelling import why
from reconciliation.models import ReasonCode, RejectedLine, System
from reconciliation.topology_rows import STATUS_WORDS


def parameter_fields(resolution: Resolution, case: ExceptionCase) -> dict[str, forms.Field]:
    """The fields by which a resolution asks for its parameters."""
    if resolution.key in OWN_FIELDS:
        return OWN_FIELDS[resolution.key](case)
    if resolution.effect == "accept":
        return {}
    where = forms.CharField(label="Where it was done", max_length=500)
    where.help_text = "A system, a document's number, a link: whatever lets somebody find it."
    return {"where": where}


def _order_fields(case: ExceptionCase) -> dict[str, forms.Field]:
    offered = [(one.order, f"{one.order}: {one.why}") for one in candidates(case)]
    choices = [*offered, ("", "another one:")]
    return {
        "order": forms.ChoiceField(choices=choices, widget=forms.RadioSelect, required=False, label="Order"),
        "other": forms.CharField(required=False, label="Another order", help_text="Such as order:shop:1001."),
    }


def _sku_fields(case: ExceptionCase) -> dict[str, forms.Field]:
    systems = [(key, key) for key in case.systems] or [(s.key, str(s)) for s in System.objects.all()]
    closest = next((s["sku"] for s in case.suggestions if "sku" in s), "")
    size = forms.CharField(required=False, label="Or: how many base units it holds")
    return {
        "system": forms.ChoiceField(choices=systems, label="System"),
        "sku": forms.CharField(initial=case.sku, label="Its SKU"),
        "canonical": forms.CharField(
            required=False,
            initial=closest,
            label="Stands for",
            widget=forms.TextInput(attrs={"data-offers": reverse_lazy("skus")}),
        ),
        "pack_size": size,
    }


def _code_fields(case: ExceptionCase) -> dict[str, forms.Field]:
    word = own_data.word_of(case)
    label = f"“{word.raw}” stands for"
    if word.table == "statuses":
        choices = [("", "Choose"), *((one, one.replace("_", " ")) for one in STATUS_WORDS[word.of].split())]
        return {"canonical": forms.ChoiceField(choices=choices, label=label)}
    known = sorted(set(ReasonCode.objects.values_list("canonical", flat=True)))
    help_text = f"Known already: {', '.join(known)}." if known else "A reason in your own words, such as damaged."
    return {"canonical": forms.CharField(label=label, max_length=200, help_text=help_text)}


def _until_fields(case: ExceptionCase) -> dict[str, forms.Field]:
    return {"until": forms.DateField(label="Until", widget=forms.DateInput(attrs={"type": "date"}))}


def _line_fields(case: ExceptionCase) -> dict[str, forms.Field]:
    text, help_text = _line_and_why(case)
    widget = forms.Textarea(attrs={"rows": 8})
    return {"line": forms.CharField(label="The line", initial=text, help_text=help_text, widget=widget)}


def _line_and_why(case: ExceptionCase) -> tuple[str, str]:
    """The line to be corrected, as it was last taken in, else as it was refused, and what is to be mended."""
    if told := OwnChange.objects.filter(case=case, what="correct_and_resubmit").order_by("-id").first():
        again = "to take its place, give the line a later “at”; with “deleted”: true it withdraws the record"
        return str(told.parameters["line"]), f"As it was taken in at {instant_text(told.made_at)}: {again}."
    if refused := rejected_line(case):
        text = bytes(refused.raw).decode("utf-8", "replace")
        return text, why(refused.field, refused.reason)
    return "", ""


def rejected_line(case: ExceptionCase) -> RejectedLine | None:
    """The refused line that an exception is about."""
    start = str(case.subject).rpartition(":")[2]
    if len(start) != 12:
        return None
    low = bytes.fromhex(start)
    return RejectedLine.objects.filter(sha256__gte=low, sha256__lt=low + b"\xff" * 26).first()


OWN_FIELDS = {
    "link_order": _order_fields,
    "map_sku": _sku_fields,
    "map_code": _code_fields,
    "waive_reference": _until_fields,
    "correct_and_resubmit": _line_fields,
}
