# The hashes by which a run over everything leaves out what agrees.

import reconciliation.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reconciliation", "0020_stored_batch"),
    ]

    operations = [
        migrations.CreateModel(
            name='UnevenContent',
            fields=[
                ('content', models.UUIDField(primary_key=True, serialize=False)),
            ],
            options={
                'db_table': 'uneven_content',
            },
        ),
        migrations.AddField(
            model_name='fulfilmentcontent',
            name='goods',
            field=reconciliation.models.fields.CodeField(null=True),
        ),
        migrations.AddField(
            model_name='ordercontent',
            name='goods',
            field=reconciliation.models.fields.CodeField(null=True),
        ),
        migrations.AddField(
            model_name='ordercontent',
            name='worth',
            field=reconciliation.models.fields.CodeField(null=True),
        ),
        migrations.AddField(
            model_name='runslice',
            name='first',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='runslice',
            name='until',
            field=models.UUIDField(null=True),
        ),
    ]
