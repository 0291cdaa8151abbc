"""What is handed over: runbooks in our own words, the steps done on a case, who owns a system, the handbook issued."""

from django.conf import settings
from django.db import models

from exceptions.models.case import ExceptionCase
from exceptions.models.team import Team
from reconciliation.models import System
from reconciliation.models.fields import CodeField


class RunbookVersion(models.Model):
    """One version of a kind's runbook in our own words, the newest counts; `text` null: the shipped one again.

    `shipped`: the SHA-256 of the shipped text that it was written over.
    """

    id = models.BigAutoField(primary_key=True)
    kind = CodeField()
    number = models.PositiveIntegerField()
    text = models.TextField(null=True)
    shipped = CodeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        db_table = "runbook_version"
        ordering = ["kind", "-number"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="runbook_version_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class StepTick(models.Model):
    """A step of the runbook that somebody did on a case; `step` is its key (runbook_steps.py), `text` its words."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(ExceptionCase, on_delete=models.PROTECT, related_name="ticks")
    step = CodeField()
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "step_tick"
        constraints = [models.UniqueConstraint(fields=["case", "step"], name="step_tick_once")]


class SystemOwner(models.Model):
    """Who looks after an outside system, and whom to call about it."""

    system = models.OneToOneField(System, on_delete=models.CASCADE, primary_key=True, related_name="owner")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    contact = models.TextField(default="", blank=True)

    class Meta:
        db_table = "system_owner"

    def __str__(self) -> str:
        return str(self.system_id)


class HandbookIssue(models.Model):
    """The handbook as it was issued; `content`: section → row → what it says, `content_hash` its SHA-256."""

    id = models.BigAutoField(primary_key=True)
    number = models.PositiveIntegerField(unique=True)
    content = models.JSONField()
    content_hash = CodeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "handbook_issue"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Issue {self.number}"
