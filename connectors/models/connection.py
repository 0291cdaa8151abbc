"""One connected system: how it is reached, and the secrets that let us in."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Now

from connectors.models.fields import CodeField


def new_hook_key() -> str:
    """An address for webhooks that nobody guesses."""
    return secrets.token_urlsafe(24)


class Connection(models.Model):
    """How the system of key `system` is reached. `settings` holds what is no secret, as the registry declares it.

    `writes_allowed`: the kinds of change that we may make there, none unless an admin allows it.
    `second_person`: each of them needs another person's word, whatever its resolution asks.
    `open_until`: the vendor is left alone until then (resting.py). `room`: what the vendor last said of its rate limit.
    """

    id = models.BigAutoField(primary_key=True)
    system = CodeField(unique=True)
    kind = CodeField()
    vendor = CodeField(default="", blank=True)
    settings = models.JSONField(default=dict, blank=True)
    hook_key = CodeField(unique=True, default=new_hook_key)
    created_at = models.DateTimeField(db_default=Now())
    paused_at = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)
    room = models.JSONField(null=True)
    tested_at = models.DateTimeField(null=True)
    missing = ArrayField(models.TextField(), default=list)
    writes_allowed = ArrayField(CodeField(), default=list, db_default=Value([], ArrayField(CodeField())), blank=True)
    second_person = models.BooleanField(default=True, db_default=True)

    class Meta:
        db_table = "connection"
        ordering = ["system"]

    def __str__(self) -> str:
        return str(self.system)


class Credential(models.Model):
    """One secret of a connection, sealed (connectors/credentials.py). `sealed_before` counts until `before_until`."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="credentials")
    name = CodeField()
    sealed = models.TextField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    sealed_before = models.TextField(default="")
    before_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "credential"
        constraints = [models.UniqueConstraint(fields=["connection", "name"], name="credential_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.connection_id}"
