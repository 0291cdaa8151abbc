"""The real input: the counts of the matching rules; every month closes, on the file's own sums to the penny."""

import csv
import gzip
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from exceptions.close import period_of, prepare, review
from exceptions.models import ExceptionCase
from exceptions.months.packs import pack_of, plain
from exceptions.months.signed import verify
from exceptions.months.statement import currencies, statement_of
from exceptions.reconciling import reconcile
from reconciliation.models import CreditMatch
from reconciliation.topology import load
from tests.exceptions.people import bands, someone, teams
from tests.exceptions.test_packs import same_numbers
from tests.exceptions.test_statement import assert_rolls_on, assert_ties
from tests.reconciliation.test_ingest_command import EXAMPLE, REAL, ingest

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


@pytest.fixture
def counted():
    """The year after one run."""
    load((EXAMPLE / "topology.toml").read_text(encoding="utf-8"), dry_run=False)
    code, out, _ = ingest("--mapping", EXAMPLE / "mapping.toml", REAL)
    assert code == 0
    assert "rows orders                 511,565" in out
    assert "rows movements                3,656" in out
    reconcile(as_of=AS_OF, now=timezone.now())


def assert_counts():
    kinds = Counter(ExceptionCase.objects.filter(state="new").values_list("kind", flat=True))
    assert kinds == {
        "unsupported_credit": 1571,
        "unsupported_credit_price": 376,
        "unsupported_credit_quantity": 110,
        "over_credited": 68,
    }
    assert ExceptionCase.objects.filter(kind="unsupported_credit", title__endswith="names no customer").count() == 186
    tiers = Counter(CreditMatch.objects.exclude(tier="no customer").values_list("tier", flat=True))
    assert tiers == {"exact": 3092, "partial": 4421, "price": 378, "quantity": 112, "none": 1391}


def test_the_real_year_gives_the_counts_of_the_matching_rules_and_every_month_closes_on_the_file_s_own_sums(counted):
    assert_counts()
    assert_every_month_closes()


@pytest.mark.slow
def test_the_real_year_read_again_and_a_run_over_everything_change_nothing(counted):
    _, out, _ = ingest("--mapping", EXAMPLE / "mapping.toml", REAL)
    assert "accepted              0" in out
    again = reconcile(as_of=AS_OF, now=timezone.now(), full=True)
    assert not any(c.opened or c.reopened or c.resolved for c in again.counts.values())
    assert_counts()


def assert_every_month_closes():
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
