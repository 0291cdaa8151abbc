"""Invitations: the only way for a new person to come in."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from exceptions.models.team import ROLES
from reconciliation.models.fields import CodeField


class Invitation(models.Model):
    """What a person who is not here yet will be. Only the SHA-256 of the link's secret is kept.

    `teams` and `leads` are keys of teams, the latter those to lead. `invited_by` null: the command for the first admin.
    """

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField()
    full_name = models.TextField(default="", blank=True)
    roles = ArrayField(CodeField())
    teams = ArrayField(CodeField(), default=list)
    leads = ArrayField(CodeField(), default=list)
    digest = models.BinaryField(unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "invitation"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=list(ROLES), roles__len__gt=0), name="invitation_roles"
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.email}"
