"""The pages of connections and systems in a browser: every kind, narrow and wide, light and dark."""

import pytest

from connectors.registry import connectors
from exceptions.configuration.system_pages import page_of
from reconciliation.models import System
from tests.axe import faults
from tests.factories import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


NARROW, WIDE = (390, "dark"), (1440, "light")


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["in turn", "both"])
def test_each_kind_can_be_read_and_entered_anywhere(every, browser, live_server, client):
    client.force_login(PersonFactory(roles=["admin"]))
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context = browser.new_context()
    context.add_cookies([session])
    page, wrong = context.new_page(), {}
    for number, made in enumerate(connectors()):
        System.objects.create(key=f"s{number}", kind=made.kind, vendor=made.vendor, name=made.title)
        for address in (f"/settings/connection?system=s{number}", f"/systems/{page_of(made)}"):
            page.goto(live_server.url + address)
            looks = (NARROW, WIDE) if every else ((NARROW, WIDE)[number % 2],)
            if found := faults(page, looks):
                wrong[address] = found
    context.close()
    assert wrong == {}


def test_the_address_of_deliveries_is_copied_by_a_button(browser, live_server, client):
    client.force_login(PersonFactory(roles=["admin"]))
    System.objects.create(key="layer", kind="ipaas", vendor="generic", name="The layer")
    client.post("/settings/connection?system=layer", {"webhook_secret": ""})
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([session])
    page = context.new_page()
    page.goto(f"{live_server.url}/settings/connection?system=layer")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Have them sent to").input_value()
    context.close()
