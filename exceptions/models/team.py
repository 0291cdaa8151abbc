"""Who works: teams with calendars, members and covers, and what each person may do."""

from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from reconciliation.models.fields import CodeField

ROLES = ("viewer", "agent", "lead", "approver", "finance_controller", "admin")
TEAMS = ("finance", "cx", "ops", "admin")


def _weekdays() -> list[int]:
    return [1, 2, 3, 4, 5]


class Calendar(models.Model):
    """Working hours: on each of `days` (ISO, Monday is 1) from `opens` to `closes` in `time_zone`."""

    key = CodeField(primary_key=True)
    name = models.TextField()
    time_zone = CodeField(default="UTC")
    days = ArrayField(models.SmallIntegerField(), default=_weekdays)
    opens = models.TimeField(default=time(9))
    closes = models.TimeField(default=time(17))

    class Meta:
        db_table = "calendar"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(opens__lt=models.F("closes")), name="calendar_opens_first"),
            models.CheckConstraint(
                condition=models.Q(days__len__gt=0, days__contained_by=[1, 2, 3, 4, 5, 6, 7]), name="calendar_days"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Holiday(models.Model):
    """A day on which nobody of a calendar works."""

    id = models.BigAutoField(primary_key=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = models.TextField(default="", blank=True)

    class Meta:
        db_table = "holiday"
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".rstrip()


class Team(models.Model):
    """A queue's people. `idle_hours`: working hours after which a claimed case that nobody touches is released."""

    key = CodeField(primary_key=True)
    name = models.TextField()
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="teams")
    idle_hours = models.PositiveIntegerField(default=40)

    class Meta:
        db_table = "team"
        ordering = ["name"]

    def __str__(self) -> str:
        return str(self.name)


class Membership(models.Model):
    """A person in a team; its leads assign, merge and reopen."""

    id = models.BigAutoField(primary_key=True)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField(default=False)

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.person} (leads)" if self.is_lead else str(self.person)


class EscalationStep(models.Model):
    """Whom a team tells when a case stays open `after_hours` working hours beyond its time; step 0 is the leads."""

    id = models.BigAutoField(primary_key=True)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="escalation_steps")
    after_hours = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "escalation_step"
        ordering = ["after_hours"]
        constraints = [models.UniqueConstraint(fields=["team", "after_hours"], name="escalation_step_once")]

    def __str__(self) -> str:
        return f"{self.person} after {self.after_hours} h"


class Cover(models.Model):
    """Who stands in for a person who is away in `[since, until)`: new cases go to the cover."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="covers")
    cover = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "cover"
        constraints = [
            models.CheckConstraint(condition=models.Q(since__lt=models.F("until")), name="cover_ends_later"),
            models.CheckConstraint(condition=~models.Q(person=models.F("cover")), name="cover_is_another"),
        ]


class RoleGrant(models.Model):
    """One role of one person."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roles")
    role = CodeField(choices=[(role, role.replace("_", " ")) for role in ROLES])
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "role_grant"
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="role_grant_once"),
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="role_grant_role"),
        ]
