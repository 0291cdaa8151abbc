"""What several tests begin with: made by the first of them in a process, copied back in for the others."""

import copy

from django.db import connection

from tests.emptying import empty

TABLES = """
select oid::regclass::text from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_relation_size(oid) > 0
    and relname <> all(array['django_migrations', 'django_content_type', 'auth_permission'])
"""
_kept = {}


def kept(name, make):
    """What `make` returns, with all that the database then holds; it must be the first that a test stores."""
    if name not in _kept:
        made = make()
        _kept[name] = copy.deepcopy(made), _rows()
        return made
    made, rows = _kept[name]
    empty()
    _store(rows)
    return copy.deepcopy(made)


def _rows():
    """Table → its rows as PostgreSQL copies them, of every table that is emptied between tests."""
    rows = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            with cursor.copy(f"copy {table} to stdout") as copied:
                rows[table] = b"".join(bytes(part) for part in copied)
    return {table: text for table, text in rows.items() if text}


def _store(rows):
    with connection.cursor() as cursor:
        cursor.execute("select set_config('session_replication_role', 'replica', false)")
        for table, text in rows.items():
            with cursor.copy(f"copy {table} from stdin") as copying:
                copying.write(text)
        cursor.execute("select set_config('session_replication_role', 'origin', false)")
