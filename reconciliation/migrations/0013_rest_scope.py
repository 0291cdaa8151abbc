import django.utils.timezone
from django.db import migrations, models

import reconciliation.models.fields


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0012_pack_size")]

    operations = [
        migrations.AddField(
            "returndrift",
            "changed_at",
            models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            "returndrift",
            "customer_key",
            reconciliation.models.fields.CodeField(default=""),
            preserve_default=False,
        ),
        migrations.AddIndex(
            "returndrift", models.Index(fields=["customer_key", "currency"], name="return_drift_customer")
        ),
        migrations.AddIndex("unmappedword", models.Index(fields=["system", "raw"], name="unmapped_word_raw")),
        migrations.AddIndex("ordercontent", models.Index(fields=["placed_at"], name="order_content_placed")),
        migrations.AddIndex("finding", models.Index(fields=["leg", "kind", "state"], name="finding_leg")),
        # what stands in these tables was not told when it changed: the next run examines everything
        migrations.RunSQL("update configuration set version = version + 1", migrations.RunSQL.noop),
    ]
