"""How far each feed has been read, each pull, and what was last read of each record."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from connectors.models.connection import Connection
from connectors.models.fields import CodeField


class Cursor(models.Model):
    """How far a feed is read: everything the vendor changed before `watermark` is stored."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="cursors")
    feed = CodeField()
    watermark = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    records = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    error = models.TextField(default="")

    class Meta:
        db_table = "feed_cursor"
        constraints = [models.UniqueConstraint(fields=["connection", "feed"], name="feed_cursor_once")]

    def __str__(self) -> str:
        return f"{self.feed} of {self.connection_id}"


class PullRun(models.Model):
    """One window of one feed, read page by page. `position` is where the next page begins, as the client says it."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="pulls")
    feed = CodeField()
    by_hand = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()
    position = models.JSONField(null=True)
    started_at = models.DateTimeField(db_default=Now())
    advanced_at = models.DateTimeField(null=True)
    resume_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    pages = models.IntegerField(default=0)
    records = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    error = models.TextField(default="")

    class Meta:
        db_table = "pull_run"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "feed", "by_hand"],
                condition=Q(finished_at__isnull=True),
                name="pull_run_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(since__lt=models.F("until")), name="pull_window"
            ),
        ]


class Sighting(models.Model):
    """What was last read of a record: the instant that the vendor `said`, the `at` we gave it, its digest."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    type = CodeField()
    record = CodeField()
    said = models.DateTimeField()
    at = models.DateTimeField()
    read_at = models.DateTimeField()
    digest = models.BinaryField()

    class Meta:
        db_table = "sighting"
        constraints = [models.UniqueConstraint(fields=["connection", "type", "record"], name="sighting_once")]
