"""The role that the product runs as: it can do its work, and nothing to the trail."""

import json

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from exceptions.models import TrailEntry
from exceptions.trail.chain import seal
from reconciliation.project import embedded
from reconciliation.project.engines import DATABASE, OWNER, ROLE, Postgres
from reconciliation.project.roles import grant
from tests.checks.conftest import TOPOLOGY
from tests.exceptions.people import NOW

TABLES = ("trail_entry", "trail_seal", "sealed_entry")
ORDER = {
    "type": "order",
    "system": "front",
    "id": "1",
    "at": "2025-09-01T12:00:00Z",
    "placed_at": "2025-09-01T12:00:00Z",
    "status": "open",
    "currency": "GBP",
    "total": "50.00",
    "refs": {"sales_order": "SO-1"},
    "customer": {"id": "C-1"},
    "lines": [{"sku": "TEE", "quantity": 10, "unit_price": "5.00"}],
}
REFUSED = (
    "update {table} set {key} = {key}",
    "delete from {table}",
    "truncate {table}",
    "truncate {table} cascade",
    "alter table {table} disable trigger all",
    "alter table {table} add column more text",
    "alter table {table} owner to current_user",
    "drop table {table}",
    "create rule gone as on insert to {table} do instead nothing",
    "create trigger mine before insert on {table} execute function keep_trail_whole()",
)
REFUSED_ANYWHERE = (
    "drop function keep_trail() cascade",
    "drop function keep_trail_whole() cascade",
    "create or replace function keep_trail() returns trigger language plpgsql as 'begin return null; end'",
    "drop schema public cascade",
    "truncate exception_case cascade",
    "set session_replication_role = replica",
    "set role {owner}",
    "alter role current_user superuser",
    "create table public.more (id int)",
)

WORK = """
from django.core.management import call_command
from django.db import connection
for command in {work!r}:
    call_command(*command)
with connection.cursor() as cursor:
    cursor.execute("select user")
    print(cursor.fetchone())
"""


@pytest.fixture
def running(transactional_db, settings):
    """A connection as the running product has it, to the database of the tests."""
    settings.DATABASE_ROLE = ROLE
    TrailEntry.objects.create(about="rule 7", at=NOW, move="rule", source="page")
    seal(at=NOW)
    grant()
    known = connection.settings_dict
    where = {"host": known["HOST"], "port": known["PORT"] or None, "dbname": known["NAME"]}
    with psycopg.connect(**where, user=ROLE, autocommit=True) as running:
        yield running


needs_embedded = pytest.mark.skipif(bool(settings.DATABASE_URL), reason="the role has no password on a given server")


@needs_embedded
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", REFUSED)
def test_nothing_is_taken_from_the_trail(running, table, statement):
    key = "entry" if table == "sealed_entry" else "id"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        running.execute(statement.format(table=table, key=key))


@needs_embedded
@pytest.mark.parametrize("statement", REFUSED_ANYWHERE)
def test_nor_by_a_way_around_it(running, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        running.execute(statement.format(owner=connection.settings_dict["USER"]))


@needs_embedded
def test_it_writes_and_reads_the_trail_and_sets_work_tables_up(running):
    written = """
        insert into trail_entry (about, at, move, note, source, details)
        values ('rule 8', now(), 'rule', '', 'page', '{}') returning id
    """
    assert running.execute(written).fetchone()
    running.execute("create temp table told (id bigint); insert into told values (1); analyze told; truncate told")
    before = running.execute("select count(*) from pg_stats where tablename = 'team'").fetchone()
    running.execute("insert into team (key, name, idle_hours) values ('x', 'X', 1)")
    running.execute("select take_statistics('{team}')")
    after = running.execute("select count(*) from pg_stats where tablename = 'team'").fetchone()
    assert after > before or before[0]
    with pytest.raises(psycopg.errors.UndefinedTable):
        running.execute("select take_statistics('{no such table}')")


@pytest.mark.parametrize("version", [pytest.param(16, marks=pytest.mark.slow), 18])
def test_migrate_works_as_the_owner_and_everything_else_as_the_product(manage, data_dir, version):
    chosen = {"EMBEDDED_POSTGRES": str(version)}
    assert manage("embedded", "start", **chosen).returncode == 0
    try:
        migrated = manage("migrate", "-v", "0", **chosen)
        assert migrated.returncode == 0, migrated.stderr
        (data_dir / "topology").write_text(TOPOLOGY)
        (data_dir / "lines").write_text(json.dumps(ORDER))
        taken_in = ["topology", "load", str(data_dir / "topology")], ["ingest", str(data_dir / "lines")]
        work = [*taken_in, ["reconcile"], ["reconcile", "--full"], ["trail", "seal"], ["trail", "verify"]]
        result = manage("shell", "-v", "0", "-c", WORK.format(work=work), **chosen)
        assert result.returncode == 0, result.stderr[-2000:]
        assert ROLE in result.stdout
        assert "permission denied" not in result.stderr
        with psycopg.connect(host=str(Postgres(data_dir, version).socket_dir), dbname=DATABASE, user=OWNER) as owner:
            tables = "select distinct tableowner from pg_tables where schemaname = 'public'"
            assert owner.execute(tables).fetchall() == [(OWNER,)]
    finally:
        manage("embedded", "stop", **chosen)


def test_a_data_folder_of_before_gets_the_role_with_its_next_start(manage, data_dir):
    engine = Postgres(data_dir)
    with embedded.held([engine], tell=print):
        where = {"host": str(engine.socket_dir), "dbname": DATABASE, "autocommit": True}
        with psycopg.connect(**where, user=OWNER) as owner:
            owner.execute(f"drop role {ROLE}")
    (engine.home / "two-roles").unlink()
    with embedded.held([engine], tell=print), psycopg.connect(**where, user=ROLE) as running:
        assert running.execute("select current_user").fetchone() == (ROLE,)


def test_on_a_given_server_the_owner_is_named_apart(manage, given_postgres, given_redis):
    with psycopg.connect(given_postgres, autocommit=True) as superuser:
        superuser.execute("create role recon_owner login createrole; create role recon_app login")
        superuser.execute("create database recon owner recon_owner")
    owner, app = (given_postgres.replace(f"{OWNER}@", f"{name}@") for name in ("recon_owner", "recon_app"))
    owner, app = (url.removesuffix(DATABASE) + "recon" for url in (owner, app))
    given = {"DATABASE_URL": app, "DATABASE_OWNER_URL": owner, "REDIS_URL": given_redis}
    migrated = manage("migrate", "-v", "0", **given)
    assert migrated.returncode == 0, migrated.stderr[-2000:]
    sealed = manage("trail", "verify", **given)
    assert sealed.returncode == 0, sealed.stderr
    with psycopg.connect(app, autocommit=True) as running:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            running.execute("delete from trail_entry")
        assert running.execute("select count(*) from team").fetchone()
    refused = manage("migrate", **given | {"DATABASE_OWNER_URL": "recon_owner"})
    assert refused.stderr == ("DATABASE_OWNER_URL names no account; it must be postgresql://user:password@host/name.\n")
