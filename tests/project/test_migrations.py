"""Migrations since the first version leave the version before them running: old and new processes meet on one database.

What takes something away, or demands what the old version does not write, goes in two releases: first the code stops
using it, then it is removed by a migration that says so (`follows = "the release that stopped using it"`).
"""

from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

FIRST_VERSION = {"connectors": 3, "exceptions": 31, "reconciliation": 19}  # numbers up to which nothing ran anywhere
LARGE = {
    *("version", "ledgerentry", "reference", "finding", "exceptioncase", "trailentry", "member", "sealedentry"),
    *("ordercontent", "orderline", "returncontent", "returnline", "creditcontent", "creditline", "stockmovement"),
}
TAKING_AWAY = (migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel)


def faults(operation):
    """Why an operation would break or block the version before."""
    if isinstance(operation, TAKING_AWAY):
        return f"{operation.describe()}: the version before still uses it"
    if isinstance(operation, (migrations.AddField, migrations.AlterField)):
        field = operation.field
        if not (field.null or field.many_to_many or field.primary_key) and field.db_default is models.NOT_PROVIDED:
            return f"{operation.describe()}: the version before writes rows without it; give it a db_default"
    name = getattr(operation, "model_name", "")
    concurrent = isinstance(operation, AddIndexConcurrently)  # is an AddIndex as well
    if isinstance(operation, migrations.AddIndex) and not concurrent and name in LARGE:
        return f"{operation.describe()}: writers wait meanwhile; use AddIndexConcurrently"
    if isinstance(operation, migrations.AddConstraint) and name in LARGE:
        return f"{operation.describe()}: writers wait meanwhile; use AddConstraintNotValid, then ValidateConstraint"
    if isinstance(operation, migrations.RunPython) and operation.atomic is not False:
        return "RunPython holds its locks to the end; make it atomic=False and work in batches"
    return None


def later():
    """Every migration since the first version."""
    known = MigrationLoader(None).disk_migrations
    return [
        migration
        for (app, name), migration in sorted(known.items())
        if app in FIRST_VERSION and int(name[:4]) > FIRST_VERSION[app]
    ]


def test_the_version_before_goes_on_working_beside_each_migration():
    found = {
        f"{migration.app_label}.{migration.name}": said
        for migration in later()
        if not getattr(migration, "follows", "")
        if (said := [fault for operation in migration.operations if (fault := faults(operation))])
    }
    assert found == {}


def test_the_first_version_is_where_it_is_said_to_be():
    for app, number in FIRST_VERSION.items():
        there = [int(path.name[:4]) for path in Path(app, "migrations").glob("0*.py")]
        assert number <= max(there)


@pytest.mark.parametrize(
    ("operation", "wrong"),
    [
        (migrations.RemoveField("finding", "title"), True),
        (migrations.RenameField("team", "name", "title"), True),
        (migrations.DeleteModel("Team"), True),
        (migrations.AddField("team", "motto", models.TextField(default="")), True),
        (migrations.AddField("team", "motto", models.TextField(default="", db_default="")), False),
        (migrations.AddField("team", "motto", models.TextField(null=True)), False),
        (migrations.AlterField("team", "name", models.TextField()), True),
        (migrations.AddIndex("finding", models.Index(fields=["sku"], name="finding_by_sku")), True),
        (migrations.AddIndex("team", models.Index(fields=["name"], name="team_name")), False),
        (migrations.RunPython(migrations.RunPython.noop), True),
        (migrations.RunPython(migrations.RunPython.noop, atomic=False), False),
        (migrations.RunSQL("select 1"), False),
    ],
)
def test_a_rule(operation, wrong):
    assert bool(faults(operation)) == wrong
