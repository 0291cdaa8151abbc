"""The month's statement ties for any feed, every record is in one place, and each figure opens into its records."""

import gzip
import io
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from exceptions.models import ExceptionCase
from exceptions.reconciling import reconcile
from exceptions.rights import person_of
from exceptions.statement import currencies, statement_of, total
from exceptions.workflow import Origin, move
from reconciliation.intake import take_in
from reconciliation.models import LedgerEntry
from reconciliation.topology import load
from tests.checks.conftest import NOON, Brand, brand  # noqa: F401
from tests.checks.test_sample_exam import EXAM
from tests.exceptions.people import bands, someone, teams

pytestmark = pytest.mark.django_db(transaction=True)


def statement(hours=24 * 40, month="2025-09", currency="GBP"):
    as_of = NOON + timedelta(hours=hours)
    reconcile(as_of=as_of, now=timezone.now())
    made = statement_of(month, currency, as_of=as_of)
    assert_ties(made)
    return made


def assert_ties(made):
    assert made.difference == 0, "the parts of the returns do not tie"
    assert made.unexplained == 0, list(made.of("returns", "unexplained"))
    for part in ("returns", "credits", "liability"):
        assert sum(line.amount for line in made.lines(part)) == total(made.of(part))
    for _, received, in_exceptions, not_applicable, matched in made.conservation:
        assert received == in_exceptions + not_applicable + matched


def parts(made):
    return {(line.bucket, line.name): f"{line.amount:.2f}" for line in made.lines("returns")}


def sold(brand):  # noqa: F811
    brand.everywhere(status="closed")
    brand.shipped()


def test_a_return_credited_in_full_leaves_nothing(brand):  # noqa: F811
    sold(brand)
    brand.returned()
    brand.credit()
    made = statement()
    assert parts(made) == {("accepted_value", None): "20.00", ("credited", None): "-20.00"}
    assert [line.bucket for line in made.lines("credits")] == ["this_period"]
    assert made.liability == 0


def test_what_is_not_late_yet_is_timing_and_a_liability(brand):  # noqa: F811
    sold(brand)
    brand.returned()
    made = statement(hours=150)
    assert parts(made) == {("accepted_value", None): "20.00", ("timing", None): "-20.00"}
    assert made.liability == Decimal("20.00")


def test_what_is_late_is_an_open_exception_by_its_kind(brand):  # noqa: F811
    sold(brand)
    brand.returned()
    made = statement()
    assert parts(made) == {("accepted_value", None): "20.00", ("open", "missing_credit"): "-20.00"}
    (item,) = made.of("returns", "open")
    assert ExceptionCase.objects.get(id=item.case_id).kind == "missing_credit"


def test_a_credit_after_the_month_is_named_and_the_next_month_counts_it_as_earlier(brand):  # noqa: F811
    sold(brand)
    brand.returned(said=600)
    brand.credit(said=730)
    september, october = statement(), statement(month="2025-10")
    assert parts(september)["credited_after", None] == "-20.00"
    assert september.liability == Decimal("20.00")
    assert [line.bucket for line in october.lines("credits")] == ["earlier"]


def test_fees_differences_within_tolerance_and_exchanges_have_names(brand):  # noqa: F811
    sold(brand)
    brand.returned(1, fees="2.00")
    brand.credit("CN-1", amount="18.03")
    brand.returned(2, quantity=1, refs={"sales_order": "SO-1", "rma": "RMA-2"}, resolution="exchange")
    assert parts(statement()) == {
        ("accepted_value", None): "25.00",
        ("fees", None): "-2.00",
        ("credited", None): "-18.03",
        ("within_tolerance", None): "0.03",
        ("nothing_due", None): "-5.00",
    }


def test_an_accepted_variance_stands_under_its_reason(brand):  # noqa: F811
    sold(brand)
    brand.returned()
    brand.credit(amount="15.00")
    statement()
    teams()
    bands()
    tom = someone("tom", "agent", team="finance")
    case = ExceptionCase.objects.get(kind="credit_value_mismatch")
    for name, said in (("claim", {}), ("accept", {"reason": "freight", "note": "agreed"})):
        case.refresh_from_db()
        move(case.pk, name, by=person_of(tom.user), at=timezone.now(), seen=case.version, origin=Origin("page"), **said)
    assert parts(statement())["accepted", "freight"] == "-5.00"


def test_credits_without_a_return_and_for_other_reasons_are_told_apart(brand):  # noqa: F811
    sold(brand)
    brand.credit("CN-5", amount="7.00", refs={"sales_order": "SO-1"})
    brand.credit("CN-6", amount="3.00", refs={"sales_order": "SO-1"}, reason="goodwill")
    made = statement()
    assert {line.bucket: f"{line.amount:.2f}" for line in made.lines("credits")} == {
        "without_return": "7.00",
        "other_reason": "3.00",
    }


@pytest.mark.parametrize("seed", range(4))
def test_whatever_part_of_a_brand_s_lines_came_the_statement_ties(transactional_db, seed):
    dice = random.Random(seed)
    moment = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    made = sample_brand(moment, seed=seed, orders=120, times=1)
    load(made.topology, dry_run=False)
    kept = [line.encode() for line in made.lines if dice.random() < (1, 0.9, 0.6, 0.3)[seed]]
    take_in(read_lines(io.BytesIO(b"\n".join(kept))), source="brand", clock=timezone.now)
    reconcile(as_of=moment, now=timezone.now(), full=True)
    found = 0
    for month in ("2026-08", "2026-09", "2026-10", "2026-11"):
        for currency in currencies(month):
            one = statement_of(month, currency, as_of=moment)
            assert_ties(one)
            found += len(one.items)
    assert found > 10


@pytest.mark.skipif(not EXAM.exists(), reason="the sample exam is not beside this checkout")
def test_the_months_of_the_sample_exam_tie(transactional_db):
    load((EXAM / "topology.toml").read_text(encoding="utf-8"), dry_run=False)
    with gzip.open(EXAM / "feed.ndjson.gz") as feed:
        take_in(read_lines(feed), source="feed", clock=timezone.now)
    as_of = datetime.fromisoformat((EXAM / "as_of.txt").read_text().strip())
    reconcile(as_of=as_of, now=timezone.now(), full=True)
    first, last = (LedgerEntry.objects.order_by(way).first().at for way in ("at", "-at"))
    months = {f"{day:%Y-%m}" for day in (first + timedelta(days=n) for n in range(0, (last - first).days + 28, 28))}
    lines = 0
    for month in months:
        for currency in currencies(month):
            made = statement_of(month, currency, as_of=as_of)
            assert_ties(made)
            lines += len(made.lines("returns"))
    assert lines > 10
