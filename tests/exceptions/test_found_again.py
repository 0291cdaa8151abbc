"""What people closed or left out and is found again: accepted, dismissed, suppressed, or in a closed month."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exceptions.models import (
    Acceptance,
    ExceptionCase,
    Suppression,
)
from exceptions.suppressions import lift, suppress
from tests.exceptions.findings import KIND, SUBJECT, found, gone, moved, moves_of, opened, run, the_case
from tests.exceptions.people import NOW, someone

pytestmark = pytest.mark.usefixtures("lawful")


def accepted(amount):
    known = moved(opened(), "accepted", closed_at=NOW, accepted_amount=amount and Decimal(amount))
    tom = someone("tom", "agent", team="finance").user
    return Acceptance.objects.create(
        case=known, reason="rounding", amount=amount, currency="GBP", by=tom, at=NOW, note="n"
    )


def test_an_accepted_case_stays_accepted_until_the_amount_outgrows_it():
    taken = accepted("20.00")
    found(amount="20.00")
    run(1)
    assert the_case().state == "accepted"
    found(amount="20.01")
    run(2)
    taken.refresh_from_db()
    assert (the_case().state, taken.ended_at) == ("new", NOW + timedelta(hours=2))
    assert moves_of(the_case()) == ["detect", "exceed", "re-detect"]


@pytest.mark.parametrize(
    ("taken", "now"), [(None, {"amount": "0.01"}), ("20.00", {"amount": "1.00", "currency": "EUR"})]
)
def test_what_was_accepted_without_an_amount_or_in_another_currency_covers_nothing(taken, now):
    known = moved(opened(amount=taken), "accepted", closed_at=NOW, accepted_amount=taken and Decimal(taken))
    found(**now)
    run(1)
    assert (the_case().state, moves_of(known)[1]) == ("new", "exceed")


def test_an_accepted_case_that_healed_comes_back_only_with_more_than_was_accepted():
    accepted("20.00")
    gone()
    run(1)
    assert (the_case().state, the_case().healed_at) == ("accepted", NOW + timedelta(hours=1))
    found(amount="20.00")
    run(2)
    assert the_case().state == "accepted"
    found(amount="20.01")
    run(3)
    assert (the_case().state, moves_of(the_case())[-2]) == ("new", "exceed")


def test_a_dismissed_case_stays_dismissed_while_it_is_found_and_returns_once_it_had_healed():
    moved(opened(), "dismissed", closed_at=NOW)
    found(amount="500.00")
    run(1)
    assert the_case().state == "dismissed"
    gone()
    run(2)
    assert (the_case().state, the_case().healed_at) == ("dismissed", NOW + timedelta(hours=2))
    found()
    run(3)
    assert the_case().state == "new"
    assert moves_of(the_case()) == ["detect", "re-detect", "regress", "re-detect"]


def test_a_suppression_keeps_out_what_it_names_and_nothing_else():
    sam = someone("sam", "admin").user
    suppress(KIND, until=NOW + timedelta(days=1), reason="known", by=sam, subject=SUBJECT)
    found()
    found("return:portal:R2")
    run()
    assert list(ExceptionCase.objects.values_list("subject", flat=True)) == ["return:portal:R2"]
    run(23)
    assert ExceptionCase.objects.count() == 1
    run(25)
    assert the_case().state == "new"


def test_an_open_case_leaves_the_queue_with_a_suppression_and_returns_when_it_is_lifted():
    opened()
    made = suppress(KIND, until=NOW + timedelta(days=9), reason="known", by=someone("sam").user, subject=SUBJECT)
    run(1)
    assert (the_case().state, the_case().resolved_by) == ("resolved", "suppressed")
    assert lift(made.pk, at=NOW + timedelta(hours=2))
    run(2)
    assert the_case().state == "new"
    assert Suppression.objects.get().lifted_at == NOW + timedelta(hours=2)


def test_a_dismissed_case_returns_when_its_suppression_ends():
    known = opened()
    until = NOW + timedelta(days=1)
    suppress(KIND, until=until, reason="known", by=someone("sam").user, subject=SUBJECT)
    moved(known, "dismissed", closed_at=NOW, until=until)
    run(1)
    assert the_case().state == "dismissed"
    run(25)
    assert the_case().state == "new"


def test_a_suppression_of_a_sku_keeps_out_that_sku():
    suppress(KIND, until=NOW + timedelta(days=1), reason="known", by=someone("sam").user, sku="TEE")
    found(sku="TEE")
    found("return:portal:R2", sku="CAP")
    run()
    assert list(ExceptionCase.objects.values_list("sku", flat=True)) == ["CAP"]


def test_what_stands_in_a_closed_month_is_left_alone_and_a_linked_case_opens():
    frozen = opened()
    ExceptionCase.objects.update(state="accepted", closed_at=NOW, accepted_amount=20, frozen_in="2026-09")
    found(amount="99.00")
    run(1)
    frozen.refresh_from_db()
    again = the_case()
    assert (frozen.state, frozen.amount) == ("accepted", Decimal("20.00"))
    assert (again.state, again.continues) == ("new", frozen)


@pytest.mark.parametrize(
    ("now", "opens"), [({"amount": "20.00"}, False), ({"amount": "1.00", "currency": "EUR"}, True)]
)
def test_what_a_closed_month_accepted_covers_as_much_in_its_currency_alone_also_once_it_healed(now, opens):
    opened()
    settled = {"state": "accepted", "closed_at": NOW, "accepted_amount": 20, "frozen_in": "2026-09", "healed_at": NOW}
    ExceptionCase.objects.update(**settled)
    found(**now)
    run(1)
    assert ExceptionCase.objects.filter(frozen_in=None).exists() is opens


def test_what_a_closed_month_dismissed_until_a_day_opens_a_linked_case_when_that_comes():
    known = opened()
    until = NOW + timedelta(days=1)
    suppress(KIND, until=until, reason="known", by=someone("sam").user, subject=SUBJECT)
    settled = {"state": "dismissed", "closed_at": NOW, "until": until, "frozen_in": "2026-09"}
    ExceptionCase.objects.update(**settled)
    run(1)
    assert not ExceptionCase.objects.filter(frozen_in=None).exists()
    run(25)
    assert (the_case().state, the_case().continues) == ("new", known)
