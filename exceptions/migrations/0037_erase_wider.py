from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).parent.parent / "sql" / "functions"


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0036_time_to_claim")]

    operations = [migrations.RunSQL((FUNCTIONS / "erase_words.sql").read_text(), migrations.RunSQL.noop)]
