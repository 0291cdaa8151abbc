"""What vendors deliver to our address, as it came."""

from django.db import models
from django.db.models import Q

from connectors.models.connection import Connection
from connectors.models.fields import CodeField


class Delivery(models.Model):
    """One verified delivery, stored before it is answered. `identity` is the vendor's own name of it, or its digest.

    `origin`: the request that brought it (origins.py).
    """

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="deliveries")
    identity = CodeField()
    headers = models.JSONField()
    body = models.BinaryField()
    received_at = models.DateTimeField()
    repeats = models.IntegerField(default=0)
    handled_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="")
    origin = models.JSONField(default=dict)

    class Meta:
        db_table = "delivery"
        constraints = [models.UniqueConstraint(fields=["connection", "identity"], name="delivery_once")]
        indexes = [
            models.Index(fields=["connection", "id"], condition=Q(handled_at__isnull=True), name="delivery_open")
        ]


class Refusals(models.Model):
    """How many deliveries were refused on a day, and why; their bodies are not kept, whoever sent them."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="refusals")
    day = models.DateField()
    reason = CodeField()
    count = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        db_table = "delivery_refusals"
        constraints = [models.UniqueConstraint(fields=["connection", "day", "reason"], name="delivery_refusals_once")]
