# When which system sent news of which record type, to the quarter of an hour; what came lately is noted at once.

import reconciliation.models.fields
from django.db import migrations, models

NOTED_ALREADY = """
insert into arrival (type, system, since)
select distinct type, system, date_bin('15 minutes', arrived_at, timestamptz 'epoch')
from ledger
where arrived_at > now() - interval '60 days'
on conflict do nothing
"""


class Migration(migrations.Migration):

    dependencies = [
        ('reconciliation', '0024_credit_match'),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('pk', models.CompositePrimaryKey('type', 'system', 'since', blank=True, editable=False, primary_key=True, serialize=False)),
                ('type', reconciliation.models.fields.CodeField()),
                ('system', reconciliation.models.fields.CodeField()),
                ('since', models.DateTimeField()),
            ],
            options={
                'db_table': 'arrival',
            },
        ),
        migrations.RunSQL(NOTED_ALREADY, migrations.RunSQL.noop),
    ]
