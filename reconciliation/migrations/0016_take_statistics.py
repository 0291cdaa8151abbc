from pathlib import Path

from django.db import migrations

TAKE_STATISTICS = Path(__file__).parent.parent / "sql" / "functions" / "take_statistics.sql"


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0015_likeness")]

    operations = [migrations.RunSQL(TAKE_STATISTICS.read_text(), "drop function take_statistics(text[])")]
