"""Forms of who works: teams with their people and steps, calendars with holidays, covers; and of the company."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet, ModelChoiceIterator, inlineformset_factory
from django.utils.functional import cached_property

from exceptions.configuration.forms import (
    CodeChoice,
    CurrencyField,
    HoursField,
    InstantField,
    KeyField,
    PersonField,
    RowForm,
    WordField,
    days,
    locales,
    time_zones,
)
from exceptions.models import ROLES, Calendar, Company, Cover, EscalationStep, Holiday, Membership, Team

BLANK_ROWS = 3


class TeamForm(RowForm):
    """A team."""

    key = KeyField()
    name = WordField()
    calendar = forms.ModelChoiceField(
        Calendar.objects.all(), required=False, empty_label="Monday to Friday, 09:00 to 17:00 UTC"
    )
    idle_hours = HoursField(
        label="Hours until released", help_text="A claimed case that nobody touches goes back to the team.", initial=40
    )

    fixed = ("key",)

    class Meta:
        model = Team
        fields = ("key", "name", "calendar", "idle_hours")


class MembershipForm(RowForm):
    """A person in a team."""

    person = PersonField()
    is_lead = forms.BooleanField(required=False, label="Leads")

    refused = {"membership_once": ("person", "This person is in the team already.")}

    class Meta:
        model = Membership
        fields = ("person", "is_lead")


class StepForm(RowForm):
    """A step of a team's escalation."""

    after_hours = HoursField(label="Hours beyond its time")
    person = PersonField(label="Who is told")

    refused = {"escalation_step_once": ("after_hours", "There is a step at this time already.")}

    class Meta:
        model = EscalationStep
        fields = ("after_hours", "person")


class CalendarForm(RowForm):
    """Working days and hours."""

    key = KeyField()
    name = WordField()
    time_zone = CodeChoice(time_zones, label="Time zone")
    days = forms.TypedMultipleChoiceField(
        choices=days, coerce=int, widget=forms.CheckboxSelectMultiple, label="Working days"
    )
    opens = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    fixed = ("key",)
    refused = {
        "calendar_opens_first": ("closes", "A day closes after it opens."),
        "calendar_days": ("days", "Choose at least one day."),
    }

    class Meta:
        model = Calendar
        fields = ("key", "name", "time_zone", "days", "opens", "closes")

    def clean_days(self) -> list[int]:
        return sorted(self.cleaned_data["days"])


class HolidayForm(RowForm):
    """A day on which nobody works."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(required=False, max_length=200)

    refused = {"holiday_once": ("day", "This day is a holiday already.")}

    class Meta:
        model = Holiday
        fields = ("day", "name")


class CoverForm(RowForm):
    """Who stands in for whom."""

    person = PersonField(label="Who is away")
    cover = PersonField(label="Who stands in")
    since = InstantField()
    until = InstantField()

    refused = {
        "cover_ends_later": ("until", "It ends after it begins."),
        "cover_is_another": ("cover", "Somebody else has to stand in."),
    }

    class Meta:
        model = Cover
        fields = ("person", "cover", "since", "until")


class CompanyForm(RowForm):
    """The company's settings."""

    name = forms.CharField(required=False, max_length=200)
    time_zone = CodeChoice(time_zones, label="Time zone", help_text="Every page shows times in it; months begin in it.")
    currency = CurrencyField(required=False, help_text="The one you mostly count in.")
    locale = CodeChoice(locales, label="Numbers and days")
    first_weekday = forms.TypedChoiceField(choices=days, coerce=int, label="A week begins on")
    close_day = forms.IntegerField(
        min_value=1, max_value=20, label="Closed by", help_text="The working day of the following month."
    )

    payload_days = forms.IntegerField(
        required=False,
        min_value=30,
        max_value=36_500,
        label="Keep payloads for",
        help_text="Days, 30 or more; empty: always. What they said is kept in any case, and so is what is open.",
    )

    idle_minutes = forms.IntegerField(
        min_value=5,
        max_value=1_440,
        label="Sign out after",
        help_text="Minutes in which nothing was done, 5 to 1,440. What somebody had typed is there when they are back.",
    )
    session_hours = forms.IntegerField(
        min_value=1, max_value=336, label="Sign in again after", help_text="Hours, 1 to 336, whatever was done."
    )
    second_step_roles = forms.MultipleChoiceField(
        choices=[(role, role.replace("_", " ")) for role in ROLES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="Second step demanded of",
        help_text="Who has one of these roles sets up an authenticator app or a passkey before anything else.",
    )

    refused = {
        "company_idle_minutes": ("idle_minutes", "5 minutes to a day."),
        "company_session_hours": ("session_hours", "An hour to two weeks."),
        "company_payload_days": ("payload_days", "At least 30 days."),
        "company_one_row": ("name", "There is one company."),
        "company_first_weekday": ("first_weekday", "No day."),
    }

    class Meta:
        model = Company
        fields = (
            *("name", "time_zone", "currency", "locale", "first_weekday", "close_day", "payload_days"),
            *("idle_minutes", "session_hours", "second_step_roles"),
        )

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.initial["second_step_roles"] = self.instance.second_step_demanded_of

    def clean_currency(self) -> str:
        """A code, or nothing."""
        return str(self.cleaned_data["currency"] or "")


class Rows(BaseInlineFormSet[Any, Any, Any]):
    """The forms of what belongs to a row; the people to choose from are asked for once."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Remove"
        form.fields["DELETE"].widget.attrs["class"] = "form-check-input"
        if "person" in form.fields:
            form.fields["person"].choices = self.people

    @cached_property
    def people(self) -> list[Any]:
        """Who can be chosen."""
        return list(ModelChoiceIterator(PersonField(empty_label="nobody yet")))


def rows_of(parent: Any, form: type[RowForm]) -> type[BaseInlineFormSet[Any, Any, Any]]:
    """The forms of what belongs to a row, with three empty ones."""
    return inlineformset_factory(parent, form._meta.model, form=form, formset=Rows, extra=BLANK_ROWS)


Members = rows_of(Team, MembershipForm)
Steps = rows_of(Team, StepForm)
Holidays = rows_of(Calendar, HolidayForm)
