"""Forms of the topology's rows: systems, flows and pack sizes, checked by the same rules as its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from connectors.shapes import SHAPES
from exceptions.configuration.forms import AmountField, CodeChoice, RowForm, systems, words
from exceptions.models import Expectation, Team
from reconciliation.models import Flow, PackSize, System
from reconciliation.own_words import set_pack_size
from reconciliation.topology import save_flow, save_system
from reconciliation.topology_rows import (
    AUTHORITIES,
    COMPARED,
    KINDS,
    NARROWED,
    RECORDS,
    REFERENCES,
    REQUIRING,
    Row,
    RowReading,
    duration,
    duration_text,
)

SHORTEST_EVERY, LONGEST_EVERY = timedelta(hours=1), timedelta(days=366)
STOCK_LABELS = {"on_hand": "what lies there", "available": "what lies there less open orders"}


def ticks(values: Iterable[str], label: str) -> forms.MultipleChoiceField:
    """Words of which any number may be ticked."""
    return forms.MultipleChoiceField(
        choices=words(values), required=False, widget=forms.CheckboxSelectMultiple, label=label
    )


def text(label: str, help_text: str = "", *, required: bool = False) -> forms.CharField:
    """Text that the topology's rules check."""
    return forms.CharField(required=required, max_length=200, label=label, help_text=help_text)


class TopologyForm(RowForm):
    """A form of a row of the topology; `row` is what the rules made of what is said."""

    row: Row
    fixed = ("key",)

    def say(self, reading: RowReading) -> None:
        """Puts the problems of a reading to their fields."""
        for problem in reading.problems:
            name = problem.key.replace(".", "_")
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, sentence_of(problem.reason))

    def clean_key(self) -> str:
        """A key of one line, without outer spaces."""
        return str(self.cleaned_data["key"]).strip()


def sentence_of(reason: str) -> str:
    """A reason of the topology's rules as a sentence."""
    return f"{reason[:1].upper()}{reason[1:]}."


class SystemForm(TopologyForm):
    """One connected instance of outside software."""

    key = forms.CharField(max_length=100, help_text="Short, and for life: records name it.")
    name = text("Name", "As people read it.")
    kind = CodeChoice(words(KINDS))
    vendor = text("Vendor", "Where a kind has several: shipbob, mintsoft or file; xero or file; celigo …")
    realm = text("Realm", "Stores that count alike are kept apart by it.")
    stock = CodeChoice(list(STOCK_LABELS.items()), label="Sellable stock says")
    authority = ticks(AUTHORITIES, "Its word counts for")
    requires_order = ticks(REFERENCES, "Its orders must carry")
    requires_fulfilment = ticks(REFERENCES, "Its fulfilments must carry")
    requires_return = ticks(REFERENCES, "Its returns must carry")
    requires_credit = ticks(REFERENCES, "Its credits must carry")

    class Meta:
        model = System
        fields = ("key", "name", "kind", "vendor", "realm", "stock", "authority")

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        for of, references in (self.instance.requires or {}).items():
            self.initial[f"requires_{of}"] = references

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        reading, names = RowReading(), ("name", "vendor", "realm", "kind", "stock", "authority")
        requires = {of: found for of in REQUIRING if (found := said.get(f"requires_{of}"))}
        row = {name: said.get(name) or "" for name in names} | {"authority": said.get("authority") or []}
        self.row = reading.system("", row | {"requires": requires})
        if "kind" not in self.errors:
            self.say(reading)
        return said

    def save(self, commit: bool = True) -> System:
        key = self.cleaned_data["key"]
        save_system(key, self.row)
        return System.objects.get(key=key)


class FlowForm(TopologyForm):
    """One leg of the integration."""

    key = forms.CharField(max_length=100, help_text="Short, and for life.")
    record = CodeChoice(words(RECORDS), label="Records")
    source = CodeChoice(systems, label="From")
    target = CodeChoice(systems, label="To")
    cadence = text("Runs every", "How often the integration runs this leg: 15m, 2h, 1d.", required=True)
    grace = text("Grace", "How old a disagreement must be before it is an exception: 2h.", required=True)
    within = text("Within", "Orders into a warehouse: dispatched within; credits: credited within. 48h, 5d.")
    tolerance_amount = text("Tolerated amount", "0.01 where nothing stands here.")
    tolerance_quantity = text("Tolerated quantity", "0 where nothing stands here.")
    compare_usual = forms.BooleanField(
        required=False,
        label="Compare the usual: status, lines, price and total of orders; status and reason of returns",
    )
    compare = ticks(COMPARED, "Or these")
    same_usual = forms.BooleanField(
        required=False, label="Of statuses the usual count as the same: open and released, fulfilled and closed"
    )
    same = forms.CharField(
        required=False,
        label="Or these count as the same",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One set a line, words with commas between: open, released.",
    )
    only_channel = text("Only these channels", "With commas between; nothing here: all.")
    only_currency = text("Only these currencies")
    only_status = text("Only these statuses")
    only_customer = text("Only these customers")

    class Meta:
        model = Flow
        fields = ("key", "record")

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        flow = self.instance
        self.initial.update(compare_usual=flow.compare is None, compare=flow.compare or [])
        self.initial.update(same_usual=flow.same is None, same="\n".join(map(", ".join, flow.same or [])))
        self.initial.update({f"only_{name}": ", ".join(values) for name, values in (flow.only or {}).items()})
        self.initial.update(source=flow.source_id, target=flow.target_id)
        for name in ("cadence", "grace", "within"):
            span = getattr(flow, name)
            self.initial[name] = "" if span is None else duration_text(span)
        for name in ("tolerance_amount", "tolerance_quantity"):
            self.initial[name] = "" if getattr(flow, name) is None else f"{getattr(flow, name):f}"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        reading = RowReading()
        row = reading.flow("", _flow_said(said), [key for key, _ in systems()])
        self.row = row
        if not self.errors.keys() & {"record", "source", "target"}:
            self.say(reading)
        return said

    def save(self, commit: bool = True) -> Flow:
        key = self.cleaned_data["key"]
        save_flow(key, self.row)
        return Flow.objects.get(key=key)


