"""The settings as a browser shows them: nothing against our own policy, nothing that axe finds, wide and narrow."""

import pytest

from exceptions.models import OwnershipRule
from reconciliation.topology import load
from tests.axe import LOOKS, breaches, faults
from tests.cached import forget
from tests.exceptions.test_queue_page import case
from tests.factories import PASSWORD, PersonFactory
from tests.reconciliation.test_topology import RICH

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    *(
        "/",
        "/rules",
        "/rules/edit",
        "/teams",
        "/teams/edit?row=cx",
        "/calendars/edit",
        "/covers/edit",
        "/sla",
        "/limits",
    ),
    *("/approvals", "/severities/edit", "/suppressions/edit", "/systems", "/systems/edit?row=shop", "/flows", "/packs"),
    *("/flows/edit?row=orders-to-warehouse", "/company", "/mappings/statuses", "/mappings/customers", "/ignored"),
    *("/topology", "/history"),
]


@pytest.fixture
def page(browser, live_server):
    forget()
    load(RICH)
    PersonFactory(username="sam", roles=["admin"], teams=["cx"])
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.goto(f"{live_server.url}/account/login/")
    opened.fill("[name=login]", "sam")
    opened.fill("[name=password]", PASSWORD)
    opened.click("main form[action$='/login/'] button.btn-primary")
    opened.wait_for_url(lambda url: "login" not in url)
    yield opened
    context.close()


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["in turn", "both"])
def test_every_page_is_whole_wide_and_narrow(every, page, live_server):
    for number, address in enumerate(PAGES):
        assert page.goto(f"{live_server.url}/settings{address}").status == 200, address
        assert faults(page, LOOKS if every else LOOKS[number % 2 :][:1]) == {}, address
    assert page.complaints == []


def test_a_rule_is_refused_seen_and_stored(page, live_server):
    case("order:shop:1")
    page.goto(f"{live_server.url}/settings/rules")
    page.click("text=Add rule")
    page.fill("[name=name]", "Orders to care")
    page.fill("[name=amount_from]", "5")
    page.select_option("[name=team]", "cx")
    page.click("text=See what it changes")
    assert page.locator("#id_currency_error").inner_text() == "An amount needs its currency."
    assert breaches(page) == {}
    page.fill("[name=amount_from]", "")
    page.click("text=See what it changes")
    assert "finance" in page.locator("table").inner_text()
    assert breaches(page) == {}
    page.click("main button:text-is('Save')")
    assert page.locator("tbody tr").count() == 1
    assert OwnershipRule.objects.get().name == "Orders to care"
    assert page.complaints == []
