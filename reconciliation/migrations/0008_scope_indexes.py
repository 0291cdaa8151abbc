import reconciliation.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0007_reference_record")]

    operations = [
        migrations.AddField(
            "ledgerentry", "flow", reconciliation.models.fields.CodeField(null=True)
        ),
        migrations.RunSQL(
            "update ledger set flow = outcome.flow from outcome where ledger.content = outcome.content",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex("ledgerentry", models.Index(fields=["content"], name="ledger_content")),
        migrations.AddIndex(
            "ledgerentry", models.Index(fields=["type", "system", "changed_at"], name="ledger_type_system_changed")
        ),
        migrations.AddIndex(
            "ledgerentry",
            models.Index(fields=["flow", "at"], name="ledger_flow_at", condition=models.Q(flow__isnull=False)),
        ),
    ]
