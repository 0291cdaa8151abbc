"""The page of connections in a browser: readable for everybody, in both themes, on a phone."""

import pytest
from django.utils import timezone

from connectors.connecting import connect
from connectors.webhooks import count_refusal
from reconciliation.models import System
from tests.axe import breaches
from tests.factories import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_readable_and_fits(browser, live_server, client, theme, width):
    System.objects.create(key="shop", kind="shopify")
    made = connect(system="shop", kind="shopify", vendor="", given={"shop": "a.example"}, at=timezone.now())
    count_refusal(made, "forged", at=timezone.now())
    client.force_login(PersonFactory(roles=["admin"]))
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/connections")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_text("forged 1").is_visible()
    assert breaches(page) == {}
    context.close()
