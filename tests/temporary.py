"""The temporary tables of a test process: made once, not anew in each test, which is rolled back with all it made."""

from itertools import count

from django.db import connection

from exceptions import intake as cases
from reconciliation import stage
from reconciliation.statements import statement

MANY = 50  # tests; what they wrote is rolled back, but stays in the files of the tables until something is committed
begun = count(1)


def keep():
    """Before a test that is rolled back: the tables are there, and their files nearly empty."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('pg_temp.scope_group')")
        if cursor.fetchone() == (None,):
            _make(cursor)
        elif next(begun) % MANY == 0:
            cursor.execute("select from scope_group")  # every commit that has to do with one of them empties all


def _make(cursor):
    stage.clear(cursor)
    for tables in ("groups/tables", "intake/incoming"):
        cursor.execute(statement(tables))
    for tables in ("intake/tables", "news/tables"):
        cursor.execute(statement(tables, cases.SQL))
