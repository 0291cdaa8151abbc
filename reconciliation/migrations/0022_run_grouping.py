# By which rules a run grouped, so that the next need not group anew.

import reconciliation.models.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('reconciliation', '0021_plain_groups'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='grouping',
            field=reconciliation.models.fields.CodeField(null=True),
        ),
    ]
