# How often records of a type are to come from a system, by agreement.

import django.db.models.deletion
import django.db.models.functions.datetime
import reconciliation.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("exceptions", "0037_erase_wider"),
        ('reconciliation', '0025_arrival'),
    ]

    operations = [
        migrations.CreateModel(
            name='Expectation',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('type', reconciliation.models.fields.CodeField()),
                ('every', models.DurationField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('hours_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exceptions.team')),
                ('system', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reconciliation.system')),
            ],
            options={
                'db_table': 'expectation',
                'ordering': ['system', 'type'],
                'constraints': [models.UniqueConstraint(fields=('system', 'type'), name='expectation_once')],
            },
        ),
    ]
