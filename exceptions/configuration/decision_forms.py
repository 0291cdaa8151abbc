"""Forms of what decides about cases: who owns them, by when, who may approve or accept, what is left out."""

from __future__ import annotations

from typing import Any

from django import forms

from exceptions.configuration.forms import (
    ROLE_CHOICES,
    SEVERITY_CHOICES,
    AmountField,
    CodeChoice,
    CurrencyField,
    HoursField,
    InstantField,
    PersonField,
    RowForm,
    WordField,
    flows,
    kinds,
    ledgers,
    systems,
    to_come,
)
from exceptions.models import AcceptanceLimit, ApprovalBand, OwnershipRule, SeverityThreshold, SlaPolicy, Suppression
from exceptions.suppressions import suppress


class RuleForm(RowForm):
    """An ownership rule: what a case must be like, and whose it is then."""

    name = WordField(help_text="What it is for, as people will read it.")
    kind = CodeChoice(kinds, none="any kind")
    ledger = CodeChoice(ledgers, none="any ledger")
    flow = CodeChoice(flows, none="any flow")
    system = CodeChoice(systems, none="any system")
    severity = CodeChoice(SEVERITY_CHOICES, none="any severity")
    amount_from = AmountField(required=False, label="Amount from")
    currency = CurrencyField(required=False, help_text="An amount counts in this currency alone.")
    customer = WordField(required=False, help_text="The customer's id.")
    sku = WordField(required=False, label="SKU", help_text="May hold * for any letters and ? for one: TEE-*.")
    person = PersonField(required=False, empty_label="nobody in particular")
    ends_at = InstantField(required=False, label="Ends at")

    refused = {"ownership_rule_amount_has_currency": ("currency", "An amount needs its currency.")}

    class Meta:
        model = OwnershipRule
        fields = (
            *("name", "kind", "ledger", "flow", "system", "severity", "amount_from", "currency", "customer", "sku"),
            *("team", "person", "ends_at"),
        )

    def clean_ends_at(self) -> Any:
        ends_at, stored = self.cleaned_data["ends_at"], self.instance.ends_at
        same = stored is not None and ends_at == stored.replace(second=0, microsecond=0)  # the input shows minutes
        return stored if same else to_come(ends_at)

    def save(self, commit: bool = True) -> Any:
        if self.instance._state.adding:
            last = OwnershipRule.objects.order_by("-position").values_list("position", flat=True).first()
            self.instance.position = 1 if last is None else last + 1
        return super().save(commit)


class SlaForm(RowForm):
    """The time to claim and to resolve."""

    kind = CodeChoice(kinds, none="any kind")
    severity = CodeChoice(SEVERITY_CHOICES, none="any severity")
    claim_hours = HoursField(label="Hours to claim", help_text="Working hours of the team's calendar.")
    resolve_hours = HoursField(label="Hours to resolve", help_text="Counted from when it was first seen.")
    pauses_while_waiting = forms.BooleanField(required=False, initial=True, label="The clock stands while waiting")

    refused = {
        "sla_policy_once": ("kind", "There is a policy for this kind and severity already."),
        "sla_policy_of_something": ("kind", "Choose a kind, a severity or both."),
    }

    class Meta:
        model = SlaPolicy
        fields = ("kind", "severity", "claim_hours", "resolve_hours", "pauses_while_waiting")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("claim_hours") and said.get("resolve_hours") and said["claim_hours"] > said["resolve_hours"]:
            self.add_error("claim_hours", "Claiming cannot take longer than resolving.")
        return said


class SeverityForm(RowForm):
    """From which amount a case is more severe."""

    kind = CodeChoice(kinds, none="every kind")
    currency = CurrencyField()
    amount_from = AmountField(label="Amount from")
    severity = CodeChoice([choice for choice in SEVERITY_CHOICES if choice[0] != "low"], label="At least")

    refused = {
        "severity_threshold_once": ("severity", "There is a threshold for this kind, currency and severity already."),
        "severity_threshold_severity": ("severity", "Choose medium, high or critical."),
    }

    class Meta:
        model = SeverityThreshold
        fields = ("kind", "currency", "amount_from", "severity")


class BandForm(RowForm):
    """Up to which amount a role may approve."""

    role = CodeChoice(ROLE_CHOICES)
    kind = CodeChoice(kinds, none="every kind")
    currency = CurrencyField()
    up_to = AmountField(required=False, label="Up to", help_text="Nothing here: without limit.")

    refused = {
        "approval_band_once": ("role", "There is a band for this role, kind and currency already."),
        "approval_band_role": ("role", "This role may not approve."),
    }

    class Meta:
        model = ApprovalBand
        fields = ("role", "kind", "currency", "up_to")


class LimitForm(RowForm):
    """What a person may accept alone."""

    person = PersonField(required=False, empty_label="everybody without an own limit")
    currency = CurrencyField()
    per_exception = AmountField(label="Per exception")
    per_month = AmountField(label="Per month")
    per_customer = AmountField(
        label="Per customer and month",
        required=False,
        help_text="Of one customer, whoever accepts; for everybody alone.",
    )

    refused = {"acceptance_limit_once": ("person", "There is a limit for this person and currency already.")}

    class Meta:
        model = AcceptanceLimit
        fields = ("person", "currency", "per_exception", "per_month", "per_customer")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if None not in (said.get("per_exception"), said.get("per_month")) and (
            said["per_exception"] > said["per_month"]
        ):
            self.add_error("per_month", "A month cannot allow less than one exception.")
        return said


class SuppressionForm(RowForm):
    """What is left out, and until when."""

    kind = CodeChoice(kinds)
    subject = WordField(required=False, help_text="As an exception names it: order:shop:1042.")
    customer = WordField(required=False, help_text="The customer's id.")
    sku = WordField(required=False, label="SKU")
    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    ends_at = InstantField(label="Ends at")

    refused = {"suppression_of_something": ("subject", "Say for which subject, customer or SKU.")}

    class Meta:
        model = Suppression
        fields = ("kind", "subject", "customer", "sku", "reason", "ends_at")

    def clean_ends_at(self) -> Any:
        return to_come(self.cleaned_data["ends_at"])

    def save(self, commit: bool = True) -> Any:
        assert self.by is not None
        said = self.cleaned_data
        of = {name: said[name] for name in ("subject", "customer", "sku")}
        return suppress(said["kind"], until=said["ends_at"], reason=said["reason"], by=self.by, **of)
