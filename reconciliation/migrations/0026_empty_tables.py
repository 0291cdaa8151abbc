from pathlib import Path

from django.db import migrations

EMPTY_TABLES = Path(__file__).parent.parent / "sql" / "functions" / "empty_tables.sql"


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0025_arrival")]

    operations = [migrations.RunSQL(EMPTY_TABLES.read_text(), "drop function empty_tables(regclass[])")]
