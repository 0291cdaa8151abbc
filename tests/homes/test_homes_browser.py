"""The homes and Insight in a browser: nothing against our own policy, nothing wider than the window, parts arrive."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from exceptions.models import TrailEntry
from reconciliation.models import System
from tests.exceptions.people import case, someone
from tests.factories import PASSWORD

HOSTILE = "W" * 60 + "<b>& O'Brien"
PAGES = ("/", "/home/cx", "/home/ops", "/home/admin", "/insight", "/home/finance/month?currency=GBP")


@pytest.fixture
def cases(transactional_db):
    """Somebody who sees every home, and cases with long and hostile names."""
    someone("sam", "admin", "agent", team="finance")
    System.objects.create(key="shop", kind="shopify")
    now = timezone.now()
    for number in range(12):
        known = case(
            f"order:shop:{number}",
            title=f"About {HOSTILE}",
            kind=("missing_credit", "stock_drift", "order_stuck")[number % 3],
            customer=HOSTILE,
            sku=HOSTILE,
            flow=HOSTILE,
            amount=Decimal("1234567.89"),
            currency="GBP",
            first_seen=now - timedelta(days=number),
            evidence=[{"expected": "90000", "actual": "2"}],
        )
        TrailEntry.objects.create(case=known, at=known.first_seen, move="detect", to_state="new", source="run 1")


@pytest.fixture
def page(browser, live_server, cases):
    page = browser.new_page()
    page.goto(live_server.url)
    page.fill("[name=login]", "sam")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    page.close()


@pytest.mark.browser
def test_no_page_is_wider_than_its_window_or_against_our_policy(page, live_server):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    for address in PAGES:
        page.goto(f"{live_server.url}{address}")
        page.wait_for_load_state("networkidle")
        for width in (360, 1440, 2560):
            page.set_viewport_size({"width": width, "height": 900})
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider == 0, (address, width)
        assert page.locator("h1").count() == 1, address
    assert complaints == []


@pytest.mark.browser
def test_the_month_to_close_arrives_and_a_number_leads_to_its_rows(page):
    expect(page.locator("text=Unexplained")).to_be_visible()
    page.click("text=Missing: due and not issued")
    expect(page.locator("table.queue tbody tr")).to_have_count(4)


@pytest.mark.browser
def test_every_drawing_has_its_table_by_the_keyboard(page, live_server):
    page.goto(f"{live_server.url}/insight")
    charts = page.locator("figure.chart:has(svg)")
    assert charts.count() >= 8
    assert page.locator("figure.chart:has(svg) details table").count() == charts.count()
    summary = charts.first.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(charts.first.locator("table")).to_be_visible()
