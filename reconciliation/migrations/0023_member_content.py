# What each member of a group says, beside the group.

import reconciliation.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reconciliation", "0022_run_grouping"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="system",
            field=reconciliation.models.fields.CodeField(null=True),
        ),
        migrations.AddField(
            model_name="member",
            name="content",
            field=models.UUIDField(null=True),
        ),
    ]
