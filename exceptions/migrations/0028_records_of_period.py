from pathlib import Path

from django.db import migrations

RECORDS = Path(__file__).parent.parent / "sql" / "functions" / "records_of_period.sql"


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0027_lean_case_indexes")]

    operations = [migrations.RunSQL(RECORDS.read_text(), "drop function records_of_period")]
