"""The settings of the company, one row."""

from django.db import models

from reconciliation.models.fields import CodeField


class Company(models.Model):
    """How the company counts days and writes numbers. `first_weekday`: ISO, Monday is 1.

    `currency`: the one it mostly counts in, empty where it does not say. `close_day`: the working day of the following
    month by which a month is to be closed.
    `payload_days`: how long payloads are kept; null: always. `closed_for`: why nobody may come in now; empty: open.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.TextField(default="", blank=True)
    time_zone = CodeField(default="UTC")
    currency = CodeField(default="", db_default="", blank=True)
    locale = CodeField(default="en-gb")
    first_weekday = models.SmallIntegerField(default=1)
    close_day = models.SmallIntegerField(default=5)
    payload_days = models.IntegerField(null=True, blank=True)
    closed_for = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "company"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="company_one_row"),
            models.CheckConstraint(
                condition=models.Q(first_weekday__gte=1, first_weekday__lte=7), name="company_first_weekday"
            ),
            models.CheckConstraint(condition=models.Q(payload_days__gte=30), name="company_payload_days"),
        ]
