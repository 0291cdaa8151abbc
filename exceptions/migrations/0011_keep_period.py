from pathlib import Path

from django.db import migrations

KEEP_PERIOD = Path(__file__).parent.parent / "sql" / "functions" / "keep_period.sql"
DROP = "drop function keep_period() cascade; drop function keep_period_items() cascade; drop function keep_signatures() cascade"


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0010_periods")]

    operations = [migrations.RunSQL(KEEP_PERIOD.read_text(), DROP)]
