from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations

import reconciliation.models.fields

FUNCTIONS = Path(__file__).parent.parent / "sql" / "functions"


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0002_functions")]

    operations = [
        migrations.RunSQL(
            (FUNCTIONS / "canonical_status.sql").read_text(), "drop function canonical_status(text, text, text)"
        ),
        migrations.RunSQL(
            (FUNCTIONS / "travels.sql").read_text(), "drop function travels(jsonb, text, text, text[], text)"
        ),
        migrations.RunSQL((FUNCTIONS / "minor_units.sql").read_text(), "drop function minor_units(text)"),
        migrations.RunSQL((FUNCTIONS / "money.sql").read_text(), "drop function money(numeric, text)"),
        migrations.RunSQL(
            (FUNCTIONS / "evidence.sql").read_text(), "drop function evidence(text, text, text, text, text)"
        ),
        migrations.AddField(
            "run",
            "kinds",
            django.contrib.postgres.fields.ArrayField(
                reconciliation.models.fields.CodeField(), null=True, size=None, blank=True
            ),
        ),
    ]
