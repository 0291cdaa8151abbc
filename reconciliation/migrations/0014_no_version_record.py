from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0013_rest_scope")]

    operations = [migrations.RemoveIndex("version", "version_record")]
