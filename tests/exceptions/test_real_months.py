"""Every month of the real input closes, and its sales, credits and adjustments are the file's, to the penny."""

import csv
import gzip
import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from exceptions.close import period_of, prepare, review
from exceptions.months.packs import pack_of, plain
from exceptions.months.signed import verify
from exceptions.months.statement import currencies, statement_of
from exceptions.reconciling import reconcile
from reconciliation.topology import load
from tests.exceptions.people import bands, someone, teams
from tests.exceptions.test_packs import same_numbers
from tests.exceptions.test_statement import assert_rolls_on, assert_ties
from tests.reconciliation.test_ingest_command import EXAMPLE, REAL

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not REAL.exists(), reason="the real input is not beside this checkout"),
]
PRODUCT = re.compile(r"[0-9]{5}[A-Za-z]{0,2}")
AS_OF = datetime(2011, 1, 10, 12, tzinfo=UTC)


def of_the_file():
    """Month → sold, credited for goods, adjusted: by the day of each document's first row."""
    months, sums = {}, defaultdict(lambda: defaultdict(Decimal))
    with gzip.open(REAL, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number, price, quantity = row["InvoiceNo"], Decimal(row["UnitPrice"]), Decimal(row["Quantity"])
            if number.isdigit() and quantity > 0 and price > 0:
                sort, amount = "sold", quantity * price
            elif re.fullmatch("C[0-9]+", number) and quantity < 0:
                sort = "returned" if PRODUCT.fullmatch(row["StockCode"]) else "adjusted"
                amount = -quantity * price
            elif number[0] in "AC":
                sort, amount = "adjusted", -price
            else:
                continue
            month = months.setdefault((number, sort == "sold"), row["InvoiceDate"][:7])
            sums[month][sort] += amount
    return sums


def test_every_real_month_closes_on_the_file_s_own_sums():
    load((EXAMPLE / "topology.toml").read_text(encoding="utf-8"), dry_run=False)
    call_command("ingest", "--mapping", str(EXAMPLE / "mapping.toml"), str(REAL))
    reconcile(as_of=AS_OF, now=timezone.now())
    bands()
    teams()
    tom = someone("tom", "agent", team="finance")
    amira = someone("amira", "finance_controller", team="finance")
    expected = of_the_file()
    assert len(expected) == 13
    for month in sorted(expected):
        assert currencies(month) == ["GBP"]
        made = statement_of(month, "GBP", as_of=AS_OF)
        assert_ties(made)
        assert_rolls_on(made)
        said = {"sold": made.sales[1], "returned": Decimal(0), "adjusted": Decimal(0)}
        for line in made.lines("credits"):
            said["adjusted" if line.bucket == "other_reason" else "returned"] += line.amount
        assert said == {sort: expected[month][sort] for sort in said}, month
        prepare(period_of(month, "GBP"), by=tom, at=AS_OF)
        done = review(period_of(month, "GBP"), by=amira, at=AS_OF)
        assert (done.state, verify(done)) == ("closed", [])
    pack = pack_of(done, at=AS_OF)
    assert same_numbers(pack) > 1_000
    issued = next(table for table in pack.tables if table.name == "credits")
    assert plain(issued.totals[-1]) == sum(expected["2010-12"][sort] for sort in ("returned", "adjusted"))
