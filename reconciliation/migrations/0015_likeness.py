from pathlib import Path

from django.db import migrations

LIKENESS = Path(__file__).parent.parent / "sql" / "functions" / "likeness.sql"


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0014_no_version_record")]

    operations = [migrations.RunSQL(LIKENESS.read_text(encoding="utf-8"), "drop function likeness(text, text)")]
