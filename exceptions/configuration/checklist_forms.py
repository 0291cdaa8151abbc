"""Forms of checklists with their items, and of who owns a system."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django import forms
from django.core.exceptions import ValidationError

from exceptions.checklists.queries import LABELS
from exceptions.configuration.changes import StillUsed, delete_row
from exceptions.configuration.forms import CodeChoice, HoursField, KeyField, PersonField, RowForm, WordField, days
from exceptions.configuration.team_forms import rows_of
from exceptions.models import ITEM_SORTS, RHYTHMS, Checklist, ChecklistItem, SystemOwner


class ChecklistForm(RowForm):
    """A checklist."""

    key = KeyField()
    name = WordField()
    rhythm = CodeChoice(list(RHYTHMS.items()))
    weekday = forms.TypedChoiceField(choices=days, coerce=int, label="Weekday", help_text="Of a weekly list.")
    due_hours = HoursField(label="Working hours until it is due", initial=4)
    is_on = forms.BooleanField(required=False, initial=True, label="In use")
    position = forms.IntegerField(min_value=0, max_value=1000, initial=0, label="Place")

    fixed = ("key", "rhythm")
    refused = {
        "checklist_rhythm": ("rhythm", "Choose a rhythm."),
        "checklist_due": ("due_hours", "At least one hour, on a day of the week."),
    }

    class Meta:
        model = Checklist
        fields = ("key", "name", "team", "rhythm", "weekday", "due_hours", "is_on", "position")


class ItemForm(RowForm):
    """An item of a checklist."""

    position = forms.IntegerField(min_value=0, max_value=1000, initial=0, label="Place")
    sort = CodeChoice(list(ITEM_SORTS.items()))
    text = forms.CharField(max_length=300, label="What is checked")
    query = CodeChoice(list(LABELS.items()), none="–", label="Automatic: what should be nought")
    queue = forms.CharField(
        required=False, max_length=500, label="A queue: its address", help_text="Filter the queue, copy its address."
    )

    refused = {"checklist_item_sort": ("sort", "An automatic item names its question, a queue its address.")}

    class Meta:
        model = ChecklistItem
        fields = ("position", "sort", "text", "query", "queue")

    def clean_query(self) -> str:
        return self.cleaned_data["query"] or ""

    def clean_queue(self) -> str:
        said = str(self.cleaned_data["queue"] or "").strip()
        asked = parse_qsl(urlsplit(said).query or said.lstrip("?"))
        if said and not asked:
            raise ValidationError("An address of the queue with filters, such as kind=order_stuck.")
        return urlencode(asked)


class OwnerForm(RowForm):
    """Who owns a system."""

    person = PersonField(required=False, empty_label="nobody in particular")
    contact = forms.CharField(
        required=False, max_length=300, label="Whom to call", help_text="A vendor's desk, a link."
    )

    fixed = ("system",)

    class Meta:
        model = SystemOwner
        fields = ("system", "team", "person", "contact")


def remove_checklist(row: Checklist) -> None:
    """Removes a checklist that never was due; raises StillUsed, for what was signed stays."""
    if row.rounds.exists():
        raise StillUsed("it has been due already. Put it out of use instead.")
    delete_row(row)


Items: Any = rows_of(Checklist, ItemForm)
