"""The forms of what is configured, one per model; what the database forbids is said at the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dates import WEEKDAYS

from exceptions.company import current_company, weekdays
from exceptions.formats import LOCALES
from exceptions.models import ROLES, SEVERITIES
from exceptions.people.names import name_of
from reconciliation.declarations import checks
from reconciliation.models import Flow, System

Choices = list[tuple[str, Any]]


class PersonField(forms.ModelChoiceField[Any]):
    """One of the people who work here."""

    def __init__(self, **said: Any) -> None:
        people = get_user_model().objects.filter(is_active=True).order_by("first_name", "username")
        super().__init__(people, **said)

    def label_from_instance(self, obj: models.Model) -> str:
        return name_of(obj)


class CodeChoice(forms.TypedChoiceField):
    """One word of a list; none of them is null."""

    def __init__(self, choices: Callable[[], Choices] | Choices, *, none: str | None = None, **said: Any) -> None:
        given = choices if callable(choices) else lambda: choices
        first = [] if none is None else [("", none)]
        super().__init__(choices=lambda: [*first, *given()], required=none is None, empty_value=None, **said)


class CurrencyField(forms.CharField):
    """A currency by its code of three letters."""

    def __init__(self, **said: Any) -> None:
        widget = forms.TextInput(attrs={"maxlength": 3, "autocapitalize": "characters", "placeholder": "GBP"})
        super().__init__(widget=widget, empty_value=None, **said)

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if code is not None and not re.fullmatch("[A-Z]{3}", code := code.upper()):
            raise ValidationError("A currency is a code of three letters, such as GBP.")
        return code


class AmountField(forms.DecimalField):
    """An amount of at least 0, kept exactly."""

    def __init__(self, **said: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(min_value=0, max_digits=38, widget=widget, **said)


class HoursField(forms.IntegerField):
    """A number of working hours."""

    def __init__(self, *, least: int = 1, **said: Any) -> None:
        super().__init__(min_value=least, max_value=10_000, **said)


class InstantField(forms.DateTimeField):
    """A day and time in the time zone in effect."""

    def __init__(self, **said: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **said)

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        self.help_text = self.help_text or f"In {timezone.get_current_timezone_name()}."
        return super().get_bound_field(form, field_name)


class WordField(forms.CharField):
    """Text of one line; null where nothing is said."""

    def __init__(self, **said: Any) -> None:
        super().__init__(max_length=200, empty_value=None, **said)


def kinds() -> Choices:
    """Every kind of exception, by ledger."""
    ledgers: dict[str, Choices] = {}
    for kind, check in checks().items():
        ledgers.setdefault(check.ledger.capitalize(), []).append((kind, check.title))
    return [(ledger, sorted(known, key=lambda choice: choice[1])) for ledger, known in sorted(ledgers.items())]


def ledgers() -> Choices:
    """The ledgers that checks speak of."""
    return [(ledger, ledger.capitalize()) for ledger in sorted({check.ledger for check in checks().values()})]


def systems() -> Choices:
    """The systems by their names."""
    return [(system.key, str(system)) for system in System.objects.all()]


def flows() -> Choices:
    """The flows by their keys."""
    return [(flow.key, flow.key) for flow in Flow.objects.all()]


def words(values: Iterable[str]) -> Choices:
    """Codes as they read."""
    return [(value, value.replace("_", " ")) for value in values]


def days() -> Choices:
    """The days of a week from the company's first one on, as ISO numbers."""
    return [(str(day), str(WEEKDAYS[day - 1])) for day in weekdays(current_company())]


def time_zones() -> Choices:
    """The time zones by region."""
    names = (name for name in sorted(available_timezones()) if "/" in name and not name.startswith(("Etc/", "System")))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def locales() -> Choices:
    """The ways of writing numbers and days."""
    return list(LOCALES.items())


class DressedForm(forms.BaseForm):
    """A form whose inputs look as our pages' do."""

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.dress()

    def dress(self) -> None:
        """Gives each input that has none the class of its kind."""
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", _shape(field.widget))


def _shape(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


class RowForm(DressedForm, forms.ModelForm[Any]):
    """A form of one row; `refused` says for each constraint at which field its refusal stands, and in which words."""

    refused: ClassVar[dict[str, tuple[str, str]]] = {}
    fixed: ClassVar[tuple[str, ...]] = ()  # what cannot be changed once it is there
    by: User | None = None  # whose hand it is

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        if self.instance.pk and not self.instance._state.adding:
            for name in self.fixed:
                self.fields[name].disabled = True

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        left_out = self._get_validation_exclusions()  # type: ignore[attr-defined]
        for constraint in self._meta.model._meta.constraints:
            try:
                constraint.validate(self._meta.model, self.instance, exclude=left_out)
            except ValidationError:
                field, why = self.refused[str(constraint.name)]
                self.add_error(field, why)

    def _update_errors(self, errors: ValidationError) -> None:
        if hasattr(errors, "error_dict"):
            errors.error_dict.pop(NON_FIELD_ERRORS, None)  # the constraints, which _post_clean names by their fields
        super()._update_errors(errors)  # type: ignore[misc]


class KeyField(forms.CharField):
    """The key of something: lower-case letters, digits, `-` and `_`."""

    def __init__(self, **said: Any) -> None:
        super().__init__(max_length=60, help_text="Short, and for life: letters, digits, - and _.", **said)

    def clean(self, value: Any) -> Any:
        key = super().clean(value)
        if not re.fullmatch("[a-z0-9][a-z0-9_-]*", key):
            raise ValidationError("A key has lower-case letters, digits, - and _ alone.")
        return key


def to_come(ends_at: Any) -> Any:
    """Refuses an end that is not to come."""
    if ends_at is not None and ends_at <= timezone.now() + timedelta(minutes=1):
        raise ValidationError("Choose a moment to come.")
    return ends_at


ROLE_CHOICES = words(role for role in ROLES if role not in ("admin", "viewer"))
SEVERITY_CHOICES = words(reversed(SEVERITIES))
