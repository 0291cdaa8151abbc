"""Long lists that are searched by typing, by the keyboard alone, and what they are without scripts."""

import pytest
from playwright.sync_api import expect

from exceptions.models import ExceptionCase
from tests.axe import breaches
from tests.exceptions.people import case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_kind_is_found_by_typing_and_chosen_by_keys(company, desk):
    case("order:shop:1", team="cx", kind="orphan_return")
    case("order:shop:2", team="cx", kind="uom_conflict")
    page = desk(company.tom)
    page.goto("/queue")
    page.click("text=Filter, sort, group")
    chosen = page.get_by_role("combobox", name="Kind: any kind")
    chosen.focus()
    for key in ("j", "x"):
        page.keyboard.press(key)
    assert page.locator("tr.here, tbody input:checked").count() == 0, "in a field a letter is a letter"
    page.keyboard.press("ArrowDown")
    search = page.get_by_label("Search: Kind")
    expect(search).to_be_focused()
    page.keyboard.type("pack sizes")
    expect(page.locator(".ts-dropdown [role=option]:visible")).to_have_text(["Pack sizes disagree"])
    assert breaches(page) == {}
    page.keyboard.press("Enter")
    expect(page.locator("table.queue tbody tr")).to_have_count(1)
    expect(page.get_by_role("combobox", name="Kind: Pack sizes disagree")).to_be_visible()
    assert "kind=uom_conflict" in page.url
    page.go_back()
    expect(page.locator("table.queue tbody tr")).to_have_count(2)


def test_a_sku_is_offered_while_it_is_typed_and_another_one_can_be_given(filled, company, desk):
    known = ExceptionCase.objects.filter(kind="sku_mismatch").first()
    page = desk(company.lea)
    page.goto(f"/exceptions/{known.pk}")
    page.click("button[data-key=m]")
    page.click("a[data-key=r]")
    page.get_by_role("combobox", name="Stands for").click()
    search = page.get_by_label("Search: Stands for")
    expect(search).to_be_focused()
    search.press_sequentially("hp-10")
    expect(page.get_by_role("option").filter(has_text="HP-104")).to_have_count(1)
    page.get_by_role("option").filter(has_text="HP-104").click()
    assert page.input_value("[name=p_canonical]") == "HP-104"


def test_without_scripts_the_lists_stay_lists(company, desk):
    case("order:shop:1", team="cx", kind="orphan_return")
    page = desk(company.tom, java_script_enabled=False)
    page.goto("/queue")
    page.click("text=Filter, sort, group")
    page.select_option("#id_kind", "uom_conflict")
    page.click("main button:text-is('Search')")
    expect(page.locator("#queue")).to_contain_text("Nothing open here.")
