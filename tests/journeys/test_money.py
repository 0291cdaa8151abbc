"""Finance at work: a variance that two people accept, and a month that two people close."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from exceptions.models import Acceptance, Period
from exceptions.reconciling import reconcile
from tests.checks.conftest import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def credited(brand, amount):
    """A return that came back whole, and what was credited for it."""
    brand.everywhere(status="closed")
    brand.shipped()
    brand.returned()
    brand.returned(system="shop")
    brand.credit(amount=amount)


def test_one_person_proposes_a_variance_and_another_approves_it_over_the_evidence(brand, company, desk):
    credited(brand, "17.00")
    brand.found("credit_value_mismatch", 300)
    known, fay, amira = brand.case("credit_value_mismatch"), desk(company.fay), desk(company.amira)
    fay.goto(f"/exceptions/{known.pk}")
    fay.click("button[data-key=m]")
    fay.click("text=Accept the variance")
    fay.select_option("#panel [name=reason]", "goodwill")
    fay.fill("#panel [name=note]", "an old customer")
    fay.click("#panel button.btn-primary")
    expect(fay.locator("#content")).to_contain_text("pending approval")
    amira.goto("/approvals")
    amira.click("article h2 a")
    expect(amira.locator("#content [role=note]")).to_contain_text("“Accept the variance” (goodwill)")
    row = amira.locator("tr:has-text('net goods') td")
    expect(row).to_contain_text(["20", "return:portal:R-1", "17", "credit:erp:CN-1"])
    amira.click("form[action$='/approve'] button")
    expect(amira.locator("#content")).to_contain_text("accepted")
    brand.found("credit_value_mismatch", 310)
    known.refresh_from_db()
    taken = Acceptance.objects.get()
    assert (known.state, taken.approved_by) == ("accepted", company.amira.user)


def test_two_people_close_a_month_and_what_comes_late_is_told_apart(brand, company, desk):
    credited(brand, "20.00")
    october = NOON + timedelta(days=32)
    reconcile(as_of=october, now=timezone.now())
    fay, amira = desk(company.fay), desk(company.amira)
    fay.goto("/close/2025-09/GBP")
    fay.click("text=Sign as preparer")
    expect(fay.locator("#four-eyes")).to_be_visible()
    amira.goto("/close/2025-09/GBP")
    amira.click("text=Sign as reviewer and close")
    expect(amira.locator("h1 + .badge")).to_have_text("closed")
    brand.credit("CN-9", said=400, amount="4.00", refs={"sales_order": "SO-1"}, reason="goodwill")
    reconcile(as_of=october + timedelta(days=1), now=timezone.now())
    fay.reload()
    expect(fay.locator("section[aria-labelledby=late]")).to_contain_text("CN-9")
    assert Period.objects.get().state == "closed"
