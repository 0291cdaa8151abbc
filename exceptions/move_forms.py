"""The forms of moves: one for each, carrying the version of the case that the person saw."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone

from exceptions import own_data
from exceptions.candidates import candidates
from exceptions.listing import row_number
from exceptions.models import ACCEPT_REASONS, ExceptionCase, Team
from exceptions.owner_choice import fellows
from exceptions.resolutions import Resolution
from exceptions.writeback.offers import Offer
from reconciliation.models import ReasonCode, RejectedLine, System
from reconciliation.topology_rows import STATUS_WORDS

PARAMETER = "p_"  # the names of a resolution's parameters in a form


class MoveForm(forms.Form):
    """What every move carries: the version that was seen, and a note."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3}), help_text="@name tells that person."
    )

    def __init__(
        self,
        *args: Any,
        case: ExceptionCase,
        resolution: Resolution | None = None,
        offer: Offer | None = None,
        **more: Any,
    ) -> None:
        self.case, self.resolution, self.offer = case, resolution, offer
        super().__init__(*args, **more)
        self.fields["seen"].initial = case.version
        self.add_own()
        for field in self.fields.values():
            if not isinstance(field.widget, (forms.HiddenInput, forms.RadioSelect, forms.CheckboxInput)):
                field.widget.attrs.setdefault(
                    "class", "form-select" if isinstance(field.widget, forms.Select) else "form-control"
                )
        self.order_fields([name for name in self.fields if name != "note"] + ["note"])

    def add_own(self) -> None:
        """Adds the fields of the move itself."""

    def look_again(self, case: ExceptionCase) -> None:
        """Keeps what was typed, over the case as it is now."""
        typed = self.data.copy()  # type: ignore[attr-defined]
        typed["seen"] = str(case.version)
        if self.offer and self.offer.planned:
            typed[f"{PARAMETER}write"] = self.offer.planned.digest
        self.case, self.data = case, typed

    def said(self) -> dict[str, Any]:
        """What the move needs, for workflow.move; the version aside."""
        told = {name: value for name, value in self.cleaned_data.items() if not name.startswith(PARAMETER)}
        told.pop("seen")
        if self.resolution:
            told["resolution"] = self.resolution.key
            told["parameters"] = self.parameters()
        return told

    def parameters(self) -> dict[str, Any]:
        """The resolution's parameters, as text."""
        return {
            name.removeprefix(PARAMETER): str(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(PARAMETER) and value not in (None, "")
        }


class DayField(forms.DateField):
    """A day to come, as the end of that day in the time zone in effect."""

    widget = forms.DateInput(attrs={"type": "date"})

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


class UntilForm(MoveForm):
    """Until when."""

    def add_own(self) -> None:
        self.fields["until"] = DayField(label="Until the end of")


class WaitForm(UntilForm):
    """Whom is waited for, why and until when."""

    def add_own(self) -> None:
        self.fields["waiting_for"] = forms.CharField(label="Who is waited for", max_length=200)
        super().add_own()
        self.fields["note"].required = True
        self.fields["note"].label = "What they were asked"


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of some people, by the names that colleagues know."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.get_full_name() or obj.get_username())


class PersonForm(MoveForm):
    """Who is to own it."""

    def add_own(self) -> None:
        self.fields["person"] = PersonField(fellows(self.case.team))


class TeamForm(MoveForm):
    """Which team is to have it, and why."""

    def add_own(self) -> None:
        teams = Team.objects.exclude(key=self.case.team)
        self.fields["team"] = forms.ChoiceField(choices=[(team.key, team.name) for team in teams])
        self.fields["note"].required = True


class NoteForm(MoveForm):
    """A note that has to be there."""

    def add_own(self) -> None:
        self.fields["note"].required = True


class MessageForm(NoteForm):
    """A message that was sent to somebody, word for word."""

    def add_own(self) -> None:
        super().add_own()
        self.fields["to"] = forms.CharField(label="Sent to", max_length=200)
        self.fields["channel"] = forms.ChoiceField(
            label="By", choices=[("mail", "e-mail"), ("phone", "phone"), ("portal", "the portal"), ("chat", "chat")]
        )
        self.fields["topic"] = forms.CharField(label="About", max_length=200, required=False)
        self.fields["note"].label = "What it said"


class DismissForm(NoteForm):
    """Why it is none; an admin may keep it out of the queue for a while."""

    def add_own(self) -> None:
        super().add_own()
        self.fields["note"].label = "Why this is no real exception"
        self.fields["suppress_until"] = DayField(
            label="Keep it out of the queue until the end of", required=False, help_text="Admins alone."
        )


class MergeForm(MoveForm):
    """The exception that speaks for both."""

    def add_own(self) -> None:
        self.fields["target"] = forms.CharField(label="Into", help_text="Its number, such as E-17.")

    def clean_target(self) -> int:
        """The number of the case."""
        number = row_number(str(self.cleaned_data["target"]).strip().upper().removeprefix("E-"))
        if number is None:
            raise forms.ValidationError("A number such as E-17.")
        return number


class ResolutionForm(MoveForm):
    """A resolution with its parameters; where money is taken, also why."""

    def add_own(self) -> None:
        assert self.resolution is not None
        if self.resolution.effect == "accept":
            self.fields["note"].required = True
            if not self.resolution.reason:
                self.fields["reason"] = forms.ChoiceField(choices=[("", "Choose"), *ACCEPT_REASONS.items()])
        if self.offer and self.offer.planned:
            shown = forms.CharField(widget=forms.HiddenInput, initial=self.offer.planned.digest)
            self.fields[f"{PARAMETER}write"] = shown
            return
        for name, field in parameter_fields(self.resolution, self.case).items():
            self.fields[f"{PARAMETER}{name}"] = field


class ProposalForm(ResolutionForm):
    """A resolution that another person is asked to agree to."""

    def add_own(self) -> None:
        super().add_own()
        self.fields["note"].required = True
        self.fields["note"].label = "Why it should be approved"
        if where := self.fields.get(f"{PARAMETER}where"):
            where.required = False  # it is not done yet


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
    refused = rejected_line(case)
    text = bytes(refused.raw).decode("utf-8", "replace") if refused else ""
    help_text = f"{refused.field or 'the line'}: {refused.reason}" if refused else ""
    field = forms.CharField(label="The line", initial=text, widget=forms.Textarea(attrs={"rows": 8}))
    field.help_text = help_text
    return {"line": field}


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
FORMS: dict[str, type[MoveForm]] = {
    "assign": PersonForm,
    "reassign": PersonForm,
    "transfer": TeamForm,
    "wait": WaitForm,
    "snooze": UntilForm,
    "apply": ResolutionForm,
    "accept": ResolutionForm,
    "propose": ProposalForm,
    "reject": NoteForm,
    "dismiss": DismissForm,
    "merge": MergeForm,
    "message": MessageForm,
    "reopen": NoteForm,
    "note": NoteForm,
}
