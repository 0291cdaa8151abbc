"""Forms of the guide: which systems, whose word counts, which of the proposed flows, how far back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction

from exceptions.configuration.changes import record_topology
from exceptions.configuration.forms import Choices, DressedForm
from exceptions.configuration.topology_forms import sentence_of
from exceptions.setup.members import PO, carries_po, choices, give_authority, members
from reconciliation.models import Flow, System
from reconciliation.proposing import Member, Proposal, proposed_authorities, proposed_flows, proposed_to_carry_po
from reconciliation.topology import save_flow
from reconciliation.topology_rows import AUTHORITIES, Row, RowReading

COUNTS_FOR = {
    "order": "Orders: what was ordered",
    "price": "Prices: what it costs",
    "product": "Products: which SKUs there are",
    "stock": "Stock: how much lies there",
    "return": "Returns: what comes back",
    "credit": "Credits: what was credited",
    PO: "Orders that must carry the buyer's PO number",
}


class SystemsForm(DressedForm, forms.Form):
    """Kinds of systems to add."""

    kinds = forms.MultipleChoiceField(
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick what you use."},
        label="What you use",
    )


class AuthorityForm(DressedForm, forms.Form):
    """Whose word counts for what; where nobody has said so, what is likely."""

    def __init__(self, there: Sequence[System], known: Sequence[Member], data: Any = None) -> None:
        super().__init__(data, prefix="word")
        initial = {name: [one.key for one in there if name in one.authority] for name in AUTHORITIES}
        initial[PO] = [one.key for one in there if carries_po(one)]
        if not any(initial.values()):
            initial = proposed_authorities(known) | {PO: proposed_to_carry_po(known)}
        names = [(one.key, str(one)) for one in there]
        for name, label in COUNTS_FOR.items():
            self.fields[name] = self._field(label, names, initial[name])
        self.dress()

    @staticmethod
    def _field(label: str, names: Choices, initial: list[str]) -> forms.MultipleChoiceField:
        return forms.MultipleChoiceField(
            choices=names, required=False, widget=forms.CheckboxSelectMultiple, label=label, initial=initial
        )


class ProposalForm(DressedForm, forms.Form):
    """One proposed flow, to be taken or left, with how it runs."""

    taken = forms.BooleanField(required=False)
    cadence = forms.CharField(max_length=20, label="Every")
    grace = forms.CharField(max_length=20, label="Grace")
    within = forms.CharField(max_length=20, required=False, label="Within")
    amount = forms.CharField(max_length=40, required=False, label="Amount off by")
    quantity = forms.CharField(max_length=40, required=False, label="Quantity off by")

    def __init__(self, proposal: Proposal, names: Mapping[str, str], data: Any = None) -> None:
        usual = {name: getattr(proposal.usual, name) for name in ("cadence", "grace", "within", "amount", "quantity")}
        super().__init__(data, prefix=proposal.key, initial=usual | {"taken": not proposal.doubt})
        self.proposal, self.names = proposal, names
        self.row: Row = {}
        for name, field in self.fields.items():
            words = f"{field.label or 'Take'}: {self.title}"
            field.widget.attrs |= {"aria-label": words} if name == "taken" else {"aria-label": words, "size": 6}

    @property
    def title(self) -> str:
        """The leg in words."""
        ends = (self.names.get(key, key) for key in (self.proposal.source, self.proposal.target))
        return f"{self.proposal.record} from {' to '.join(ends)}"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("taken"):
            self.errors.clear()
            return said
        reading = RowReading()
        self.row = reading.flow("", self._flow_said(said), [*self.names])
        for problem in reading.problems:
            name = problem.key.rpartition(".")[2]
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, sentence_of(problem.reason))
        return said

    def _flow_said(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The proposal as the person changed it, in the shape of the topology's file."""
        spans = {name: said[name].strip() for name in ("cadence", "grace", "within") if said.get(name)}
        tolerance = {name: said[name].strip() for name in ("amount", "quantity") if said.get(name)}
        rest = {name: value for name, value in self.proposal.said().items() if name not in ("within", "tolerance")}
        return rest | spans | ({"tolerance": tolerance} if tolerance else {})


class FlowsForm:
    """The flows that are there, whose word counts, and the proposed flows; all is stored, or nothing."""

    def __init__(self, data: Any = None) -> None:
        there = list(System.objects.all())
        known = members(there)
        self.flows = list(Flow.objects.select_related("source", "target"))
        self.word = AuthorityForm(there, known, data)
        names = {one.key: str(one) for one in there}
        legs = {(one.record, one.source_id, one.target_id) for one in self.flows}
        taken = {one.key for one in self.flows}
        fresh = [one for one in proposed_flows(known) if (one.record, one.source, one.target) not in legs]
        self.proposals = [ProposalForm(one, names, data) for one in fresh if one.key not in taken]

    def is_valid(self) -> bool:
        """Whether all of it can be stored."""
        return all([self.word.is_valid(), *(form.is_valid() for form in self.proposals)])

    @transaction.atomic
    def save(self, *, by: User, at: datetime) -> int:
        """Stores it, with its entries in the trail; how many flows were added."""
        said = self.word.cleaned_data
        give_authority({name: said[name] for name in AUTHORITIES}, said[PO], by=by, at=at)
        chosen = [form for form in self.proposals if form.cleaned_data["taken"]]
        for form in chosen:
            record_topology(save_flow(form.proposal.key, form.row), by=by, at=at, source="page")
        return len(chosen)
