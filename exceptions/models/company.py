"""The settings of the company, one row."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from reconciliation.models.fields import CodeField


class Company(models.Model):
    """How the company counts days and writes numbers. `first_weekday`: ISO, Monday is 1.

    `currency`: the one it mostly counts in, empty where it does not say. `close_day`: the working day of the following
    month by which a month is to be closed.
    `idle_minutes`, `session_hours`: how long a sign-in lasts while nothing is done, and at all.
    `second_step_roles`: who signs in with a second step; null: as the installation's settings say.
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
    idle_minutes = models.SmallIntegerField(default=30, db_default=30)
    session_hours = models.SmallIntegerField(default=12, db_default=12)
    second_step_roles = ArrayField(CodeField(), null=True, blank=True)

    class Meta:
        db_table = "company"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="company_one_row"),
            models.CheckConstraint(
                condition=models.Q(first_weekday__gte=1, first_weekday__lte=7), name="company_first_weekday"
            ),
            models.CheckConstraint(condition=models.Q(payload_days__gte=30), name="company_payload_days"),
            models.CheckConstraint(
                condition=models.Q(idle_minutes__gte=5, idle_minutes__lte=1440), name="company_idle_minutes"
            ),
            models.CheckConstraint(
                condition=models.Q(session_hours__gte=1, session_hours__lte=336), name="company_session_hours"
            ),
        ]

    @property
    def second_step_demanded_of(self) -> Sequence[str]:
        """The roles that sign in with a second step."""
        chosen: Sequence[str] | None = self.second_step_roles
        return list(settings.SECOND_STEP_ROLES) if chosen is None else chosen
