"""How the checks did on records whose disagreements are known."""

from django.db import models
from django.db.models import Q

from reconciliation.models.fields import CodeField


class CanaryRun(models.Model):
    """One run over the shadow brand. `kinds`: {kind: [put in, found of these, found beyond]}.

    `missed` and `beyond`: [[kind, subject]]. `error`: what broke the run off; a run that broke off found nothing.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    seconds = models.FloatField()
    kinds = models.JSONField(default=dict)
    missed = models.JSONField(default=list)
    beyond = models.JSONField(default=list)
    error = CodeField(default="", blank=True)

    class Meta:
        db_table = "canary_run"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(seconds__gte=0), name="canary_run_seconds")]

    @property
    def right(self) -> bool:
        """Whether everything that was put in was found, and nothing else."""
        return not (self.missed or self.beyond or self.error)
