"""The forms of moves: one for each, carrying the version of the case that the person saw."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from exceptions.listing import row_number
from exceptions.models import ACCEPT_REASONS, ExceptionCase, Team
from exceptions.owner_choice import fellows
from exceptions.parameter_fields import parameter_fields
from exceptions.people.names import name_of
from exceptions.resolutions import Resolution
from exceptions.writeback.offers import Offer

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
        return name_of(obj)


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
