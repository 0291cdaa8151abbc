"""The month to close on the home of finance."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exceptions.homes.month_bar import month_bar
from exceptions.models import (
    Checklist,
    ChecklistRound,
    Period,
    RoundItem,
)
from reconciliation.models.facts import CreditAccount
from tests.exceptions.people import case, someone, teams

pytestmark = pytest.mark.django_db


def by(days=0, **more):
    return timezone.now() - timedelta(days=days, **more)


@pytest.fixture
def tom():
    return someone("tom", "agent", "lead", "approver", team="cx")


def shown(client, person, address):
    client.force_login(person.user)
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_home_of_finance_brings_in_the_month_to_close_and_its_records(client, tom):
    case("one", amount=Decimal(10), currency="GBP")
    assert 'hx-get="/home/finance/month?currency=GBP"' in shown(client, tom, "/home/finance")
    whole = shown(client, tom, "/home/finance/month?currency=GBP")
    part = client.get("/home/finance/month?currency=GBP", headers={"HX-Request": "true"}).content.decode()
    assert "<h1" in whole
    assert "<h1" not in part
    for page in (whole, part):
        assert "day" in page
        assert "Unexplained" in page
    for address in set(re.findall(r'href="(/close/[^"#]*)', part)):
        assert client.get(address).status_code == 200, address


def test_the_month_to_close_is_the_one_before_until_it_is_closed(client, tom):
    this = timezone.localtime(timezone.now()).replace(day=1)
    before = this - timedelta(days=1)
    assert month_bar("GBP", at=timezone.now()).figures.month == f"{this:%Y-%m}", "nothing happened before"
    document = {"system": "erp", "reference": "CN-1", "kind": "credit_note", "reason": "return", "currency": "GBP"}
    key = "00000000-0000-0000-0000-000000000007"
    CreditAccount.objects.create(group_key=key, credit_record=key, issued_at=before, amount=Decimal(12), **document)
    at = timezone.now() + timedelta(minutes=11)
    assert month_bar("GBP", at=at).figures.month == f"{before:%Y-%m}"
    signed = {"state": "closed", "content_hash": "as signed", "reviewed_by": tom.user, "as_of": at}
    Period.objects.create(month=f"{before:%Y-%m}", currency="GBP", **signed)
    assert month_bar("GBP", at=at + timedelta(minutes=11)).figures.month == f"{this:%Y-%m}"


def test_the_month_to_close_says_how_far_its_checklist_is(client, tom):
    team, month = teams()["finance"], f"{timezone.localtime(timezone.now()):%Y-%m}"
    closing = Checklist.objects.create(key="closing", name="Month-end", team=team, rhythm="monthly")
    turn = ChecklistRound.objects.create(checklist=closing, period=month, opens_at=by(1), due_at=by(-1))
    for position, answer in enumerate(("ok", None, None)):
        RoundItem.objects.create(round=turn, position=position, sort="manual", text="Look", answer=answer)
    page = shown(client, tom, "/home/finance/month?currency=GBP")
    assert f'<a href="/close/{month}/GBP#round-{turn.pk}">Month-end: 1 of 3</a> answered, not signed' in page
    assert f'id="round-{turn.pk}"' in shown(client, tom, f"/close/{month}/GBP")


@pytest.mark.parametrize("currency", ["", "gb", "<b>", "GBPX"])
def test_no_month_in_what_is_no_currency(client, tom, currency):
    client.force_login(tom.user)
    assert client.get("/home/finance/month", {"currency": currency}).status_code == 404
