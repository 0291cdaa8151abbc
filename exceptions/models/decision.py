"""What people decided about cases: proposals, variances accepted, changes of our own data, files and saved views."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from exceptions.models.case import ExceptionCase
from reconciliation.models.fields import CodeField, ExactField

ACCEPT_REASONS = {
    "rounding": "Rounding",
    "fx": "Foreign exchange",
    "freight": "Freight",
    "goodwill": "Goodwill",
    "timing": "Timing",
    "agreed_discount": "Agreed discount",
    "write_off": "Write-off",
}
DECISIONS = ("approved", "rejected", "withdrawn", "void")


class Proposal(models.Model):
    """A resolution that needs another person's word. `evidence_hash`: what the case showed when it was proposed.

    `amount` in `currency` is what the approver's band must cover; null where nothing is known to be at risk.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(ExceptionCase, on_delete=models.PROTECT, related_name="proposals")
    resolution = CodeField()
    parameters = models.JSONField(default=dict)
    note = models.TextField(default="", blank=True)
    amount = ExactField(null=True)
    currency = CodeField(null=True)
    evidence_hash = CodeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    proposed_at = models.DateTimeField()
    decision = CodeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(default="", blank=True)

    class Meta:
        db_table = "proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(decision__isnull=True), name="proposal_one_open"
            ),
            models.CheckConstraint(
                condition=~models.Q(decision__in=["approved", "rejected"])
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="proposal_four_eyes",
            ),
            models.CheckConstraint(
                condition=~models.Q(decision__in=["approved", "rejected"]) | models.Q(decided_by__isnull=False),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(decision="rejected") | ~models.Q(comment=""), name="proposal_rejected_with_comment"
            ),
            models.CheckConstraint(
                condition=models.Q(decision__isnull=True) | models.Q(decision__in=DECISIONS), name="proposal_decision"
            ),
        ]


class Acceptance(models.Model):
    """A variance taken as it is; stands in the statement of the month of `at`. Ended when the case is opened again."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(ExceptionCase, on_delete=models.PROTECT, related_name="acceptances")
    reason = CodeField(choices=list(ACCEPT_REASONS.items()))
    note = models.TextField(default="", blank=True)
    amount = ExactField(null=True)
    currency = CodeField(null=True)
    customer = CodeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acceptances")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "acceptance"
        constraints = [
            models.CheckConstraint(condition=models.Q(reason__in=list(ACCEPT_REASONS)), name="acceptance_reason"),
            models.CheckConstraint(condition=~models.Q(by=models.F("approved_by")), name="acceptance_four_eyes"),
        ]
        indexes = [models.Index(fields=["at"], name="acceptance_at")]


class OwnChange(models.Model):
    """A change of our own data that a resolution made, with what it takes to undo it. `what`: own_data.py."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(ExceptionCase, on_delete=models.PROTECT, null=True, related_name="own_changes")
    what = CodeField()
    parameters = models.JSONField(default=dict)
    before = models.JSONField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "own_change"


class Attachment(models.Model):
    """A file that somebody put to a case; kept outside the web root, served as a download alone."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(ExceptionCase, on_delete=models.PROTECT, related_name="attachments")
    name = models.TextField()
    content_type = models.TextField()
    size = models.BigIntegerField()
    sha256 = CodeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "attachment"


class SavedView(models.Model):
    """A person's own tab over the queue: the filters as they stand in the address."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.TextField()
    query = models.TextField()
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "saved_view"
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="saved_view_once")]


class BulkJob(models.Model):
    """One move of many cases: in the background, or at once where something was left. `failures`: [{case, reason}],
    the first thousand.
    """

    id = models.BigAutoField(primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    move = CodeField()
    parameters = models.JSONField(default=dict)
    query = models.TextField()
    total = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    failures = models.JSONField(default=list)
    made_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bulk_job"


class ChangePreview(models.Model):
    """What a change of the configuration would do to the months: asked for with the topology that it comes to, or with
    the suppression (`{ended: id}`: its end), then compared; of limits and bands compared at once.

    `result`: {changes, lines: [[month, part, line, name, before, after]], cases: [[kind, before, after]],
    opened: [[month, currency, cases, amount]], months}, of a suppression also kept_out, which is like opened; of limits
    {decided: [[month, currency, what, variances, amount]], months}; or {refused}. Empty until `finished_at`.
    """

    id = models.BigAutoField(primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    topology = models.TextField(default="", blank=True)
    suppression = models.JSONField(null=True)
    asked_at = models.DateTimeField()
    result = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "change_preview"
