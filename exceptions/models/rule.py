"""What an admin decides beforehand: who owns what, by when, who may approve or accept how much, what is left out."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from exceptions.models.team import ROLES, Team
from reconciliation.models.fields import CodeField, ExactField


class OwnershipRule(models.Model):
    """Cases that fit every field that is given go to `team`, or to `person`; of several rules the last counts.

    `sku` is a pattern with `*` and `?`. `amount_from` applies to `currency` alone. Ends at `ends_at`, if given.
    """

    id = models.BigAutoField(primary_key=True)
    position = models.IntegerField()
    name = models.TextField()
    kind = CodeField(null=True, blank=True)
    ledger = CodeField(null=True, blank=True)
    flow = CodeField(null=True, blank=True)
    system = CodeField(null=True, blank=True)
    severity = CodeField(null=True, blank=True)
    amount_from = ExactField(null=True, blank=True)
    currency = CodeField(null=True, blank=True)
    customer = CodeField(null=True, blank=True)
    sku = CodeField(null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="rules")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "ownership_rule"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_from__isnull=True) | models.Q(currency__isnull=False),
                name="ownership_rule_amount_has_currency",
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class SlaPolicy(models.Model):
    """Working hours to claim and to resolve. The rule for a kind and severity beats one for the kind alone, that one
    for a severity alone, and any of them the kind's declaration."""

    id = models.BigAutoField(primary_key=True)
    kind = CodeField(null=True, blank=True)
    severity = CodeField(null=True, blank=True)
    claim_hours = models.PositiveIntegerField()
    resolve_hours = models.PositiveIntegerField()
    pauses_while_waiting = models.BooleanField(default=True)

    class Meta:
        db_table = "sla_policy"
        constraints = [
            models.UniqueConstraint(fields=["kind", "severity"], name="sla_policy_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=models.Q(kind__isnull=False) | models.Q(severity__isnull=False),
                name="sla_policy_of_something",
            ),
        ]


class SeverityThreshold(models.Model):
    """From this amount at risk on a case is at least so severe; `kind` null: every kind."""

    id = models.BigAutoField(primary_key=True)
    kind = CodeField(null=True, blank=True)
    currency = CodeField()
    amount_from = ExactField()
    severity = CodeField()

    class Meta:
        db_table = "severity_threshold"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "currency", "severity"], name="severity_threshold_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=["medium", "high", "critical"]), name="severity_threshold_severity"
            ),
        ]


class ApprovalBand(models.Model):
    """Up to which amount a role may approve; `kind` null: every kind, `up_to` null: without limit."""

    id = models.BigAutoField(primary_key=True)
    role = CodeField()
    kind = CodeField(null=True, blank=True)
    currency = CodeField()
    up_to = ExactField(null=True, blank=True)

    class Meta:
        db_table = "approval_band"
        constraints = [
            models.UniqueConstraint(
                fields=["role", "kind", "currency"], name="approval_band_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role for role in ROLES if role != "admin"]), name="approval_band_role"
            ),
        ]


class AcceptanceLimit(models.Model):
    """What a person may accept alone, per exception and per month; `person` null: everybody without an own limit.

    `per_customer`, of everybody's limit alone: what may be accepted of one customer in a month without approval,
    whoever accepts it; null where nothing limits it.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="acceptance_limits"
    )
    currency = CodeField()
    per_exception = ExactField()
    per_month = ExactField()
    per_customer = ExactField(null=True, blank=True)

    class Meta:
        db_table = "acceptance_limit"
        constraints = [
            models.UniqueConstraint(fields=["person", "currency"], name="acceptance_limit_once", nulls_distinct=False)
        ]


class Suppression(models.Model):
    """No case of `kind` opens for a subject, customer or SKU until `ends_at`; at least one of the three is given.

    Ends earlier at `undone_at`. `lifted_at`: when a run first saw that it had ended.
    """

    id = models.BigAutoField(primary_key=True)
    kind = CodeField()
    subject = CodeField(null=True, blank=True)
    customer = CodeField(null=True, blank=True)
    sku = CodeField(null=True, blank=True)
    reason = models.TextField()
    ends_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "suppression"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subject__isnull=False)
                | models.Q(customer__isnull=False)
                | models.Q(sku__isnull=False),
                name="suppression_of_something",
            )
        ]
