from pathlib import Path

from django.db import migrations, models

CASE_ERROR = Path(__file__).parent.parent / "sql" / "functions" / "case_error.sql"


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0022_missed_checklists")]

    operations = [
        migrations.RunSQL(CASE_ERROR.read_text(), "drop function case_error(jsonb)"),
        migrations.AddField(
            model_name="exceptioncase",
            name="error",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func("evidence", function="case_error"),
                output_field=models.TextField(null=True),
            ),
        ),
        migrations.AddIndex(
            model_name="exceptioncase",
            index=models.Index(
                condition=models.Q(("error__isnull", False)), fields=["error"], name="exception_case_error"
            ),
        ),
    ]
