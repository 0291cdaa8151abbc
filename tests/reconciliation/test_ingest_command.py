import gzip
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

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
