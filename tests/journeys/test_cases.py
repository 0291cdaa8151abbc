"""Care, operations and administration at work, with runs in between: what they do ends in what data prove."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from exceptions.models import ExceptionCase
from exceptions.reconciling import reconcile
from exceptions.workflow import Origin, move

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def orphan(brand):
    """A return that names no order, of a customer who has one."""
    brand.everywhere(1)
    brand.returned(7, refs={"rma": "RMA-7"}, said=1, customer={"id": "C-1"})
    brand.found("orphan_return", 9)
    return brand.case("orphan_return")


def missing(brand, orders=3):
    """Orders that reached neither the shop nor the warehouse."""
    for number in range(1, orders + 1):
        brand.order(number, "front")
    brand.found("order_missing_downstream", 72)
    return list(ExceptionCase.objects.filter(kind="order_missing_downstream").order_by("id"))


def test_an_orphan_return_is_claimed_linked_and_proven_by_the_next_run(brand, company, desk):
    known, page = orphan(brand), desk(company.tom)
    page.goto("/queue?kind=orphan_return")
    page.click("a.what")
    page.click("button[data-key=m]")
    page.click("a[data-key=r]")
    page.locator("#panel input[type=radio]").first.check()
    page.click("#panel button.btn-primary")
    expect(page.locator("#content")).to_contain_text("fix applied")
    reconcile(as_of=timezone.now(), now=timezone.now())
    page.reload()
    expect(page.locator("#content")).to_contain_text("Newer data agrees: the fix is proven.")
    known.refresh_from_db()
    assert (known.state, known.resolved_by, known.owner) == ("resolved", "data", company.tom.user)


def test_the_daily_list_is_taken_with_one_note_and_what_another_took_stays_ticked(brand, company, desk):
    cases, page = missing(brand), desk(company.oli)
    page.goto("/queue?q=kind:order_missing_downstream&view=unclaimed")
    for box in page.locator("td.tick input").all():
        box.check()
    move(cases[0].pk, "claim", by=company.jo, at=timezone.now(), seen=cases[0].version, origin=Origin("page"))
    page.select_option("#id_move", "claim")
    page.click("text=Next …")
    page.fill("[name=note]", "on today's list")
    page.click("main button.btn-primary")
    expect(page.locator(".alert:visible")).to_contain_text("5 done, 1 not: ")
    assert page.locator("input[name=case]:checked").count() == 1
    expect(page.locator("table.queue")).to_contain_text("Not done: It is in progress.")
    assert ExceptionCase.objects.filter(owner=company.oli.user, trail__note="on today's list").count() == 5


def test_an_order_that_arrives_in_the_end_leaves_the_list_by_itself(brand, company, desk):
    missing(brand, orders=1)
    page = desk(company.oli)
    page.goto("/queue?kind=order_missing_downstream")
    expect(page.locator("table.queue tbody tr")).to_have_count(2)
    for system in ("shop", "warehouse"):
        brand.order(1, system, said=80)
    brand.found("order_missing_downstream", 90)
    page.reload()
    expect(page.locator("#queue")).to_contain_text("Nothing open here.")


def test_a_kind_goes_to_another_team_once_its_preview_is_seen(brand, company, desk):
    known, page = orphan(brand), desk(company.sam)
    assert known.team == "cx"
    page.goto("/settings/rules/edit")
    page.fill("[name=name]", "Orphans to operations")
    page.select_option("[name=kind]", "orphan_return")
    page.select_option("[name=team]", "ops")
    page.click("text=See what it changes")
    expect(page.locator("table")).to_contain_text(known.title)
    page.click("main button:text-is('Save')")
    expect(page.locator("tbody")).to_contain_text("Orphans to operations")
    brand.found("orphan_return", 10)
    known.refresh_from_db()
    assert known.team == "ops"


def test_of_two_people_the_second_sees_who_was_first_and_keeps_the_note(brand, company, desk):
    known, first, second = orphan(brand), desk(company.tom), desk(company.lea)
    for page in (first, second):
        page.goto(f"/exceptions/{known.pk}")
    second.click("a[data-key=n]")
    second.fill("#panel [name=note]", "the buyer rang about it")
    first.click("button[data-key=m]")
    expect(first.locator("#content")).to_contain_text("in progress")
    second.click("#panel button.btn-primary")
    expect(second.locator("#panel [role=alert]")).to_contain_text("Tom was first")
    assert second.input_value("#panel [name=note]") == "the buyer rang about it"
    second.click("#panel button.btn-primary")
    expect(second.locator("#content blockquote")).to_contain_text("the buyer rang about it")
