"""Tokens by which programs come in."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from reconciliation.models.fields import CodeField

SCOPES = ("ingest", "read", "act", "measure")


class ApiToken(models.Model):
    """A program's way in. Only the SHA-256 of its secret is kept; `prefix` is the part that may be shown."""

    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    prefix = CodeField(unique=True)
    digest = models.BinaryField()
    scopes = ArrayField(CodeField())
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=list(SCOPES), scopes__len__gt=0), name="api_token_scopes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} (rec_{self.prefix}_…)"
