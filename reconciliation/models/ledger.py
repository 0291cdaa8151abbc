"""Every version of every record: what a system said, and from when until when it says it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from reconciliation.models.fields import CodeField, folded


class Version(models.Model):
    """One distinct version of a record as it came in. Append-only.

    `version` is derived from the record's key and the SHA-256 of the canonical line, so that the same line
    is the same row wherever and whenever it arrives.
    """

    version = models.UUIDField(primary_key=True)
    record = models.UUIDField()
    arrived_at = models.DateTimeField(db_default=Now())
    raw = models.TextField()

    class Meta:
        db_table = "version"


class LedgerEntry(models.Model):
    """The reign of one version: it speaks for its record in `[at, until)`; `until` null: to this day.

    `changed_at` is the `at` of the first of the unbroken run of versions with the same contract fields.
    `content` names the typed projection in contents.py; null where the record is withdrawn. `flow`: of an outcome, the
    flow it speaks of.
    A version that lost a tie on `at` reigns in the empty window `[at, at)`.
    """

    version = models.UUIDField(primary_key=True)
    record = models.UUIDField()
    type = CodeField()
    system = CodeField()
    id = CodeField()
    realm = CodeField(null=True)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    content = models.UUIDField(null=True)
    hash = models.BinaryField()
    arrived_at = models.DateTimeField(db_default=Now())
    flow = CodeField(null=True)

    class Meta:
        db_table = "ledger"
        indexes = [
            models.Index(fields=["record", "at"], name="ledger_record_at"),
            models.Index(fields=["at"], name="ledger_at"),
            models.Index(fields=["id"], name="ledger_id"),
            models.Index(fields=["content"], name="ledger_content"),
            models.Index(fields=["type", "system", "changed_at"], name="ledger_type_system_changed"),
            models.Index(fields=["flow", "at"], name="ledger_flow_at", condition=models.Q(flow__isnull=False)),
            models.Index(folded("id"), name="ledger_folded"),
        ]


class FirstSent(models.Model):
    """The earliest `at` of any record of a type that a system ever sent (No feed, no verdict)."""

    pk = models.CompositePrimaryKey("type", "system")
    type = CodeField()
    system = CodeField()
    at = models.DateTimeField()

    class Meta:
        db_table = "first_sent"


class Arrival(models.Model):
    """A quarter of an hour, from `since` on, in which a system sent records of a type that were news."""

    pk = models.CompositePrimaryKey("type", "system", "since")
    type = CodeField()
    system = CodeField()
    since = models.DateTimeField()

    class Meta:
        db_table = "arrival"


class Touched(models.Model):
    """A record that has news since the last run examined it; `mark` grows with each, and clearing compares it."""

    record = models.UUIDField(primary_key=True)
    mark = models.BigIntegerField(default=1)

    class Meta:
        db_table = "touched"


class StoredBatch(models.Model):
    """A batch of raw lines that is stored: the same lines again change nothing, and are not read again.

    `digest` covers the lines and what a line may name. `refused` are the places in the batch, from 0, of lines that
    were refused; these are read again. A row may be removed at any time: its lines are then read.
    """

    digest = models.BinaryField(primary_key=True)
    refused = ArrayField(models.IntegerField())
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "stored_batch"


class RejectedLine(models.Model):
    """A line that was refused, as it came (cut to its first MiB)."""

    sha256 = models.BinaryField(primary_key=True)
    type = CodeField(null=True)
    system = CodeField(null=True)
    record_id = CodeField(null=True)
    at = models.DateTimeField(null=True)
    code = CodeField()
    field = CodeField(null=True)
    reason = models.TextField()
    source = models.TextField(default="")
    line_number = models.BigIntegerField()
    raw = models.BinaryField()
    arrived_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "rejected_line"
        indexes = [
            models.Index(fields=["type", "system", "record_id"], name="rejected_line_record"),
            models.Index(fields=["arrived_at"], name="rejected_line_arrived"),
        ]
