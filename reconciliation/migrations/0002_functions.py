from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).parent.parent / "sql" / "functions"


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_ledgers")]

    operations = [
        migrations.RunSQL(
            (FUNCTIONS / "record_key.sql").read_text(), "drop function record_key(text, text, text)"
        ),
    ]
