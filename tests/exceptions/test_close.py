"""Closing a month: two people, blockers, a frozen copy that the database keeps, late items, verification."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from connectors.models import Connection, Cursor, Delivery
from exceptions.close import (
    CloseRefused,
    closed_periods,
    configuration,
    late_items,
    period_of,
    prepare,
    prior_period_items,
    reopen,
    review,
    send_back,
)
from exceptions.models import (
    AcceptanceLimit,
    ExceptionCase,
    OwnershipRule,
    Period,
    PeriodItem,
    PeriodSignature,
    Suppression,
    TrailEntry,
)
from exceptions.months.blockers import blockers, critical_cases
from exceptions.months.signed import verify
from exceptions.months.statement import statement_of
from exceptions.reconciling import reconcile
from exceptions.suppressions import suppress
from exceptions.workflow import Origin, move
from reconciliation.models import Finding, LedgerEntry
from tests.checks.conftest import NOON, brand  # noqa: F401
from tests.exceptions.people import bands, someone, teams

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = NOON + timedelta(days=32)


@pytest.fixture
def people():
    bands()
    teams()
    return {
        "tom": someone("tom", "agent", team="finance"),
        "amira": someone("amira", "finance_controller", "approver", "agent", team="finance"),
        "cx": someone("cx", "agent", team="cx"),
        "sam": someone("sam", "admin"),
    }


@pytest.fixture
def month(brand):  # noqa: F811
    """September 2025: a return credited in full, checked on the third of October."""
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned()
    brand.returned(system="shop")
    brand.credit()
    reconcile(as_of=OCTOBER, now=timezone.now())
    return brand


def period():
    return period_of("2025-09", "GBP")


def closed(people, at=OCTOBER):
    prepare(period(), by=people["tom"], at=at)
    return review(period(), by=people["amira"], at=at)


def test_two_people_close_a_month(month, people):
    done = closed(people)
    assert (done.state, done.prepared_by.username, done.reviewed_by.username) == ("closed", "tom", "amira")
    assert [s.act for s in done.signatures.all()] == ["prepared", "reviewed"]
    assert verify(done) == []
    assert TrailEntry.objects.filter(about="period 2025-09 GBP").count() == 2


def test_nobody_reviews_what_they_prepared_and_only_finance_signs(month, people):
    prepare(period(), by=people["amira"], at=OCTOBER)
    with pytest.raises(CloseRefused, match="somebody else"):
        review(period(), by=people["amira"], at=OCTOBER)
    for who in ("cx", "sam"):
        with pytest.raises(CloseRefused, match="Only"):
            prepare(period(), by=people[who], at=OCTOBER)
        with pytest.raises(CloseRefused, match="Only"):
            review(period(), by=people[who], at=OCTOBER)


def test_a_month_is_not_signed_before_it_is_over(month, people):
    with pytest.raises(CloseRefused, match="not over"):
        prepare(period(), by=people["tom"], at=NOON + timedelta(days=10))


def test_what_is_open_and_critical_waiting_or_silent_blocks_with_a_link(month, people):
    month.returned(2, said=200, refs={"sales_order": "SO-1", "rma": "RMA-2"}, quantity=1)
    month.credit("CN-2", said=205, amount="5.00", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    month.credit("CN-3", said=206, amount="5.00", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    reconcile(as_of=OCTOBER, now=timezone.now())
    assert ExceptionCase.objects.get(kind="duplicate_credit").severity == "critical"
    found = blockers(statement_of("2025-09", "GBP", as_of=OCTOBER), at=OCTOBER)
    assert [(b.sentence, b.address) for b in found] == [
        ("1 critical exception of the month is open.", "/queue?severity=critical")
    ]
    with pytest.raises(CloseRefused, match="critical"):
        prepare(period(), by=people["tom"], at=OCTOBER)


def test_a_critical_exception_over_a_credit_or_an_order_of_the_month_blocks_it_and_of_another_does_not(month, people):
    month.order(9, said=300, placed=300, system="shop")
    reconcile(as_of=OCTOBER, now=timezone.now())
    found = ExceptionCase.objects.create(
        kind="released_before_payment", subject="order:shop:SO-9", severity="critical", team="ops", title="x",
        first_seen=OCTOBER, last_seen=OCTOBER, currency="GBP",
    )  # fmt: skip
    record = LedgerEntry.objects.get(type="order", id="shop-9", until=None).record
    base = {"space": "group", "shard": "", "state": "raised", "ripe_at": OCTOBER, "title": "x", "last_run": 1}
    Finding.objects.create(kind=found.kind, subject=found.subject, record=record, **base)
    september, october = (statement_of(name, "GBP", as_of=OCTOBER) for name in ("2025-09", "2025-10"))
    assert critical_cases(september) == {found.pk}
    assert critical_cases(october) == set()
    ExceptionCase.objects.filter(pk=found.pk).update(currency="EUR")
    assert critical_cases(september) == set(), "what is at risk is in another currency"


def test_a_feed_that_is_not_read_to_the_month_s_end_blocks_it(month, people):
    of_shop = Connection.objects.create(system="shop", kind="shopify")
    cursor = Cursor.objects.create(connection=of_shop, feed="orders", watermark=NOON + timedelta(days=10))
    made = statement_of("2025-09", "GBP", as_of=OCTOBER)
    assert [blocker.sentence for blocker in blockers(made, at=OCTOBER)] == [
        "shop is not read to the end of the month: orders up to 11 Sep 2025 12:00 UTC."
    ]
    with pytest.raises(CloseRefused, match="not read to the end"):
        prepare(period(), by=people["tom"], at=OCTOBER)
    early = NOON + timedelta(days=12)
    assert [blocker.sentence for blocker in blockers(made, at=early)] == ["The month is not over."], "not a line a feed"
    Cursor.objects.filter(pk=cursor.pk).update(watermark=OCTOBER)
    lost = Delivery.objects.create(
        connection=of_shop, identity="1", headers={}, body=b"", received_at=NOON, attempts=3, error="x"
    )
    assert [blocker.sentence for blocker in blockers(made, at=OCTOBER)] == ["1 delivery of shop waits."]
    Delivery.objects.filter(pk=lost.pk).update(handled_at=OCTOBER)
    assert blockers(made, at=OCTOBER) == []


def test_the_hash_covers_who_may_decide_and_what_is_left_out(month, people):
    before = configuration()
    suppress("missing_credit", until=OCTOBER, reason="x", by=people["sam"].user, customer="C-1")
    suppressed = configuration()
    Suppression.objects.update(ends_at=OCTOBER + timedelta(days=1))
    longer = configuration()
    AcceptanceLimit.objects.update(per_customer=5)
    limited = configuration()
    OwnershipRule.objects.create(name="x", position=1, team=teams()["cx"])
    assert len({before, suppressed, longer, limited, configuration()}) == 5


def test_a_closed_month_cannot_be_changed_even_in_the_database(month, people):
    done = closed(people)
    for change in (
        lambda: PeriodItem.objects.filter(period=done).update(amount=1),
        lambda: PeriodItem.objects.filter(period=done).delete(),
        lambda: Period.objects.filter(id=done.pk).update(totals={}),
        lambda: Period.objects.filter(id=done.pk).delete(),
        lambda: PeriodSignature.objects.filter(period=done).update(act="nothing"),
        lambda: PeriodSignature.objects.filter(period=done).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(CloseRefused, match="is closed"):
        prepare(period(), by=people["tom"], at=OCTOBER)


def test_what_arrives_late_changes_nothing_signed_and_is_told_in_the_open_month(month, people):
    done = closed(people)
    before = done.content_hash
    month.credit("CN-9", said=400, amount="4.00", refs={"sales_order": "SO-1"}, reason="goodwill")
    later = OCTOBER + timedelta(days=1)
    reconcile(as_of=later, now=timezone.now())
    (late,) = late_items(period(), at=later)
    assert (late.bucket, late.reference, late.signed, late.difference) == ("other_reason", "CN-9", 0, Decimal("4.00"))
    ((of, items),) = prior_period_items(closed_periods("GBP"), at=later)
    assert (str(of), items) == ("2025-09 GBP", [late])
    assert period().content_hash == before
    assert verify(period()) == []


def test_a_credit_of_the_next_month_is_no_change_of_the_past(month, people):
    month.returned(2, said=690, refs={"sales_order": "SO-1", "rma": "RMA-2"}, quantity=1)
    month.returned(2, said=690, refs={"sales_order": "SO-1", "rma": "RMA-2"}, quantity=1, system="shop")
    reconcile(as_of=OCTOBER, now=timezone.now())
    closed(people)
    month.credit("CN-2", said=770, amount="5.00", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    later = OCTOBER + timedelta(days=3)
    reconcile(as_of=later, now=timezone.now())
    assert late_items(period(), at=later) == []


def test_reopening_needs_a_controller_and_a_reason_and_is_signed(month, people):
    closed(people)
    with pytest.raises(CloseRefused, match="finance controller"):
        reopen(period(), by=people["tom"], at=OCTOBER, reason="x")
    with pytest.raises(CloseRefused, match="Say why"):
        reopen(period(), by=people["amira"], at=OCTOBER, reason=" ")
    assert reopen(period(), by=people["amira"], at=OCTOBER, reason="a return was missing").state == "open"
    assert [s.act for s in period().signatures.all()] == ["prepared", "reviewed", "reopened"]
    assert closed(people).state == "closed"


def test_a_reviewer_sends_it_back_with_a_reason(month, people):
    prepare(period(), by=people["tom"], at=OCTOBER)
    assert send_back(period(), by=people["amira"], at=OCTOBER, reason="look at RMA-1").state == "open"
    assert period().signatures.last().reason == "look at RMA-1"


def test_verifying_names_what_was_changed_behind_our_back(month, people):
    done = closed(people)
    with transaction.atomic():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("alter table period_item disable trigger keep_period_items")
            cursor.execute("update period_item set amount = amount + 1 where bucket = 'credited' and part = 'returns'")
            cursor.execute("alter table period_item enable trigger keep_period_items")
    assert [problem.split(": ")[1] for problem in verify(done)] == [
        "the content is not what was signed.",
        "the line Credited in the period is not the sum of its records.",
    ]
    with pytest.raises(CommandError, match="not as"):
        call_command("period", "verify")


def test_an_accepted_variance_is_frozen_with_the_month_and_stays_settled(month, people):
    month.returned(2, said=200, refs={"sales_order": "SO-1", "rma": "RMA-2"}, quantity=1)
    month.returned(2, said=200, refs={"sales_order": "SO-1", "rma": "RMA-2"}, quantity=1, system="shop")
    month.credit("CN-2", said=205, amount="4.00", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    reconcile(as_of=OCTOBER, now=timezone.now())
    case = ExceptionCase.objects.get(kind="credit_value_mismatch")
    for name, said in (("claim", {}), ("accept", {"reason": "freight", "note": "agreed"})):
        case.refresh_from_db()
        move(case.pk, name, by=people["tom"], at=timezone.now(), seen=case.version, origin=Origin("page"), **said)
    closed(people)
    case.refresh_from_db()
    assert case.frozen_in == "2025-09"
    later = OCTOBER + timedelta(days=1)
    reconcile(as_of=later, now=timezone.now(), full=True)
    assert ExceptionCase.objects.filter(kind="credit_value_mismatch").count() == 1
    month.credit("CN-2", said=210, amount="1.00", refs={"sales_order": "SO-1", "rma": "RMA-2"})
    reconcile(as_of=later, now=timezone.now())
    grown = ExceptionCase.objects.get(kind="credit_value_mismatch", frozen_in=None)
    assert (grown.state, grown.continues) == ("new", case)


def test_the_commands_print_a_statement_and_verify(month, people, capsys):
    closed(people)
    call_command("period", "statement", "2025-09", "GBP", as_of=OCTOBER.isoformat())
    assert "Credited in the period" in capsys.readouterr().out
    call_command("period", "verify")
    assert "2025-09 GBP: as it was signed" in capsys.readouterr().out
