from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).parent.parent / "sql" / "functions"


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0024_rule_previews")]

    operations = [
        migrations.RunSQL(
            (FUNCTIONS / "keep_trail_but_erased.sql").read_text(), "drop function erase_words(text, boolean)"
        ),
    ]
