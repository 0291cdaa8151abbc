# What each line of a credit without a reference was matched to.

import reconciliation.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reconciliation', '0023_member_content'),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditMatch',
            fields=[
                ('pk', models.CompositePrimaryKey('credit_record', 'position', blank=True, editable=False, primary_key=True, serialize=False)),
                ('credit_record', models.UUIDField()),
                ('position', models.IntegerField()),
                ('customer_key', reconciliation.models.fields.CodeField(null=True)),
                ('sku_key', reconciliation.models.fields.CodeField()),
                ('sku', reconciliation.models.fields.CodeField()),
                ('quantity', reconciliation.models.fields.ExactField()),
                ('price', reconciliation.models.fields.ExactField(null=True)),
                ('currency', reconciliation.models.fields.CodeField(null=True)),
                ('tier', reconciliation.models.fields.CodeField()),
                ('before_history', models.BooleanField()),
                ('sales', models.BigIntegerField()),
                ('reason', reconciliation.models.fields.CodeField(null=True)),
                ('sale_record', models.UUIDField(null=True)),
                ('sale_system', reconciliation.models.fields.CodeField(null=True)),
                ('sale_id', reconciliation.models.fields.CodeField(null=True)),
                ('sale_position', models.IntegerField(null=True)),
                ('sale_at', models.DateTimeField(null=True)),
                ('sale_quantity', reconciliation.models.fields.ExactField(null=True)),
                ('sale_price', reconciliation.models.fields.ExactField(null=True)),
                ('runner_up_record', models.UUIDField(null=True)),
                ('runner_up_system', reconciliation.models.fields.CodeField(null=True)),
                ('runner_up_id', reconciliation.models.fields.CodeField(null=True)),
                ('runner_up_position', models.IntegerField(null=True)),
                ('runner_up_at', models.DateTimeField(null=True)),
                ('runner_up_quantity', reconciliation.models.fields.ExactField(null=True)),
                ('runner_up_price', reconciliation.models.fields.ExactField(null=True)),
            ],
            options={
                'db_table': 'credit_match',
                'indexes': [models.Index(fields=['sku_key'], name='credit_match_sku')],
            },
        ),
    ]