class ExpectationForm(RowForm):
    """How often records of a type are to come from a system that sends them."""

    system = CodeChoice(systems)
    type = CodeChoice(words(SHAPES), label="Records")
    every = text("At least every", "Later is told as late: 6h, 1d, 7d.", required=True)
    hours_of = forms.ModelChoiceField(
        Team.objects.order_by("name"),
        required=False,
        empty_label="round the clock",
        label="Counted in the working hours of",
        help_text="So that nights, weekends and holidays are no silence: 8h is then a working day.",
    )

    fixed = ("system", "type")
    field_order = ("system", "type", "every", "hours_of")
    refused = {"expectation_once": ("type", "It is agreed on already.")}

    class Meta:
        model = Expectation
        fields = ("type", "hours_of")

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.initial["system"] = self.instance.system_id
        if self.instance.every is not None:
            self.initial["every"] = duration_text(self.instance.every)

    def clean_every(self) -> timedelta:
        try:
            span = duration(str(self.cleaned_data["every"]).strip())
        except ValueError as error:
            raise ValidationError(sentence_of(str(error))) from None
        if not SHORTEST_EVERY <= span <= LONGEST_EVERY:
            raise ValidationError("From an hour to a year: what comes is noted by the quarter of an hour.")
        return span

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        named = {"system": said.get("system"), "type": said.get("type")}
        if self.instance._state.adding and Expectation.objects.filter(**named).exists():
            self.add_error(*self.refused["expectation_once"])
        return said

    def save(self, commit: bool = True) -> Expectation:
        self.instance.system_id, self.instance.every = self.cleaned_data["system"], self.cleaned_data["every"]
        kept: Expectation = super().save(commit)
        return kept


class PackSizeForm(RowForm):
    """How many base units one unit of a system's SKU holds, by a person's word."""

    system = CodeChoice(systems)
    sku = forms.CharField(max_length=200, label="SKU")
    pack_size = AmountField(label="Base units", help_text="It beats the system's own catalogue.")

    fixed = ("system", "sku")
    refused = {
        "pack_size_once": ("sku", "There is a pack size for it already."),
        "pack_size_above_nought": ("pack_size", "A pack holds more than nothing."),
    }

    class Meta:
        model = PackSize
        fields = ("sku", "pack_size")

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.initial["system"] = self.instance.system_id

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        named = {"system": said.get("system"), "sku": said.get("sku")}
        if self.instance._state.adding and PackSize.objects.filter(**named).exists():
            self.add_error(*self.refused["pack_size_once"])
        return said

    def save(self, commit: bool = True) -> PackSize:
        said = self.cleaned_data
        set_pack_size(said["system"], said["sku"], said["pack_size"])
        return PackSize.objects.get(system=said["system"], sku=said["sku"])


def _flow_said(form: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says, in the shape of the topology's file."""
    said: dict[str, Any] = {name: form.get(name) or "" for name in ("record", "source", "target")}
    said |= {name: form[name] for name in ("cadence", "grace", "within") if form.get(name)}
    said["tolerance"] = {
        name: form[f"tolerance_{name}"] for name in ("amount", "quantity") if form.get(f"tolerance_{name}")
    }
    if not form.get("compare_usual"):
        said["compare"] = form.get("compare") or []
    if not form.get("same_usual"):
        said["same"] = [listed(line) for line in (form.get("same") or "").splitlines() if line.strip()]
    if only := {name: listed(form[f"only_{name}"]) for name in NARROWED if form.get(f"only_{name}")}:
        said["only"] = only
    return said


def listed(line: str) -> list[str]:
    """The words of a line with commas between."""
    return [word.strip() for word in line.split(",") if word.strip()]
