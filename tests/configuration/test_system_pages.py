"""The page of each outside system: every kind has one, it names all that is asked for, and the pages lead there."""

import pytest

from connectors.registry import connectors
from exceptions.configuration.system_pages import PAGES, page_name, page_of, text_of
from reconciliation.models import System
from tests.factories import PersonFactory

ALL = {f"{made.kind} {made.vendor}".strip(): made for made in connectors()}


@pytest.mark.parametrize("kind", ALL)
def test_every_kind_has_its_page_which_names_every_setting_feed_and_change(kind):
    made, text = ALL[kind], text_of(page_of(ALL[kind]))
    for setting in made.settings:
        assert f"| {setting.label} | `{setting.name}` |" in text
    for feed in made.feeds:
        assert f"`{feed.name}`" in text
    for write in made.writes:
        assert f"- {write.label}; it needs {write.needs}." in text


@pytest.mark.parametrize("kind", ALL)
def test_a_page_names_no_setting_that_nobody_asks_for(kind):
    asked = {setting.name for setting in ALL[kind].settings}
    table = text_of(page_of(ALL[kind])).partition("| field | name |")[2].partition("\n\n")[0]
    named = {line.split("|")[2].strip(" `") for line in table.splitlines()[2:]}
    assert named == asked


def test_there_is_no_page_of_a_system_that_cannot_be_connected():
    assert {file.stem for file in PAGES.glob("*.md")} == {page_of(made) for made in ALL.values()}


def test_another_system_has_the_page_of_pushes():
    assert page_name("generic", "") == page_name("ipaas", "generic") == "push"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["admin", "agent", "viewer"])
def test_everybody_may_read_a_page(client, role):
    client.force_login(PersonFactory(roles=[role]))
    page = client.get("/systems/shopify").content.decode()
    assert "<h1" in page
    assert "read_all_orders" in page
    assert "<table>" in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["nobody", "README", "..", "shopify.md"])
def test_there_is_no_other_page(admin, name):
    assert admin.get(f"/systems/{name}").status_code == 404


@pytest.mark.django_db
def test_a_connection_leads_to_its_page(admin):
    System.objects.create(key="shop", kind="shopify")
    assert 'href="/systems/shopify"' in admin.get("/settings/connection?system=shop").content.decode()
