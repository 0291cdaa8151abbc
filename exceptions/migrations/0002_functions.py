from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).parent.parent / "sql" / "functions"


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0001_cases")]

    operations = [
        migrations.RunSQL(
            (FUNCTIONS / "keep_trail.sql").read_text(),
            "drop trigger keep_trail on trail_entry; drop function keep_trail()",
        ),
    ]
