from decimal import Decimal

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce

OPEN = models.Q(state__in=("new", "in_progress", "waiting", "snoozed", "pending_approval", "fix_applied"))
CLOSED = models.Q(state__in=("resolved", "accepted", "dismissed", "merged"))
CRITICAL = models.Q(severity="critical", closed_at__isnull=True)
DUE = Coalesce("due_at", "first_seen")
AT_RISK = Coalesce("amount", models.Value(Decimal(-1)), output_field=models.DecimalField())
REPLACED = {
    "exception_case_by_due": ("exception_case_by_time_left", OPEN),
    "exception_case_closed_by_due": ("exception_case_closed_by_time", CLOSED),
    "exception_case_critical": ("exception_case_critical_first", CRITICAL),
}


class Migration(migrations.Migration):
    atomic = False  # writers go on meanwhile

    dependencies = [("exceptions", "0034_open_index")]

    operations = [
        *(
            AddIndexConcurrently(
                "exceptioncase", models.Index(DUE, AT_RISK.desc(), models.F("id"), name=name, condition=condition)
            )
            for name, condition in REPLACED.values()
        ),
        *(RemoveIndexConcurrently("exceptioncase", name) for name in REPLACED),
    ]
