from datetime import time
from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).parent.parent / "sql" / "functions"
TEAMS = {"finance": "Finance", "cx": "Customer experience", "ops": "Operations", "admin": "Administration"}


def defaults(apps, schema_editor):
    """Office hours, the four teams that the kinds name, and bands by which larger amounts need a controller."""
    office = apps.get_model("exceptions", "Calendar").objects.create(
        key="office", name="Office hours", time_zone="UTC", days=[1, 2, 3, 4, 5], opens=time(9), closes=time(17)
    )
    for key, name in TEAMS.items():
        apps.get_model("exceptions", "Team").objects.create(key=key, name=name, calendar=office)
    apps.get_model("exceptions", "Company").objects.create(id=1)
    band, limit = apps.get_model("exceptions", "ApprovalBand"), apps.get_model("exceptions", "AcceptanceLimit")
    for currency in ("GBP", "EUR", "USD"):
        band.objects.create(role="approver", currency=currency, up_to="5000")
        band.objects.create(role="finance_controller", currency=currency, up_to=None)
        limit.objects.create(currency=currency, per_exception="25", per_month="250")


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0004_workplace")]

    operations = [
        migrations.RunSQL("drop function if exists add_working_time(timestamptz, interval)", migrations.RunSQL.noop),
        *(
            migrations.RunSQL((FUNCTIONS / f"{name}.sql").read_text(), migrations.RunSQL.noop)
            for name in ("working_hours", "add_working_time", "working_time_between")
        ),
        migrations.RunPython(defaults, migrations.RunPython.noop),
    ]
