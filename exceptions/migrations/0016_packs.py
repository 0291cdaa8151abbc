from pathlib import Path

from django.db import migrations, models

FUNCTIONS = Path(__file__).parent.parent / "sql" / "functions"


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0015_customer_limit"), ("reconciliation", "0017_accounts")]

    operations = [
        migrations.AddField("perioditem", "shares", models.JSONField(default=dict)),
        migrations.RunSQL((FUNCTIONS / "opening_use.sql").read_text(), "drop function opening_use()"),
        migrations.RunSQL((FUNCTIONS / "keep_opening.sql").read_text(), "drop function keep_opening() cascade"),
    ]
