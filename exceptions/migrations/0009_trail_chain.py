from pathlib import Path

from django.db import migrations, models

import reconciliation.models.fields

FUNCTIONS = Path(__file__).parent.parent / "sql" / "functions"


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0008_trail_source")]

    operations = [
        migrations.AlterField("trailseal", "previous", reconciliation.models.fields.CodeField(unique=True)),
        migrations.AddIndex("trailentry", models.Index(fields=["move", "id"], name="trail_entry_move")),
        migrations.RunSQL(
            (FUNCTIONS / "keep_trail_whole.sql").read_text(), "drop function keep_trail_whole() cascade"
        ),
    ]
