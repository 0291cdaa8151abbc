"""Credits that name no order against the sales of a year, and of two: the real input, and a shifted copy of it."""

import csv
import gzip
import re
import time
from datetime import UTC, datetime, timedelta

from django.core.management import call_command
from django.db import connection, transaction

from reconciliation import stage as checked
from reconciliation.examining import Examination
from reconciliation.runner import run_checks
from reconciliation.topology import load
from tests.bench.report import Figure
from tests.reconciliation.test_ingest_command import EXAMPLE, REAL

DATABASE = "bench_real"
KINDS = ["unsupported_credit", "unsupported_credit_price", "unsupported_credit_quantity", "over_credited"]
YEAR = timedelta(days=371)  # of whole weeks, and longer than the file, so that no day is in both
AS_OF = datetime(2011, 1, 10, 12, tzinfo=UTC)
SECONDS, RATIO, TIMES = 10, 2.2, 3


def measure(stage):
    stage.fresh(DATABASE)
    load((EXAMPLE / "topology.toml").read_text(encoding="utf-8"), dry_run=False)
    one = matched(stage, REAL, AS_OF)
    two = matched(stage, second_year(stage), AS_OF + YEAR)
    stage.remove(DATABASE)
    yield Figure("credit matching", one, "s", "a real year", goal=SECONDS)
    yield Figure("credit matching: growth", two, "s", "two years and one", goal=RATIO, floor=one)


def matched(stage, file, as_of):
    """Seconds in which the credits are matched with all sales and the exceptions of it are known, the least of some."""
    stage.tell(f"taking in {file.name}")
    call_command("ingest", "--mapping", str(EXAMPLE / "mapping.toml"), str(file), verbosity=0)
    run_checks(as_of=as_of, now=as_of, full=True)
    return min(once(as_of) for _ in range(TIMES))


def once(as_of):
    with transaction.atomic(), connection.cursor() as cursor:
        checked.clear(cursor)
        checked.set_reference_facts(cursor, as_of)
        began = time.monotonic()
        checked.set_rest(cursor, as_of, full=True)
        Examination(as_of, KINDS, lambda words: None).find(cursor, ("line",))
        return time.monotonic() - began


def second_year(stage):
    """The file a year later, with other numbers and other customers."""
    path = stage.folder / "second-year.csv"
    stage.folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(REAL, "rt", encoding="utf-8", newline="") as file, path.open("w", newline="") as out:
        rows = csv.DictReader(file)
        copy = csv.DictWriter(out, rows.fieldnames)
        copy.writeheader()
        copy.writerows(map(shifted, rows))
    return path


def shifted(row):
    at = datetime.fromisoformat(row["InvoiceDate"]) + YEAR
    return row | {
        "InvoiceNo": re.sub("([0-9]+)", r"9\1", row["InvoiceNo"]),
        "InvoiceDate": f"{at:%Y-%m-%d %H:%M:%S}",
        "CustomerID": row["CustomerID"] and f"9{row['CustomerID']}",
    }
