import gzip
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from exceptions.models import ExceptionCase
from exceptions.reconciling import reconcile
from reconciliation.intake import on_disk_at_the_end
from reconciliation.models import LedgerEntry, RejectedLine, System
from reconciliation.topology import load

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "online_retail"
REAL = Path(__file__).parents[3] / "shared" / "data" / "online_retail_2009_2010.csv.gz"
ROWS = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,85048,LIGHTS,12,2009-12-01 07:45:00,6.950,13085,United Kingdom
C2,85048,LIGHTS,-2,2009-12-02 07:45:00,6.950,13085,United Kingdom
3,85048,found,5,2009-12-02 08:00:00,0.000,,United Kingdom
4,85048,LIGHTS,x,2009-12-02 08:00:00,1.000,,United Kingdom
"""

pytestmark = pytest.mark.django_db(transaction=True)


def ingest(*arguments):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("ingest", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def shop():
    load((EXAMPLE / "topology.toml").read_text(encoding="utf-8"), dry_run=False)


def test_the_worked_example_loads_rows_of_each_sort_and_counts_them(shop, tmp_path):
    file = tmp_path / "rows.csv.gz"
    file.write_bytes(gzip.compress(ROWS.encode()))
    code, out, err = ingest("--mapping", EXAMPLE / "mapping.toml", file)
    assert code == 1
    assert "Row 5: Quantity: 'x' is no decimal" in err
    assert set(LedgerEntry.objects.values_list("type", "id")) == {
        ("order", "1"),
        ("credit", "C2"),
        ("stock_movement", "3/1"),
    }
    assert RejectedLine.objects.get().line_number == 5
    assert "accepted              3" in out


def test_what_is_told_at_the_end_is_on_disk_by_then(shop):
    with on_disk_at_the_end():
        System.objects.create(key="other", kind="generic")
        with connection.cursor() as cursor:
            cursor.execute("show synchronous_commit")
            assert cursor.fetchone() == ("off",)
            cursor.execute("select pg_current_wal_insert_lsn()")
            written = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_wal_flush_lsn() >= %s::pg_lsn", written)
        assert cursor.fetchone() == (True,)


def test_a_mapping_that_is_none_and_a_file_that_is_not_there_are_said_clearly(shop, tmp_path):
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('system = "shop"')
    with pytest.raises(CommandError, match="records: there is none"):
        ingest("--mapping", mapping, mapping)
    with pytest.raises(CommandError, match=r"nowhere\.csv: No such file"):
        ingest(tmp_path / "nowhere.csv")


@pytest.mark.skipif(not REAL.exists(), reason="the real input is not beside this checkout")
def test_the_real_year_gives_exactly_the_counts_of_the_matching_rules(shop):
    code, out, _ = ingest("--mapping", EXAMPLE / "mapping.toml", REAL)
    assert code == 0
    assert "rows orders                 511,565" in out
    assert "rows movements                3,656" in out
    reconcile(as_of=timezone.now(), now=timezone.now())
    kinds = list(ExceptionCase.objects.filter(state="new").values_list("kind", flat=True))
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "unsupported_credit": 1571,
        "unsupported_credit_price": 376,
        "unsupported_credit_quantity": 110,
        "over_credited": 68,
    }
    assert ExceptionCase.objects.filter(kind="unsupported_credit", title__endswith="names no customer").count() == 186
    code, out, _ = ingest("--mapping", EXAMPLE / "mapping.toml", REAL)
    assert "accepted              0" in out
    again = reconcile(as_of=timezone.now(), now=timezone.now(), full=True)
    assert not any(c.opened or c.reopened or c.resolved for c in again.counts.values())
