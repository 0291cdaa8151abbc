import django.contrib.postgres.fields
from django.db import migrations

import exceptions.models.news
import reconciliation.models.fields


class Migration(migrations.Migration):

    dependencies = [
        ("exceptions", "0031_queue_order_indexes"),
    ]

    # first without a default: who stored their wishes before was asked about the sorts of then
    operations = [
        migrations.AddField(
            model_name="preferences",
            name="asked",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=reconciliation.models.fields.CodeField(), editable=False, null=True, size=None
            ),
        ),
        migrations.AlterField(
            model_name="preferences",
            name="asked",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=reconciliation.models.fields.CodeField(),
                default=exceptions.models.news.every_sort,
                editable=False,
                null=True,
                size=None,
            ),
        ),
    ]
