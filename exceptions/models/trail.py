"""The trail: what happened to cases and to whatever decides about them; the database lets it only grow."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from exceptions.models.case import ExceptionCase
from reconciliation.models.fields import CodeField


class TrailEntry(models.Model):
    """What happened; the database refuses to change or delete an entry. `by` null: the system.

    `case` null: no case but what `about` names (`rule 7`, `team cx`, `token rec_ab…`) was changed. `details` carry
    before and after. `source`: page, bulk, api, command, task or `run 12`.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(ExceptionCase, on_delete=models.PROTECT, related_name="trail", null=True, db_index=False)
    about = models.TextField(default="", db_default="", blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    move = CodeField()
    from_state = CodeField(null=True)
    to_state = CodeField(null=True)
    note = models.TextField(default="", blank=True)
    source = CodeField()
    request_id = CodeField(default="", db_default="", blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "trail_entry"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["case", "id"], name="trail_entry_case"),
            models.Index(fields=["at"], name="trail_entry_at"),
            models.Index(fields=["by"], name="trail_entry_by", condition=models.Q(by__isnull=False)),
            models.Index(fields=["case"], name="trail_entry_fix_failed", condition=models.Q(move="fix_failed")),
            models.Index(fields=["source"], name="trail_entry_source"),
            models.Index(fields=["move", "id"], name="trail_entry_move"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(case__isnull=False) | ~models.Q(about=""), name="trail_entry_about_something"
            )
        ]


class TrailSeal(models.Model):
    """One link of the chain (exceptions/trail/chain.py); `previous` is unique, so that the chain cannot fork."""

    id = models.BigAutoField(primary_key=True)
    previous = CodeField(unique=True)
    hash = CodeField(unique=True)
    entries = models.BigIntegerField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "trail_seal"
        ordering = ["id"]


class SealedEntry(models.Model):
    """An entry that a seal covers; `entry` is no foreign key, so that one that vanished can be named."""

    entry = models.BigIntegerField(primary_key=True)
    seal = models.ForeignKey(TrailSeal, on_delete=models.PROTECT, related_name="sealed")
    digest = CodeField()

    class Meta:
        db_table = "sealed_entry"
