"""The pages about news as a browser shows them: readable by everybody, within every window, as the person chose."""

import os

import pytest
from django.test import Client

from exceptions.models import SORTS, Message, Notification, Outgoing, Preferences
from exceptions.news.outgoing import make_channel
from tests.axe import breaches
from tests.cached import forget
from tests.exceptions.people import NOW, case, someone, teams

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ida(browser, live_server):
    """Ida, who configures and works in finance, in a browser of her own."""
    forget()
    teams()
    person = someone("ida", "admin", "agent", team="finance")
    client, context = Client(), browser.new_context()
    client.force_login(person.user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.person, page.complaints = person.user, []
    page.on("console", lambda message: page.complaints.append(message.text))
    yield page
    context.close()


def news_of(person, settings):
    settings.OUTGOING_TO_LOOPBACK = True
    long = "Return R-10442 was received in full on 28 Sep, yet no credit has been issued for 3 × TEE-BLACK-XL"
    for number, sort in enumerate(sort for sort in SORTS if sort != "missed"):  # which has no exception
        found = case(f"order:shop:{number}", title=long, previous_owner=person)
        told = {"case": None, "count": 37} if number % 4 == 3 else {"case": found}
        read = NOW if number > 5 else None
        Notification.objects.create(
            person=person, sort=sort, kind=found.kind, team="finance", at=NOW, read_at=read, **told
        )
    said = {"flavour": "signed", "address": "http://127.0.0.1:9/hook", "sorts": list(SORTS), "by": person, "at": NOW}
    made, _ = make_channel(**said | {"name": "Ledger bot"})
    make_channel(**said | {"name": "of ida", "flavour": "slack", "person": person})
    Message.objects.create(outgoing=made, key="a" * 32, content={}, made_at=NOW, due_at=NOW, status=503, answer="Busy")
    Outgoing.objects.filter(id=made.pk).update(disabled_at=NOW)
    return made


@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (360, "dark"), (1280, "light"), (2560, "dark")])
def test_every_page_fits_and_can_be_read_by_everybody(ida, live_server, settings, width, theme):
    made = news_of(ida.person, settings)
    Preferences.objects.create(person=ida.person, theme=theme)
    ida.emulate_media(color_scheme="dark" if theme == "light" else "light")
    ida.set_viewport_size({"width": width, "height": 900})
    for address in ("inbox", "account/preferences", "settings/channels", f"settings/channels/{made.pk}"):
        assert ida.goto(f"{live_server.url}/{address}").status == 200
        if pictures := os.environ.get("PICTURES"):
            ida.screenshot(path=f"{pictures}/{address.replace('/', '-')}-{width}-{theme}.png", full_page=True)
        assert ida.locator("html").get_attribute("data-bs-theme") == theme
        assert ida.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} is too wide"
        assert breaches(ida) == {}, address
    assert ida.complaints == []


def test_shortcuts_that_a_person_switched_off_do_nothing(ida, live_server):
    ida.goto(f"{live_server.url}/inbox")
    ida.keyboard.press("g")
    ida.keyboard.press("q")
    ida.wait_for_url(lambda url: not url.endswith("/inbox"))
    Preferences.objects.create(person=ida.person, shortcuts=False)
    ida.goto(f"{live_server.url}/inbox")
    ida.keyboard.press("g")
    ida.keyboard.press("q")
    ida.keyboard.press("Shift+?")
    assert not ida.locator("#keys").is_visible()
    assert ida.url.endswith("/inbox")


def test_news_are_read_without_scripts(browser, live_server, settings):
    teams()
    person = someone("ana", "agent", team="finance").user
    Notification.objects.create(person=person, sort="breached", case=case(), kind="x", team="finance", at=NOW)
    client, context = Client(), browser.new_context(java_script_enabled=False)
    client.force_login(person)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/inbox")
    page.click("button:has-text('Mark all as read')")
    assert page.locator(".unread").count() == 0
    page.click(".news a")
    assert "/exceptions/" in page.url
    context.close()
