"""A signed month stays what was signed when payloads are removed, and when a person is erased."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exceptions.erasure import erase
from exceptions.models import Company
from exceptions.months.signed import signed_statement, totals, verify
from exceptions.months.statement import statement_of
from exceptions.reconciling import reconcile
from exceptions.retention import REMOVED, forget_payloads
from reconciliation.models import OrderContent, Version
from tests.checks.conftest import brand  # noqa: F401
from tests.exceptions.test_close import OCTOBER, closed, people, period  # noqa: F401

pytestmark = pytest.mark.django_db
ZOE = {"id": "C-7", "name": "Zoë Müller", "email": "zoe@example.com"}


@pytest.fixture
def signed(brand, people):  # noqa: F811
    """September 2025 of Zoë's, signed by two; what its statement said then."""
    brand.everywhere(status="closed", customer=ZOE)
    brand.shipped()
    brand.returned(customer=ZOE)
    brand.returned(system="shop", customer=ZOE)
    brand.credit(customer=ZOE)
    reconcile(as_of=OCTOBER, now=timezone.now())
    closed(people)
    return as_it_is_now()


def as_it_is_now():
    made = statement_of("2025-09", "GBP", as_of=OCTOBER)
    return totals(made), sorted(made.items, key=repr)


def assert_it_is_what_was_signed(before):
    kept = signed_statement(period())
    assert verify(period()) == []
    assert (totals(kept), sorted(kept.items, key=repr)) == before
    assert as_it_is_now() == before, "and made anew it says the same"
    assert len(before[1]) > 2


def test_a_signed_month_is_proven_without_the_payloads_it_was_made_from(signed):
    Company.objects.update_or_create(id=1, defaults={"payload_days": 365})
    assert forget_payloads(at=timezone.now() + timedelta(days=400)) > 5
    assert not Version.objects.exclude(raw__startswith=REMOVED).exists()
    assert_it_is_what_was_signed(signed)


def test_a_signed_month_is_proven_without_the_person_it_was_about(signed):
    erase([ZOE["name"], ZOE["email"]], reason="their letter", by=None, at=timezone.now(), trial=False)
    assert set(OrderContent.objects.exclude(customer_name=None).values_list("customer_name", flat=True)) == {"[erased]"}
    assert_it_is_what_was_signed(signed)
