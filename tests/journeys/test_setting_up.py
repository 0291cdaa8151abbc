"""From nothing to the first exceptions in one sitting, by keyboard, with a simulated shop and warehouse."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.models import Connection
from connectors.shopify.simulator import Shopify
from connectors.simulating import served
from connectors.warehouse.shipbob.simulator import ShipBob
from exceptions.models import ExceptionCase
from exceptions.pulling import due_pulls
from exceptions.tasks import pull_one, reconcile_changes, run_first
from tests.axe import breaches
from tests.connectors.shopify.shop import line, order
from tests.connectors.warehouse.shipbob.merchant import order as sent_on
from tests.exceptions.people import someone, teams

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ORDERS = 8


@pytest.fixture
def vendors():
    """A shop with orders of which the warehouse has but one; both on the loopback."""
    shop, warehouse = Shopify(timezone.now), ShipBob(timezone.now)
    placed = (timezone.now() - timedelta(days=3)).isoformat().replace("+00:00", "Z")
    dates = dict.fromkeys(("createdAt", "updatedAt", "processedAt"), placed)
    shop.orders = [
        order(5500 + n, [line(n, sku="MUG-12")], displayFinancialStatus="PAID", **dates) for n in range(1, ORDERS + 1)
    ]
    warehouse.orders = [sent_on(1, order_number="#5501")]
    warehouse.updated = {1: timezone.now() - timedelta(minutes=30)}
    with ExitStack() as running:
        addresses = [running.enter_context(served(one)) for one in (shop, warehouse)]
        yield shop, warehouse, *addresses


@pytest.fixture
def admin(transactional_db):
    teams()
    return someone("sam", "admin", team="admin")


def press(page, name):
    """Goes to a button or link by the keyboard alone, and on to the page that it leads to."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate("[document.activeElement.innerText, document.activeElement.ariaLabel]")
        if name in [" ".join((text or "").split()) for text in focused]:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no Tab leads to {name}")


def clean(page, width):
    assert breaches(page) == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def work():
    """What the workers do."""
    for _ in range(5):
        for connection, feed in due_pulls(at=timezone.now()):
            pull_one(connection, feed)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), pytest.param(390, "dark", marks=pytest.mark.slow)])
def test_a_brand_is_set_up_in_one_sitting(admin, vendors, desk, width, theme):
    shop, warehouse, shop_at, warehouse_at = vendors
    page = desk(admin, viewport={"width": width, "height": 900}, color_scheme=theme)
    page.goto("/")
    page.get_by_label("Name").fill("Harbour & Pine")
    page.get_by_label("Currency").fill("GBP")
    clean(page, width)
    press(page, "Store, and go on")

    page.get_by_label("Shopify").focus()
    page.keyboard.press("Space")
    page.get_by_label("ShipBob").focus()
    page.keyboard.press("Space")
    clean(page, width)
    press(page, "Add them")
    page.get_by_text("Added: ").wait_for()
    clean(page, width)
    press(page, "Go on to their credentials")

    clean(page, width)
    press(page, "Enter how Shopify is reached")
    page.get_by_label("Shop", exact=True).fill(shop.shop)
    page.get_by_label("Client ID").fill(shop.client_id)
    page.get_by_label("Client secret").fill("a wrong one")
    press(page, "Store")
    page.get_by_text("Stored:").wait_for()
    lead(shop_at)
    press(page, "Test the connection")
    page.get_by_role("heading", name="Something is missing").wait_for()
    clean(page, width)
    page.get_by_label("Client secret").fill(shop.client_secret)
    press(page, "Store")
    page.get_by_text("Stored:").wait_for()
    press(page, "Test the connection")
    page.get_by_text("nothing is missing").first.wait_for()
    press(page, "← Back to setting up")

    press(page, "Enter how ShipBob is reached")
    page.get_by_label("Access token").fill(warehouse.token)
    page.get_by_text("More: right for most").click()
    page.get_by_label("API address").fill(warehouse_at)
    press(page, "Store")
    page.get_by_text("Stored:").wait_for()
    press(page, "Test the connection")
    page.get_by_text("nothing is missing").first.wait_for()
    press(page, "← Back to setting up")
    press(page, "Go on to the flows")

    page.get_by_label("Grace: order from Shopify to ShipBob").fill("1h")
    clean(page, width)
    press(page, "Store, and go on")

    page.get_by_role("heading", name="How far back to read").wait_for()
    clean(page, width)
    press(page, "Begin to read")
    page.get_by_text("waits for its turn").first.wait_for()
    clean(page, width)
    assert reconcile_changes() == {}
    assert not ExceptionCase.objects.exists()
    work()
    page.get_by_text("All of it has been read once.").wait_for()
    press(page, "Go on to their words")
    page.get_by_role("heading", name="What their words mean").wait_for()
    clean(page, width)
    press(page, "Go on to the first run")

    press(page, "Run the checks")
    page.get_by_text("Everything is being examined.").wait_for()
    clean(page, width)
    run_first()
    page.get_by_role("heading", name="First exceptions").wait_for()
    clean(page, width)
    missing = ExceptionCase.objects.filter(kind="order_missing_downstream")
    assert missing.count() == ORDERS - 1
    press(page, "Open the queue")
    page.wait_for_url("**/queue")
    assert page.get_by_text("MUG-12").count() or page.get_by_text("5501").count()


def lead(address):
    """The shop's domain is no address of this machine; its connection is led to the simulator."""
    made = Connection.objects.get(system="shopify")
    Connection.objects.filter(id=made.id).update(settings=made.settings | {"base": address})


def test_it_can_be_done_without_scripts(admin, vendors, desk):
    _, warehouse, _, warehouse_at = vendors
    page = desk(admin, java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Name").fill("Harbour & Pine")
    page.get_by_role("button", name="Store, and go on").click()
    page.get_by_label("ShipBob").check()
    page.get_by_role("button", name="Add them").click()
    page.get_by_role("link", name="Go on to their credentials").click()
    page.get_by_role("link", name="Enter").click()
    page.get_by_label("Access token").fill(warehouse.token)
    page.get_by_text("More: right for most").click()
    page.get_by_label("API address").fill(warehouse_at)
    page.get_by_role("button", name="Store").click()
    page.get_by_role("button", name="Test the connection").click()
    page.get_by_text("nothing is missing").wait_for()
    page.get_by_role("link", name="Back to setting up").click()
    page.get_by_role("link", name="Go on to the flows").click()
    page.get_by_role("button", name="Store, and go on").click()
    page.get_by_role("button", name="Begin to read").click()
    page.get_by_text("waits for its turn").first.wait_for()
    work()
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("link", name="Go on to their words").click()
    page.get_by_role("link", name="Go on to the first run").click()
    page.get_by_role("button", name="Run the checks").click()
    run_first()
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("heading", name="Nothing disagrees").wait_for()
