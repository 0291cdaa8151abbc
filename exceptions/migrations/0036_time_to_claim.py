from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

UNTOUCHED = models.Q(state="new", touched_at__isnull=True, claim_missed_at__isnull=True)


class Migration(migrations.Migration):
    atomic = False  # writers go on meanwhile

    dependencies = [("exceptions", "0035_time_left_then_money")]

    operations = [
        migrations.AddField("exceptioncase", "claim_missed_at", models.DateTimeField(null=True)),
        AddIndexConcurrently(
            "exceptioncase",
            models.Index(fields=["claim_due_at"], name="exception_case_unclaimed", condition=UNTOUCHED),
        ),
    ]
