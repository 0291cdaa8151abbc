"""Payloads go after the company's days; what they said, and what was signed, stays."""

import io
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from connectors.lines import read_lines
from exceptions.models import Company
from exceptions.retention import REMOVED, forget_payloads
from reconciliation.intake import take_in
from reconciliation.models import Finding, LedgerEntry, Member, OrderContent, Version
from tests.reconciliation.conftest import order, systems  # noqa: F401

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(days=400)


def take(*lines):
    body = io.BytesIO("\n".join(map(json.dumps, lines)).encode())
    return take_in(read_lines(body), source="test", clock=timezone.now)


def kept():
    return Version.objects.exclude(raw__startswith=REMOVED).count()


@pytest.fixture
def two_orders(systems):  # noqa: F811
    take(order(id="O-1"), order(id="O-2"))
    Company.objects.update_or_create(id=1, defaults={"payload_days": 365})
    return list(LedgerEntry.objects.order_by("id").values_list("record", flat=True))


def test_all_payloads_are_kept_where_nothing_else_was_said(systems):  # noqa: F811
    take(order())
    assert forget_payloads(at=LATER) == 0
    assert kept() == 1


def test_payloads_go_after_their_days_and_not_before(two_orders):
    assert forget_payloads(at=NOW + timedelta(days=364)) == 0
    assert forget_payloads(at=LATER) == 2
    assert forget_payloads(at=LATER) == 0, "what is gone is not removed again"
    assert json.loads(Version.objects.first().raw) == {"removed_at": LATER.isoformat()}


def test_what_they_said_stays(two_orders):
    facts = list(OrderContent.objects.order_by("content").values())
    forget_payloads(at=LATER)
    assert list(OrderContent.objects.order_by("content").values()) == facts


def test_the_same_line_again_is_still_no_news(two_orders):
    forget_payloads(at=LATER)
    assert take(order(id="O-1")).unchanged == 1
    assert kept() == 0


@pytest.mark.parametrize("by", ["record", "group", "other"])
def test_what_something_open_is_about_is_kept(two_orders, by):
    mine, _ = two_orders
    Member.objects.create(record=mine, type="order", group_key=mine)
    about = {"group_key" if by == "group" else by: mine}
    said = {"kind": "missing_po", "subject": "order:front:O-1", "space": "group", "shard": "1", "state": "raised"}
    Finding.objects.create(**said, **about, title="No PO", ripe_at=NOW, last_run=1)
    assert forget_payloads(at=LATER) == 1
    assert list(Version.objects.exclude(raw__startswith=REMOVED).values_list("record", flat=True)) == [mine]


def test_the_database_refuses_too_short_a_time():
    with pytest.raises(IntegrityError), transaction.atomic():
        Company.objects.update_or_create(id=1, defaults={"payload_days": 7})
