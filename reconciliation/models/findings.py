"""Groups, runs and what the checks found."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from reconciliation.models.fields import CodeField, ExactField


class Member(models.Model):
    """Which order group a record belongs to, as of the moment of the last run that moved the queue forward.

    `group_key` is the least record key of the group and so does not depend on arrival. Movements and outcomes
    are `attached`: they are shown and read with a group but join none. `content` is what the record says as of then;
    it stands here, beside the records that it is compared with, so that a run over everything need not look each up in
    the ledger. It and `system` are null in rows that were grouped before they were there.
    """

    record = models.UUIDField(primary_key=True)
    type = CodeField()
    group_key = models.UUIDField()
    attached = models.BooleanField(default=False)
    system = CodeField(null=True)
    content = models.UUIDField(null=True)

    class Meta:
        db_table = "member"
        indexes = [models.Index(fields=["group_key"], name="member_group")]


class Link(models.Model):
    """A person's word that two records belong together; undone by `undone_at`."""

    id = models.BigAutoField(primary_key=True)
    record = models.UUIDField()
    other = models.UUIDField()
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.TextField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "link"
        indexes = [
            models.Index(fields=["record"], name="link_record"),
            models.Index(fields=["other"], name="link_other"),
        ]


class Run(models.Model):
    """One execution of the checks as of a moment. `advanced`: it moved the queue, and was not only a report.

    `kinds`: the checks it was restricted to; null where it ran them all. `grouping`: a hash of the rules by which it
    grouped (sql/runner/grouping_rules.sql).
    """

    id = models.BigAutoField(primary_key=True)
    as_of = models.DateTimeField()
    full = models.BooleanField()
    advanced = models.BooleanField()
    kinds = ArrayField(CodeField(), null=True, blank=True)
    configuration = models.BigIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    checks = models.JSONField(default=list)
    groups = models.BigIntegerField(default=0)
    practices = models.JSONField(default=list)
    grouping = CodeField(null=True)

    class Meta:
        db_table = "run"
        indexes = [models.Index(fields=["-as_of"], name="run_as_of")]


class RunSlice(models.Model):
    """A share of the groups of a run over everything: those whose key is at least `first` and less than `until`.

    Both are null at the ends: the first slice begins anywhere, the last has no end.

    Whoever examines it holds a lock on its row until it is finished, `by` whom; `results` are those of its checks.
    """

    pk = models.CompositePrimaryKey("run", "number")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_column="run", db_index=False)
    number = models.IntegerField()
    slices = models.IntegerField()
    first = models.UUIDField(null=True)
    until = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)
    by = models.TextField(default="")
    results = models.JSONField(default=list)

    class Meta:
        db_table = "run_slice"


class UnevenContent(models.Model):
    """An order whose lines systems may understand differently: their words stand for other goods in one of them.

    Written anew by whoever leads a run over everything, before its slices; they look at such orders line by line.
    """

    content = models.UUIDField(primary_key=True)

    class Meta:
        db_table = "uneven_content"


class Finding(models.Model):
    """What one check says of one subject on one leg, in force or waiting to be.

    `state`: `raised`; `unripe` until `ripe_at`; `yielded` to the kind and subject in `yields_to…`; `swallowed` by a
    silent flow.
    `space` and `shard` name the key it belongs to: a group, a sku, a customer, a line or the one shard of the rest.
    """

    id = models.BigAutoField(primary_key=True)
    kind = CodeField()
    subject = CodeField()
    leg = CodeField(default="")
    space = CodeField()
    shard = CodeField()
    state = CodeField()
    yields_to = CodeField(null=True)
    yields_to_subject = CodeField(null=True)
    record = models.UUIDField(null=True)
    other = models.UUIDField(null=True)
    return_record = models.UUIDField(null=True)
    group_key = models.UUIDField(null=True)
    sku = CodeField(null=True)
    amount = ExactField(null=True)
    currency = CodeField(null=True)
    age_from = models.DateTimeField(null=True)
    ripe_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    title = models.TextField()
    systems = ArrayField(CodeField(), default=list)
    refs = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    suggestions = models.JSONField(default=list)
    last_run = models.BigIntegerField()

    class Meta:
        db_table = "finding"
        constraints = [models.UniqueConstraint(fields=["kind", "subject", "leg"], name="finding_once")]
        indexes = [
            models.Index(fields=["space", "shard"], name="finding_shard"),
            models.Index(fields=["ripe_at"], name="finding_unripe", condition=models.Q(state="unripe")),
            models.Index(fields=["expires_at"], name="finding_expires", condition=models.Q(expires_at__isnull=False)),
            models.Index(fields=["sku"], name="finding_sku", condition=models.Q(sku__isnull=False)),
            models.Index(fields=["leg", "kind", "state"], name="finding_leg"),
        ]


class ChangedSubject(models.Model):
    """A kind and subject whose findings changed and whose case has not been told yet."""

    pk = models.CompositePrimaryKey("kind", "subject")
    kind = CodeField()
    subject = CodeField()
    run = models.BigIntegerField()

    class Meta:
        db_table = "changed_subject"
