"""How many checklists are to be signed, and how many were missed, for the homes."""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse

from exceptions.checklists.rounds import SHOWN_MISSED
from exceptions.homes.numbers import Number
from exceptions.models import ChecklistRound

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def checks_to_make(*, at: datetime) -> list[Number]:
    """Checklists that are open: missed in the last month, due within a day, due within a week."""
    unsigned = ChecklistRound.objects.filter(done_at=None)
    found = unsigned.aggregate(
        missed=Count("id", filter=Q(due_at__lt=at, due_at__gt=at - SHOWN_MISSED)),
        today=Count("id", filter=Q(due_at__gte=at, due_at__lt=at + DAY)),
        week=Count("id", filter=Q(due_at__gte=at + DAY, due_at__lt=at + WEEK)),
    )
    page = reverse("checklists")
    return [
        Number("Due within a day", found["today"], f"{page}#today"),
        Number("Later this week", found["week"], f"{page}#week"),
        Number("Missed", found["missed"], f"{page}#missed", alarming=True),
    ]
