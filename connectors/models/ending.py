"""The end of what a vendor delivers to a connection."""

from django.conf import settings
from django.db import models

from connectors.models.connection import Connection


class Ending(models.Model):
    """The vendor is to deliver no longer, as a person asked; it is tried until the vendor has nothing left.

    `forgets`: then the connection goes as well. `error`: why the last attempt failed, in the vendor's words.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, primary_key=True, related_name="ending")
    forgets = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="")

    class Meta:
        db_table = "ending"

    def __str__(self) -> str:
        return f"ending of {self.connection_id}"
