"""The month's statement ties for any feed, every record is in one place, and each figure opens into its records."""

import gzip
import io
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from connectors.lines import read_lines
from connectors.sample_brand import sample_brand
from exceptions.models import ExceptionCase
from exceptions.months.beside import PLACES, figure
from exceptions.months.breakdown import SPLITS, WAYS, breakdown, narrowed
from exceptions.months.journal import accrual
from exceptions.months.parts import PARTS, total
from exceptions.months.shares import shared
from exceptions.months.statement import currencies, statement_of
from exceptions.reconciling import reconcile
from exceptions.rights import person_of
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
    for part in PARTS:
        assert sum(line.amount for line in made.lines(part)) == total(made.of(part))
    for item in made.items:
        assert sum(item.shares.values()) == item.amount, item
    for sku, rest in by_key(made, "sku").items():
        assert rest == 0, f"the parts of {sku} do not tie"
    for customer, rest in by_key(made, "customer").items():
        assert rest == 0, f"the parts of {customer} do not tie"
    for way in WAYS:
        table = breakdown(made, way)
        assert table.totals == [total(made.of(column.part, column.bucket)) for column in table.columns]
    assert total(made.of("roll_forward")) == made.liability
    assert sum((method.amount for method in made.methods), Decimal(0)) == made.credited
    for _, received, in_exceptions, not_applicable, matched in made.conservation:
        assert received == in_exceptions + not_applicable + matched


def assert_opens(made):
    """What opens from each figure, at every level, adds up to it."""
    for part in PARTS:
        for line in made.lines(part):
            of_line = [item for item in made.of(part, line.bucket) if line.name in (None, item.name)]
            assert (total(of_line), len({item.record for item in of_line})) == (line.amount, line.count)
    for way in WAYS:
        for row in breakdown(made, way).rows:
            for column, amount in row.cells:
                opened = narrowed(made.of(column.part, column.bucket), way, row.key)
                assert sum((share for _, share in opened), Decimal(0)) == amount, (way, row.key, column)
    asked = {"of": "", "place": "", "as_of": made.as_of, "shown": 10_000}  # in one part, however many
    sold, tax = (figure(made.month, made.currency, what, **asked) for what in ("sold", "tax"))
    assert (sold.count, sold.total, tax.total) == (*made.sales, made.tax_credited)
    assert sum((one.amount for one in tax.records), Decimal(0)) == made.tax_credited
    for method in made.methods:
        opened = figure(made.month, made.currency, "method", **asked | {"of": method.label})
        assert (opened.count, opened.total) == (method.documents, method.amount)
    for type, received, *counts in made.conservation:
        found = [
            figure(made.month, made.currency, "records", **asked | {"of": type, "place": place}).count
            for place in ("", *PLACES)
        ]
        assert found == [received, *counts]


def assert_liability(made):
    """Each return stands in the step of its own age, and what is accrued is all of it and taken back."""
    steps = {"0–30 days": (0, 30), "31–60 days": (31, 60), "61–90 days": (61, 90), "over 90 days": (91, 10_000)}
    for item in made.of("liability"):
        first, last = steps[item.bucket]
        assert first <= (min(made.until, made.as_of) - item.at).days <= last, item
    booked = accrual(made)
    assert sum(entry.debit for entry in booked) == sum(entry.credit for entry in booked) == 2 * abs(made.liability)
    of_account = {}
    for entry in booked:
        of_account[entry.account] = of_account.get(entry.account, 0) + entry.debit - entry.credit
    assert set(of_account.values()) <= {0}, "the reversal takes all of it back"


def assert_rolls_on(made):
    """What a month ended with is what the next began with, to the SKU and the customer."""
    following = statement_of(f"{made.until:%Y-%m}", made.currency, as_of=max(made.as_of, made.until))
    for way in WAYS:
        ended, began = {}, {}
        for sums, items in ((ended, made.of("liability")), (began, following.of("roll_forward", "opening"))):
            for item in items:
                for key, amount in SPLITS[way](item):
                    sums[key] = sums.get(key, 0) + amount
        if made.as_of >= made.until:
            assert ended == began


