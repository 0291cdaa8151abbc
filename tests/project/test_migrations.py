"""Migrations since the first version leave the version before them running: old and new processes meet on one database.

What takes something away, or demands what the old version does not write, goes in two releases: first the code stops
using it, then it is removed by a migration that says so (`follows = "the release that stopped using it"`).
"""

import re
from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

FIRST_VERSION = {"connectors": 3, "exceptions": 31, "reconciliation": 19}  # numbers up to which nothing ran anywhere
LARGE = {
    *("version", "ledgerentry", "reference", "finding", "exceptioncase", "trailentry", "member", "sealedentry"),
    *("ordercontent", "orderline", "returncontent", "returnline", "creditcontent", "creditline", "stockmovement"),
    *("fulfilmentcontent", "fulfilmentline", "outcome", "stocklevel", "touched", "creditmatch", "perioditem"),
    *("orderaccount", "returnaccount", "returnaccountline", "creditaccount", "creditaccountline", "delivery"),
}
TAKING_AWAY = (
    *(migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel),
    migrations.AlterModelTable,
)
HARMLESS = re.compile(r"create (or replace )?(function|view)\b|comment on\b")
REVIEWED = {
    "reconciliation.0025_arrival": "fills a table that the same migration made, and waits for nobody: it reads alone",
}


def harmless(sql):
    """Whether each statement only makes a function or a view, or comments; what cannot be read as such is not."""
    bare = re.sub(r"--[^\n]*|'[^']*'|(\$\w*\$).*?\1", " ", sql if isinstance(sql, str) else ";", flags=re.DOTALL)
    said = [statement.strip().lower() for statement in bare.split(";") if statement.strip()]
    return bool(said) and all(HARMLESS.match(statement) for statement in said)


def altered(operation, app, before):
    """What the database would do for a changed field, where that is more than to note it."""
    after = before.clone()
    operation.state_forwards(app, after)
    old, new = (
        state.apps.get_model(app, operation.model_name)._meta.get_field(operation.name) for state in (before, after)
    )
    if old.column != new.column:
        return f"{operation.describe()}: the version before uses the column's old name"
    if old.db_parameters(connection) != new.db_parameters(connection):
        return f"{operation.describe()}: everybody waits while the table is written anew; add a field beside it"
    if operation.model_name_lower in LARGE and (new.unique, new.db_index) > (old.unique, old.db_index):
        return f"{operation.describe()}: writers wait while its index is built; use AddIndexConcurrently"
    return None


def faults(operation, app="", before=None):
    """Why an operation would break or block the version before; `before`: the models that it meets."""
    if isinstance(operation, migrations.RunSQL) and not harmless(operation.sql):
        return "RunSQL may do anything; say in REVIEWED why this one lets the version before go on"
    if isinstance(operation, TAKING_AWAY):
        return f"{operation.describe()}: the version before still uses it"
    if isinstance(operation, (migrations.AddField, migrations.AlterField)):
        field = operation.field
        if not (field.null or field.many_to_many or field.primary_key) and field.db_default is models.NOT_PROVIDED:
            return f"{operation.describe()}: the version before writes rows without it; give it a db_default"
    if isinstance(operation, migrations.AlterField) and (said := altered(operation, app, before)):
        return said
    name = getattr(operation, "model_name", "")
    concurrent = isinstance(operation, AddIndexConcurrently)  # is an AddIndex as well
    if isinstance(operation, migrations.AddIndex) and not concurrent and name in LARGE:
        return f"{operation.describe()}: writers wait meanwhile; use AddIndexConcurrently"
    if isinstance(operation, migrations.AddConstraint) and name in LARGE:
        return f"{operation.describe()}: writers wait meanwhile; use AddConstraintNotValid, then ValidateConstraint"
    if isinstance(operation, migrations.RunPython) and operation.atomic is not False:
        return "RunPython holds its locks to the end; make it atomic=False and work in batches"
    return None


