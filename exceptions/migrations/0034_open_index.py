from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce

CLOSED = models.Q(state__in=("resolved", "accepted", "dismissed", "merged"))
AT_RISK = Coalesce("amount", models.Value(Decimal(-1)), output_field=models.DecimalField())
SEVERITY = models.Case(
    models.When(severity="low", then=models.Value(0)),
    models.When(severity="medium", then=models.Value(1)),
    models.When(severity="high", then=models.Value(2)),
    models.When(severity="critical", then=models.Value(3)),
    output_field=models.IntegerField(),
)
ADDED = (
    models.Index(
        fields=["kind", "state"],
        include=("severity", "team", "owner", "systems", "currency", "amount", "first_seen", "due_at"),
        name="exception_case_open",
        condition=models.Q(closed_at__isnull=True),
    ),
    models.Index(
        Coalesce("due_at", "first_seen"),
        models.F("id"),
        name="exception_case_critical",
        condition=models.Q(severity="critical", closed_at__isnull=True),
    ),
    models.Index(AT_RISK.desc(), models.F("id").desc(), name="exception_case_closed_amount", condition=CLOSED),
    models.Index(SEVERITY.desc(), models.F("id").desc(), name="exception_case_closed_severity", condition=CLOSED),
)


class Migration(migrations.Migration):
    atomic = False  # writers go on meanwhile

    dependencies = [
        ("exceptions", "0033_session_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(AddIndexConcurrently(model_name="exceptioncase", index=index) for index in ADDED),
        RemoveIndexConcurrently(model_name="exceptioncase", name="exception_case_at_risk"),
    ]
