from pathlib import Path

from django.db import migrations

HEARD_SINCE = Path(__file__).parent.parent / "sql" / "functions" / "heard_since.sql"


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0005_working_time"), ("reconciliation", "0012_pack_size"), ("connectors", "0001_connections")]

    operations = [
        migrations.RunSQL(HEARD_SINCE.read_text(), "drop function heard_since(text[], timestamptz, timestamptz)")
    ]
