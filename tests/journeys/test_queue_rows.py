"""Rows of the queue that are changed where they stand."""

import pytest
from playwright.sync_api import expect

from tests.exceptions.people import case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_by_keys_a_lead_assigns_in_the_row_and_hears_it(company, desk):
    first, second = case("order:shop:1", team="cx"), case("order:shop:2", team="cx")
    page = desk(company.lea)
    page.goto("/queue?order=newest")
    for key in ("j", "j", "a"):
        page.keyboard.press(key)
    choice = page.locator(f"#owner-of-{first.pk}")
    expect(choice).to_be_attached()
    choice.evaluate("(one) => { (one.tomselect ?? one).focus(); }")
    choice.select_option(label="Tom", force=True)
    page.click("td.owner button:text-is('Set')")
    expect(page.locator("#told")).to_contain_text("Assigned to Tom.")
    expect(page.locator("tr.here td.owner")).to_contain_text("Tom")
    page.keyboard.press("k")
    page.keyboard.press("m")
    expect(page.locator("#told")).to_contain_text(f"{second}: Taken.")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, second.owner) == (company.tom.user, company.lea.user)
