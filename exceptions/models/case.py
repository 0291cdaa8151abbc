"""The case that people work on, and its trail."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from reconciliation.declarations import checks
from reconciliation.models.fields import CodeField, ExactField

OPEN = ("new", "in_progress", "waiting", "snoozed", "pending_approval", "fix_applied")
CLOSED = ("resolved", "accepted", "dismissed", "merged")
SEVERITIES = ("low", "medium", "high", "critical")
SENTENCES = {
    "auto-resolve": "The systems agree again; resolved.",
    "verify": "Newer data agrees: the fix is proven.",
    "supersede": "A more telling exception speaks for the same cause; resolved.",
    "return": "The more telling exception is gone and this one still holds; open again.",
    "regress": "Found again after it was resolved; open again.",
    "exceed": "The amount has outgrown what was accepted; open again.",
    "wake": "The amount has grown; woken.",
    "void": "The evidence has changed; the proposal is void.",
}


class ExceptionCase(models.Model):
    """One disagreement that somebody owns, known for life by its kind and subject (workflow in exceptions/intake.py).

    `amount` in `currency`; both null where nothing is known to be at risk or several currencies meet. `version`
    grows with every change of state, so that a person only moves what they saw. `healed_at`: a dismissed or accepted
    case whose subject agreed meanwhile. `first_seen` and `last_seen` are moments of runs.
    """

    id = models.BigAutoField(primary_key=True)
    kind = CodeField()
    subject = CodeField()
    state = CodeField(default="new")
    version = models.BigIntegerField(default=1)
    severity = CodeField()
    team = CodeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    title = models.TextField()
    flow = CodeField(null=True)
    systems = ArrayField(CodeField(), default=list)
    refs = models.JSONField(default=dict)
    amount = ExactField(null=True)
    currency = CodeField(null=True)
    evidence = models.JSONField(default=list)
    suggestions = models.JSONField(default=list)
    group_key = models.UUIDField(null=True)
    record = models.UUIDField(null=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    occurrences = models.BigIntegerField(default=1)
    due_at = models.DateTimeField(null=True)
    regressed = models.BooleanField(default=False)
    resolution = CodeField(null=True)
    resolved_by = CodeField(null=True)
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="superseded")
    accepted_amount = ExactField(null=True)
    healed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "exception_case"
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="exception_case_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN, closed_at__isnull=True)
                | models.Q(state__in=CLOSED, closed_at__isnull=False),
                name="exception_case_closed_at",
            ),
            models.CheckConstraint(condition=models.Q(severity__in=SEVERITIES), name="exception_case_severity"),
        ]
        indexes = [
            models.Index(fields=["state", "team", "-id"], name="exception_case_queue"),
            models.Index(fields=["group_key"], name="exception_case_group"),
            models.Index(fields=["owner", "state"], name="exception_case_owner"),
        ]

    def __str__(self) -> str:
        return f"E-{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to see to it."""
        return self.state in OPEN

    @property
    def is_overdue(self) -> bool:
        """Whether it is open beyond its time."""
        return self.is_open and self.due_at is not None and self.due_at < timezone.now()

    @property
    def kind_title(self) -> str:
        """The kind in words; its key where the kind is no longer declared."""
        declared = checks().get(self.kind)
        return declared.title if declared else self.kind

    def get_state(self) -> str:
        """The state in words."""
        return str(self.state).replace("_", " ")


class TrailEntry(models.Model):
    """What happened to a case; the database refuses to change or delete an entry. `by` null: the system."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(ExceptionCase, on_delete=models.PROTECT, related_name="trail")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    move = CodeField()
    from_state = CodeField(null=True)
    to_state = CodeField()
    note = models.TextField(default="", blank=True)
    source = CodeField()
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "trail_entry"
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "id"], name="trail_entry_case")]

    @property
    def sentence(self) -> str:
        """What happened, in words."""
        if self.move == "re-detect":
            before, now = (_money(self.details, suffix) for suffix in ("_before", ""))
            return f"The amount at risk went from {before} to {now}."
        if self.move == "detect":
            return f"Found, with {_money(self.details, '')} at risk."
        return SENTENCES.get(self.move, f"{self.move}: {self.from_state} → {self.to_state}")


def _money(details: dict[str, Any], suffix: str) -> str:
    amount = details.get(f"amount{suffix}")
    return "nothing counted" if amount is None else f"{amount} {details.get(f'currency{suffix}')}"