def told(migration, loader):
    """The faults of all operations of a migration, but those of reviewed SQL."""
    app, found = migration.app_label, []
    before = None
    for operation in migration.operations:
        if isinstance(operation, migrations.AlterField):
            before = loader.project_state((app, migration.name), at_end=False)
            for earlier in migration.operations[: migration.operations.index(operation)]:
                earlier.state_forwards(app, before)
        reviewed = isinstance(operation, migrations.RunSQL) and f"{app}.{migration.name}" in REVIEWED
        if not reviewed and (fault := faults(operation, app, before)):
            found.append(fault)
    return found


def later(loader):
    """Every migration since the first version."""
    return [
        migration
        for (app, name), migration in sorted(loader.disk_migrations.items())
        if app in FIRST_VERSION and int(name[:4]) > FIRST_VERSION[app]
    ]


def test_the_version_before_goes_on_working_beside_each_migration():
    loader = MigrationLoader(None)
    found = {
        f"{migration.app_label}.{migration.name}": said
        for migration in later(loader)
        if not getattr(migration, "follows", "")
        if (said := told(migration, loader))
    }
    assert found == {}


def test_every_reviewed_migration_is_there_and_still_needs_its_reason():
    known = {f"{migration.app_label}.{migration.name}": migration for migration in later(MigrationLoader(None))}
    for name, reason in REVIEWED.items():
        run = [operation for operation in known[name].operations if isinstance(operation, migrations.RunSQL)]
        assert reason
        assert not all(harmless(operation.sql) for operation in run), name


def test_every_large_table_is_one_of_ours():
    models_of = {model for _, model in MigrationLoader(None).project_state().models}
    assert LARGE - models_of == set()


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
        (migrations.AlterModelTable("team", "group_of_people"), True),
        (migrations.AlterField("team", "name", models.TextField()), True),
        (migrations.AlterField("team", "name", models.TextField(db_default="")), False),
        (migrations.AlterField("team", "name", models.TextField(null=True, help_text="what it is called")), False),
        (migrations.AlterField("team", "name", models.TextField(null=True, db_column="title")), True),
        (migrations.AlterField("team", "size", models.IntegerField(null=True)), False),
        (migrations.AlterField("team", "size", models.BigIntegerField(null=True)), True),
        (migrations.AlterField("finding", "sku", models.TextField(null=True, db_index=True)), True),
        (migrations.AddIndex("finding", models.Index(fields=["sku"], name="finding_by_sku")), True),
        (migrations.AddIndex("team", models.Index(fields=["name"], name="team_name")), False),
        (migrations.RunPython(migrations.RunPython.noop), True),
        (migrations.RunPython(migrations.RunPython.noop, atomic=False), False),
        (migrations.AddIndex("creditmatch", models.Index(fields=["sku"], name="credit_match_by_sku")), True),
        (
            migrations.RunSQL("-- why\ncreate or replace function f() returns int language sql as $$select 1; $$;"),
            False,
        ),
        (migrations.RunSQL("create view v as select 1; comment on view v is 'one'"), False),
        (migrations.RunSQL("create function f() returns int language sql as $$select 1$$; drop table team"), True),
        (migrations.RunSQL("comment on table team is '--'; drop table team"), True),
        (migrations.RunSQL("create materialized view v as select 1"), True),
        (migrations.RunSQL("update finding set title = ''"), True),
        (migrations.RunSQL(["alter table finding alter sku type bigint"]), True),
        (migrations.RunSQL("-- nothing"), True),
    ],
)
def test_a_rule(operation, wrong):
    before = ProjectState()
    key = ("id", models.BigAutoField(primary_key=True))
    fields = [key, ("name", models.TextField(null=True)), ("size", models.IntegerField(null=True))]
    before.add_model(ModelState("app", "Team", fields))
    before.add_model(ModelState("app", "Finding", [key, ("sku", models.TextField(null=True))]))
    assert bool(faults(operation, "app", before)) == wrong
