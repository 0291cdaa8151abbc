"""What is to be written into outside systems."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from connectors.models.connection import Connection
from connectors.models.fields import CodeField

STATES = ("planned", "sending", "unknown", "done", "refused", "withdrawn")
WAITING = ("planned", "sending", "unknown")


class Outbox(models.Model):
    """One change to make in an outside system, once: `key` goes along with every attempt, and finds it again.

    `payload` is the change as it was shown (writing.Planned). `sent_at`: when the last request may have left.
    `unknown`: one may have left and its answer is not known; with `given_up_at` nobody asks any more.
    """

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="outbox")
    key = CodeField(unique=True)
    action = CodeField()
    payload = models.JSONField()
    state = CodeField(default="planned", db_default="planned")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)
    error = models.TextField(default="")

    class Meta:
        db_table = "outbox"
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES), name="outbox_state")]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=WAITING, given_up_at__isnull=True),
                name="outbox_waiting",
            )
        ]
