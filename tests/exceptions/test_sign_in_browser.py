"""Signing in as a browser does it: a passkey of its own, and nothing against our own policy on the way."""

import pytest
from django.utils import timezone
from playwright.sync_api import Error

from exceptions.people.invitations import Place, invite
from tests.axe import faults
from tests.cached import forget
from tests.factories import PASSWORD, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = ((360, "light"), (360, "dark"), (2560, "light"))
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
    forget()
    context = browser.new_context()
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text) if message.type != "info" else None)
    yield opened
    context.close()


def sign_in(page, address, name):
    page.goto(f"{address}/account/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main form[action$='/login/'] button.btn-primary")
    page.wait_for_url(lambda url: "login" not in url)
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
    page.click("header .menu-end summary")
    page.click("header button:has-text('Sign out')")
    page.wait_for_url("**/account/login/**")
    page.click("#passkey_login")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/account/")
    assert page.locator("main h1").inner_text() == "tom"
    assert page.complaints == []
    nothing_is_left_when_the_sign_in_ends(page, f"{live_server.url}/account/preferences")


def nothing_is_left_when_the_sign_in_ends(page, address):
    """Also without a connection; but for what is being typed, which would be lost."""
    page.clock.install()
    page.goto(address)
    page.context.set_offline(True)
    page.fill("[name=address]", "https://hooks.example.com/mine")
    page.clock.fast_forward("30:11")
    assert (page.locator("main form").count(), page.locator("header, h1").count()) == (1, 0)
    page.context.set_offline(False)
    page.goto(address)
    page.context.set_offline(True)
    page.clock.fast_forward("30:11")
    with pytest.raises(Error, match="DISCONNECTED"):
        page.wait_for_url("**/nowhere")
    page.get_by_role("heading", name="Preferences").wait_for(state="detached")


def test_every_page_fits_and_can_be_read_by_everybody(page, live_server, settings):
    for address in ("account/login/", "account/password/reset/", "account/signup/", "invitation/old"):
        page.goto(f"{live_server.url}/{address}")
        assert faults(page, LOOKS) == {}, address
    page.complaints.clear()  # an invitation that is over is answered with 410, which a browser notes
    known = PersonFactory(username="boss", roles=["admin"], first_name="Sam", last_name="Okafor")
    sign_in(page, live_server.url, "boss")
    _, link = invite("ines@example.com", Place(("agent",)), by=known, at=timezone.now(), source="page")
    PersonFactory(first_name="Otto", is_active=False)
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
        assert faults(page, LOOKS) == {}, address
    page.fill("[name=name]", "ipaas")
    page.check("[name=scopes][value=read]")
    page.click("form.narrow button.btn-primary")
    assert faults(page, LOOKS) == {}
    page.goto(link.replace(settings.PUBLIC_ADDRESS, live_server.url))
    for name, words in {"username": "boss", "password": "short", "again": "other"}.items():
        page.fill(f"[name={name}]", words)
    page.click("main form button.btn-primary")
    assert faults(page, LOOKS) == {}
    assert page.complaints == []
