from django.db import migrations


def defaults(apps, schema_editor):
    """The checklists that every installation starts with."""
    from exceptions.checklists.rounds import make_defaults

    make_defaults(*(apps.get_model("exceptions", name) for name in ("Checklist", "ChecklistItem", "Team")))


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0017_handover")]

    operations = [migrations.RunPython(defaults, migrations.RunPython.noop)]
