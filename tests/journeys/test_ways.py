"""The same work on a phone, by the keyboard alone, and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.exceptions.people import case
from tests.journeys.test_cases import orphan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
READ = ("/", "/home/ops", "/queue", "/insight", "/search?q=SO-1", "/approvals", "/records", "/runs", "/feeds", "/inbox")


def test_a_case_is_taken_on_a_phone(brand, company, desk):
    orphan(brand)
    page = desk(company.tom, **PHONE)
    page.goto("/")
    page.tap("nav[aria-label=Main] a:text-is('Queue')")
    rows = page.locator("table.queue tbody tr")
    assert all(row.bounding_box()["height"] < 150 for row in rows.all())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.tap("a.what >> nth=0")
    page.tap("button[data-key=m]")
    expect(page.locator("#content")).to_contain_text("in progress")
    page.tap("header summary:text-is('More')")
    page.tap("header .menu-list >> text=Month-end")
    expect(page.locator("h1")).to_contain_text("Month-end")


def test_a_case_is_chosen_opened_taken_and_left_by_keys(company, desk):
    for number in range(3):
        case(f"order:shop:{number}", team="cx", kind="orphan_return")
    page = desk(company.tom)
    page.goto("/queue")
    press = page.keyboard.press
    for key in ("j", "j", "k", "x"):
        press(key)
    rows = page.locator("table.queue tbody tr")
    expect(rows.first.locator("input")).to_be_checked()
    expect(rows.nth(1).locator("input")).not_to_be_checked()
    rows.nth(2).locator("input").click()
    press("k")
    expect(rows.first, "a tick by hand is no field that one types in").to_have_class("here")
    press("Shift+?")
    press("j")
    press("Escape")
    expect(rows.first, "what lies under the list of keys hears nothing").to_have_class("here")
    rows.first.locator("a.what").focus()
    press("Enter")
    page.wait_for_url("**/exceptions/*")
    here = page.url
    press("]")
    page.wait_for_url(lambda url: url != here)
    press("[")
    page.wait_for_url(here)
    press("m")
    expect(page.locator("#content")).to_contain_text("in progress")
    for key, form in (("s", "Snooze"), ("r", "Link to an order")):
        press(key)
        expect(page.locator("#panel #move-title")).to_have_text(form)
    press("w")
    expect(page.locator("#move-title")).to_be_focused()
    page.locator("#panel [name=waiting_for]").focus()
    page.keyboard.type("jo knows, m n u ?")
    assert page.input_value("#panel [name=waiting_for]") == "jo knows, m n u ?"
    page.locator("#move-title").focus()
    press("n")
    expect(page.locator("#panel #move-title")).to_have_text("Note")
    press("Shift+?")
    expect(page.locator("#keys")).to_be_visible()
    press("Escape")
    press("u")
    page.wait_for_url("**/queue*")
    press("g")
    press("h")
    page.wait_for_url(lambda url: "/queue" not in url)
    press("g")
    press("q")
    page.wait_for_url("**/queue*")


def test_what_is_printed_in_the_dark_is_dark_on_white_in_tables_that_fit(brand, company, desk):
    known = orphan(brand)
    page = desk(company.tom, viewport={"width": 688, "height": 990}, color_scheme="dark")
    for address in ("/queue", f"/exceptions/{known.pk}", f"/orders/{known.group_key or known.record}"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        page.emulate_media(media="print", color_scheme="dark")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
        assert page.locator("main thead").first.evaluate("one => getComputedStyle(one).display") == "table-header-group"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert page.locator("header, form button").locator("visible=true").count() == 0, address
        page.emulate_media(media="screen", color_scheme="dark")


def test_without_scripts_all_is_read_and_a_case_is_taken_left_waiting_and_linked(brand, company, desk):
    known = orphan(brand)
    page = desk(company.tom, java_script_enabled=False)
    for address in READ:
        assert page.goto(address).status == 200, address
        assert page.locator("h1").first.inner_text(), address
    page.goto(f"/exceptions/{known.pk}")
    page.click("main button[data-key=m]")
    page.click("main a[data-key=w]")
    page.fill("[name=waiting_for]", "the buyer")
    page.fill("[name=note]", "Which order was it?")
    page.fill("[name=until]", "2099-01-01")
    page.click("main button.btn-primary")
    expect(page.locator("#content")).to_contain_text("waiting")
    page.click("form[action$='/resume'] button")
    page.click("main a[data-key=r]")
    page.locator("input[type=radio]").first.check()
    page.click("main button.btn-primary")
    expect(page.locator("#content")).to_contain_text("fix applied")
    known.refresh_from_db()
    assert known.state == "fix_applied"
