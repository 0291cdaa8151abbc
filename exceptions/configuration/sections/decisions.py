"""How far and by when: SLA policies, severities, who may approve and accept how much, and what is left out."""

from exceptions.configuration import columns, decision_forms
from exceptions.configuration.sections.section import Section
from exceptions.models import AcceptanceLimit, ApprovalBand, SeverityThreshold, SlaPolicy, Suppression

DECISIONS = (
    Section(
        "sla",
        "SLA policies",
        "SLA policy",
        "The time to claim and to resolve, in working hours. A policy for a kind and severity beats one for the "
        "kind, that one beats one for a severity, and any beats what the kind declares. Exceptions from now on "
        "follow it; those that are open keep their terms.",
        SlaPolicy,
        decision_forms.SlaForm,
        (
            ("Kind", columns.kind),
            ("Severity", columns.of("severity", "any severity")),
            ("To claim", columns.hours("claim_hours")),
            ("To resolve", columns.hours("resolve_hours")),
            ("While waiting", lambda row: "stands" if row.pauses_while_waiting else "goes on"),
        ),
        ordering=("kind", "severity", "id"),
        called_by=2,
    ),
    Section(
        "severities",
        "Severity thresholds",
        "severity threshold",
        "From which amount at risk on an exception is at least so severe.",
        SeverityThreshold,
        decision_forms.SeverityForm,
        (("Kind", columns.kind), ("From", columns.money("amount_from", "–")), ("At least", columns.of("severity"))),
        ordering=("kind", "currency", "amount_from", "id"),
        called_by=3,
    ),
    Section(
        "approvals",
        "Approval bands",
        "approval band",
        "Up to which amount a role may approve; whoever proposed it never may.",
        ApprovalBand,
        decision_forms.BandForm,
        (
            ("Role", columns.of("role")),
            ("Kind", columns.kind),
            ("Currency", columns.of("currency")),
            ("Up to", columns.money("up_to", "without limit")),
        ),
        ordering=("role", "kind", "currency", "id"),
        called_by=4,
    ),
    Section(
        "limits",
        "Acceptance limits",
        "acceptance limit",
        "What a person may accept alone, per exception and per month; beyond it takes an approval.",
        AcceptanceLimit,
        decision_forms.LimitForm,
        (
            ("Person", columns.person("person", "everybody without an own limit")),
            ("Per exception", columns.money("per_exception", "–")),
            ("Per month", columns.money("per_month", "–")),
            ("Per customer", columns.money("per_customer", "–")),
        ),
        related=("person",),
        ordering=("person__username", "currency", "id"),
        called_by=3,
    ),
    Section(
        "suppressions",
        "Suppressions",
        "suppression",
        "What is left out, and until when: no exception of the kind opens for the subject, customer or SKU.",
        Suppression,
        decision_forms.SuppressionForm,
        (
            ("Kind", columns.kind),
            ("Left out", columns.left_out),
            ("Why", columns.of("reason")),
            ("Made by", columns.person("made_by", "–")),
            ("Until", columns.until),
        ),
        related=("made_by",),
        ordering=("-ends_at", "-id"),
        edits=False,
        called_by=2,
    ),
)
