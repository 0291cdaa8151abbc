"""Signing in as a browser does it: a passkey of its own, and nothing against our own policy on the way."""

import pytest
from django.core.cache import cache

from tests.factories import PASSWORD, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser):
    cache.clear()
    context = browser.new_context()
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    yield opened
    context.close()


def sign_in(page, address, name):
    page.goto(f"{address}/account/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main form[action$='/login/'] button.btn-primary")
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/account/reauthenticate/?next=/account/")  # what guards an account asks for the password again
    page.fill("[name=password]", PASSWORD)
    page.click("main form button.btn-primary")
    page.wait_for_url(f"{address}/account/")


def test_a_passkey_is_made_and_then_opens_without_a_password(page, live_server):
    PersonFactory(username="tom", roles=["agent"])
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    sign_in(page, live_server.url, "tom")
    page.goto(f"{live_server.url}/account/2fa/webauthn/add/")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/**")
    page.click("header button:has-text('Sign out')")
    page.wait_for_url("**/account/login/**")
    page.click("#passkey_login")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/account/")
    assert page.locator("main h1").inner_text() == "tom"
    assert page.complaints == []


@pytest.mark.parametrize("width", [360, 2560])
def test_every_page_fits_and_breaks_no_policy(page, live_server, width):
    known = PersonFactory(username="boss", roles=["admin"], first_name="Sam", last_name="Okafor")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server.url, "boss")
    addresses = [
        "account/",
        "account/password/change/",
        "account/2fa/",
        "account/2fa/totp/activate/",
        "account/2fa/webauthn/add/",
        "account/sessions/",
        "account/email/",
        "settings/people",
        f"settings/people/{known.id}",
        "settings/people/invite",
        "settings/tokens",
    ]
    for address in addresses:
        answer = page.goto(f"{live_server.url}/{address}")
        assert (answer.status, page.url) == (200, f"{live_server.url}/{address}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} is too wide"
    assert page.complaints == []
