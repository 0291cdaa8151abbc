"""Months as finance closes them: the statement as it was signed, item by item, and every signature."""

from django.conf import settings
from django.db import models

from reconciliation.models.fields import CodeField, ExactField

STATES = ("open", "in_review", "closed")


class Period(models.Model):
    """A calendar month (`2026-09`) in the company's time zone, and one currency.

    `totals`, `configuration`, `feeds` and the items are those of the moment `as_of` at which it was prepared;
    `content_hash` covers them all. The database refuses every change of them while the period is closed.
    """

    id = models.BigAutoField(primary_key=True)
    month = CodeField()
    currency = CodeField()
    state = CodeField(default="open")
    as_of = models.DateTimeField(null=True)
    totals = models.JSONField(default=dict)
    configuration = models.TextField(default="")
    feeds = models.JSONField(default=dict)
    content_hash = CodeField(null=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "period"
        ordering = ["-month", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["month", "currency"], name="period_once"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="period_state"),
            models.CheckConstraint(condition=~models.Q(prepared_by=models.F("reviewed_by")), name="period_four_eyes"),
            models.CheckConstraint(
                condition=~models.Q(state="closed") | models.Q(reviewed_by__isnull=False, content_hash__isnull=False),
                name="period_closed_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.currency}"


class PeriodItem(models.Model):
    """One record's part in a signed statement; `part`, `bucket`, `name`: its line; `shares`: SKU → its amount."""

    id = models.BigAutoField(primary_key=True)
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="items")
    part = CodeField()
    bucket = CodeField()
    name = CodeField(null=True)
    record = models.UUIDField()
    system = CodeField()
    reference = CodeField()
    customer = CodeField(null=True)
    amount = ExactField()
    at = models.DateTimeField()
    case_id = models.BigIntegerField(null=True)
    shares = models.JSONField(default=dict)

    class Meta:
        db_table = "period_item"
        indexes = [models.Index(fields=["period", "part", "bucket"], name="period_item_line")]


class PeriodSignature(models.Model):
    """Who did what with a period: prepared, reviewed, sent back or reopened it, over which content; append-only."""

    id = models.BigAutoField(primary_key=True)
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="signatures")
    act = CodeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    content_hash = CodeField()
    reason = models.TextField(default="", blank=True)

    class Meta:
        db_table = "period_signature"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(act="reopened") | ~models.Q(reason=""), name="period_reopened_with_reason"
            )
        ]


class OpeningItem(models.Model):
    """What stood open at go-live: a return received and not credited (positive), or a credit outstanding (negative).

    `reference`: the return's rma as references are compared. It counts once it is signed by somebody else than whoever
    entered it, and the database keeps it as it was signed.
    """

    id = models.BigAutoField(primary_key=True)
    currency = CodeField()
    reference = CodeField()
    customer = CodeField(null=True)
    amount = ExactField()
    at = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "opening_item"
        constraints = [
            models.UniqueConstraint(fields=["currency", "reference"], name="opening_item_once"),
            models.CheckConstraint(condition=~models.Q(entered_by=models.F("signed_by")), name="opening_four_eyes"),
        ]
