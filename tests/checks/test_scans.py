"""A run over what changed reads no ledger from end to end, however much it holds."""

import pytest
from django.db import connection

from exceptions.reconciling import reconcile
from tests.bench.brand import MOMENT, a_days_news, grow

pytestmark = pytest.mark.django_db(transaction=True)
LARGE = 10_000  # rows; what has fewer may be read as a whole
NEWS_ITSELF = {"touched"}
READ = """
select relname, reltuples::bigint, pg_stat_get_xact_numscans(oid), pg_stat_get_xact_tuples_returned(oid)
from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r' and reltuples >= %s
"""


class Watch:
    """Notes after each statement which large tables it read from end to end."""

    def __init__(self):
        self.scans = []

    def __call__(self, execute, sql, params, many, context):
        before = self._counts()
        result = execute(sql, params, many, context)
        for table, (_, scans, rows) in self._counts().items():
            if table in before and scans > before[table][1] and table not in NEWS_ITSELF:
                self.scans.append((table, rows - before[table][2], str(sql)[:160]))
        return result

    def _counts(self):
        with connection.connection.cursor() as cursor:
            cursor.execute(READ, [LARGE])
            return {table: counts for table, *counts in cursor.fetchall()}


def reconciled(as_of):
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    watch = Watch()
    with connection.execute_wrapper(watch):
        return reconcile(as_of=as_of, now=as_of).report, watch.scans


def test_a_run_over_what_changed_reads_no_ledger_from_end_to_end():
    grow(2_000, template=250)
    full, read_whole = reconciled(MOMENT)
    assert full.full
    assert {table for table, _, _ in read_whole} >= {"ledger", "order_line", "reference"}

    report, scans = reconciled(a_days_news(2))
    assert not report.full
    assert report.run.groups >= 2
    assert scans == []
