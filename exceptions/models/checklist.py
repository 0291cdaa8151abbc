"""Checks that people make each day, week and month: the lists, and each time that one was due."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from exceptions.models.team import Team
from reconciliation.models.fields import CodeField

RHYTHMS = {"daily": "each working day", "weekly": "each week", "monthly": "month-end"}
ITEM_SORTS = {"automatic": "automatic", "guided": "a queue to work", "manual": "to confirm"}
ANSWERS = {"ok": "in order", "not_ok": "not in order"}


class Checklist(models.Model):
    """What a team checks in a rhythm. It opens with the day, the week's `weekday` (ISO, Monday is 1) or the month after
    and is due after `due_hours` working hours of the team. Nothing is due before `since`."""

    key = CodeField(primary_key=True)
    name = models.TextField()
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="checklists")
    rhythm = CodeField(choices=list(RHYTHMS.items()))
    weekday = models.SmallIntegerField(default=1)
    due_hours = models.PositiveIntegerField(default=4)
    is_on = models.BooleanField(default=True)
    position = models.IntegerField(default=0)
    since = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "checklist"
        ordering = ["position", "key"]
        constraints = [
            models.CheckConstraint(condition=models.Q(rhythm__in=list(RHYTHMS)), name="checklist_rhythm"),
            models.CheckConstraint(
                condition=models.Q(weekday__gte=1, weekday__lte=7) & models.Q(due_hours__gte=1), name="checklist_due"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class ChecklistItem(models.Model):
    """One thing to check. `query`: an automatic item's name in checklist_queries.py; `queue`: what a guided item asks
    the queue for, as in its address."""

    id = models.BigAutoField(primary_key=True)
    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="items")
    position = models.IntegerField(default=0)
    sort = CodeField(choices=list(ITEM_SORTS.items()))
    text = models.TextField()
    query = CodeField(default="", db_default="", blank=True)
    queue = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "checklist_item"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sort="automatic") & ~models.Q(query="")
                | models.Q(sort="guided") & ~models.Q(queue="")
                | models.Q(sort="manual"),
                name="checklist_item_sort",
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.text}"


class ChecklistRound(models.Model):
    """One time that a checklist is due: `period` is its day, week or month (`2026-09-30`, `2026-W40`, `2026-09`).

    `result` when somebody has signed it: ok, or not_ok with a note. `missed_at`: when it was seen to be late.
    """

    id = models.BigAutoField(primary_key=True)
    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="rounds")
    period = CodeField()
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    result = CodeField(null=True)
    note = models.TextField(default="", db_default="", blank=True)
    missed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "checklist_round"
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["checklist", "period"], name="checklist_round_once"),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, done_by__isnull=True, result__isnull=True)
                | models.Q(done_at__isnull=False, done_by__isnull=False, result__in=list(ANSWERS)),
                name="checklist_round_done",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="checklist_round_due")]

    def __str__(self) -> str:
        return f"{self.checklist_id} {self.period}"


class RoundItem(models.Model):
    """An item as it stood when the round opened, and what was found: by the system where `by` is null."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(ChecklistRound, on_delete=models.CASCADE, related_name="items")
    position = models.IntegerField()
    sort = CodeField()
    text = models.TextField()
    query = CodeField(default="", db_default="", blank=True)
    queue = models.TextField(default="", db_default="", blank=True)
    answer = CodeField(null=True)
    found = models.BigIntegerField(null=True)
    note = models.TextField(default="", db_default="", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        db_table = "round_item"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer__isnull=True) | models.Q(answer__in=list(ANSWERS)), name="round_item_answer"
            )
        ]