def by_key(made, way):
    sums = {}
    for item in made.of("returns"):
        for key, amount in SPLITS[way](item):
            sums[key] = sums.get(key, 0) + amount
    return sums


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


def test_amounts_by_sku_keep_rounding_and_fees_and_say_what_names_no_sku(brand):  # noqa: F811
    lines = [{"sku": sku, "quantity": 3, "unit_price": "0.333", "id": sku} for sku in ("TEE", "CAP", "MUG")]
    brand.everywhere(status="closed", lines=lines, total="3.00")
    brand.shipped()
    back = [{"sku": sku, "quantity": 1} for sku in ("TEE", "CAP", "MUG")]
    brand.returned(lines=back, fees="0.10", refund_amount="0.90")
    brand.credit(amount="0.90")
    brand.credit("CN-7", amount="3.00", refs={"sales_order": "SO-1"}, reason="goodwill")
    made = statement()
    accepted, fees = made.of("returns", "accepted_value")[0], made.of("returns", "fees")[0]
    assert sum(accepted.shares.values()) == accepted.amount == Decimal("1.00")
    assert sorted(accepted.shares.values()) == [Decimal("0.33"), Decimal("0.33"), Decimal("0.34")]
    assert sum(fees.shares.values()) == Decimal("-0.10")
    (goodwill,) = made.of("credits", "other_reason")
    assert goodwill.shares == {"": Decimal("3.00")}
    assert [row.label for row in breakdown(made, "sku").rows][-1] == "no SKU named"


def test_a_credit_s_lines_of_another_reason_stand_apart_with_their_own_skus(brand):  # noqa: F811
    sold(brand)
    lines = [{"sku": "TEE", "quantity": 1, "unit_price": "5.00"}]
    lines += [{"sku": "POST", "quantity": 1, "unit_price": "2.50", "reason": "price_adjustment"}]
    brand.credit("CN-5", amount="9.00", tax="1.50", refs={"sales_order": "SO-1"}, lines=lines)
    made = statement()
    assert {item.bucket: item.shares for item in made.of("credits")} == {
        "without_return": {"TEE": Decimal("5.00")},
        "other_reason": {"POST": Decimal("2.50")},
    }
    assert made.tax_credited == Decimal("1.50")


@given(
    st.decimals("-1e9", "1e9", places=2),
    st.dictionaries(st.text(min_size=1, max_size=3), st.decimals("0.001", "1e6", places=3), max_size=8),
)
def test_shares_add_up_to_the_amount_to_the_last_penny(amount, weights):
    found = shared(amount, weights, 2)
    assert sum(found.values()) == amount
    whole = sum(weights.values())
    for sku, weight in weights.items():
        assert abs(found[sku] - amount * weight / whole) <= Decimal("0.011")


def test_how_the_liability_came_about_is_named_line_by_line(brand):  # noqa: F811
    sold(brand)
    brand.returned(1, said=600, quantity=4)
    brand.returned(2, said=610, quantity=1, refs={"sales_order": "SO-1", "rma": "RMA-2"})
    brand.credit("CN-1", said=730, amount="21.00")
    brand.credit("CN-2", said=620, amount="4.98", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    september, october = statement(), statement(month="2025-10")
    rolled = [{line.bucket: f"{line.amount:.2f}" for line in m.lines("roll_forward")} for m in (september, october)]
    assert rolled == [
        {"accepted": "25.00", "credited": "-4.98", "within_tolerance": "-0.02"},
        {"opening": "20.00", "credited": "-21.00", "beyond": "1.00"},
    ]
    assert_rolls_on(september)


@pytest.mark.parametrize(
    "seed", [0, 2, pytest.param(1, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)]
)
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
            assert_opens(one)
            assert_liability(one)
            assert_rolls_on(one)
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
