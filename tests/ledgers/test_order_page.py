"""The order page: every system's word side by side, differences in words, the time line, and who may see it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exceptions.ledgers.order_page import order_page
from exceptions.models import ExceptionCase
from exceptions.reconciling import reconcile
from reconciliation.keys import record_key
from tests.checks.conftest import NOON
from tests.ledgers.conftest import HOSTILE, text

ORDER = record_key("order", "front", "front-1")


def page(record=ORDER):
    return order_page(record, as_of=timezone.now())


def run(hours=400):
    reconcile(as_of=NOON + timedelta(hours=hours), now=timezone.now())


def row(shown, section, name):
    """What each system says of a fact: words and mark, in the order of the columns."""
    facts = next(one.facts for one in shown.sections if one.title.startswith(section))
    cells = next(fact.cells for fact in facts if fact.name == name)
    return {column.system: (cell.words, cell.mark) for column, cell in zip(shown.columns, cells, strict=True) if cell}


def test_an_outsider_is_asked_to_sign_in(client, brand):
    brand.order()
    answer = client.get(reverse("order", args=[ORDER]))
    assert answer["Location"].startswith("/account/login/")


def test_a_key_that_no_record_has_is_not_found(agent):
    assert agent.get(reverse("order", args=[record_key("order", "front", "none")])).status_code == 404


def test_systems_that_agree_are_said_to_agree(brand):
    brand.everywhere()
    run()
    shown = page()
    assert [column.system for column in shown.columns] == ["front", "shop", "warehouse"]
    assert shown.differences == []


def test_any_record_of_the_group_leads_to_the_same_page(brand):
    brand.everywhere()
    brand.returned()
    run()
    for key in (("order", "warehouse", "warehouse-1"), ("return", "portal", "R-1")):
        assert page(record_key(*key)).group.key == page().group.key


def test_a_difference_counts_only_where_its_flow_compares_it(brand):
    brand.order()
    brand.order(system="shop", total="57.50")
    brand.order(system="warehouse", total="57.50")
    run()
    assert row(page(), "Order", "Goods, net") == {
        "front": ("50.00 GBP", ""),
        "shop": ("57.50 GBP", "differs"),
        "warehouse": ("57.50 GBP", "differs, not compared"),  # to-warehouse compares status and lines alone
    }


def test_each_disagreement_is_told_in_a_sentence(agent, brand):
    brand.everywhere()
    brand.order(system="warehouse", lines=[{"sku": "TEE", "quantity": 9}], said=1)
    run()
    told = "Lines, in base units, TEE: 10 in front, shop; 9 in warehouse"
    assert page().differences == [told]
    assert told in text(agent.get(reverse("order", args=[ORDER])))


def test_a_cent_is_within_the_tolerance_of_the_flow(brand):
    brand.order()
    brand.order(system="shop", total="50.01")
    run()
    assert row(page(), "Order", "Goods, net")["shop"] == ("50.01 GBP", "differs within tolerance")


def test_raw_words_stand_beside_the_canonical_and_same_statuses_do_not_differ(brand):
    brand.order(status="open")
    brand.order(system="warehouse", status="ALLOCATED")
    run()
    assert row(page(), "Order", "Status") == {"front": ("open", ""), "warehouse": ("released", "")}
    assert "says ALLOCATED" in [cell.note for cell in page().sections[0].facts[0].cells if cell]


def test_lines_are_compared_in_base_units_and_base_prices(brand):
    brand.order(lines=[{"sku": "TEE", "quantity": 24, "unit_price": "5.00"}])
    brand.order(
        system="shop", lines=[{"sku": "TEE", "quantity": 2, "uom": "case", "pack_size": 12, "unit_price": "60"}]
    )
    run()
    shown = page()
    assert row(shown, "Lines", "TEE") == {"front": ("24", ""), "shop": ("24", "")}
    assert row(shown, "Lines", "TEE price") == {"front": ("5.00 GBP each", ""), "shop": ("5.00 GBP each", "")}


def test_a_split_order_is_taken_together_and_a_missing_sku_is_none(brand):
    half = [{"sku": "TEE", "quantity": 5, "unit_price": "5.00"}]
    brand.order(lines=[*half, {"sku": "CAP", "quantity": 1, "unit_price": "9.00"}])
    brand.order(system="warehouse", lines=[{"sku": "TEE", "quantity": 2}])
    brand.take("order", "warehouse", "warehouse-1b", status="open", placed_at="2025-09-01T12:00:00Z",
               refs={"sales_order": "SO-1"}, lines=[{"sku": "TEE", "quantity": 3}])  # fmt: skip
    run()
    shown = page()
    assert row(shown, "Lines", "TEE")["warehouse"] == ("5", "")
    assert row(shown, "Lines", "CAP")["warehouse"] == ("none", "differs")


def test_returns_and_credits_stand_by_their_numbers(brand):
    brand.everywhere()
    brand.shipped()
    brand.returned(status="closed")
    brand.returned(status="authorised", system="shop")
    brand.credit(amount="18.00")
    run()
    shown = page()
    assert row(shown, "Return RMA-1", "Status") == {"portal": ("closed", ""), "shop": ("authorised", "differs")}
    assert row(shown, "Credit", "Amount") == {"erp": ("18.00 GBP", "")}
    assert row(shown, "Shipments", "TEE dispatched") == {"warehouse": ("10", "")}


def test_the_time_line_tells_all_systems_in_order_with_the_exceptions_on_it(brand):
    brand.everywhere()
    brand.outcome(result="failed", code="out_of_stock")
    brand.shipped()
    brand.returned()
    brand.take("stock_movement", "warehouse", "M-1", 120, sku="TEE", condition="sellable", quantity=4, reason="return",
               location="A1", refs={"rma": "RMA-1", "sales_order": "SO-1"})  # fmt: skip
    brand.order(said=3, status="fulfilled")
    run()
    line = page().line.events
    assert [event.at for event in line] == sorted(event.at for event in line)
    words = [event.words for event in line]
    for told in (
        "Order placed",
        "to-warehouse: failed (out_of_stock)",
        "Order front-1 is now fulfilled",
        "Return R-1 is first told of, received",
        "+4 × TEE to sellable at A1",
    ):
        assert told in words
    assert ExceptionCase.objects.filter(group_key=page().group.key).exists()
    assert {event.case.id for event in line if event.case} == {case.id for case in page().cases}


def test_a_withdrawn_record_is_no_longer_compared_and_tells_its_end(brand):
    brand.everywhere()
    brand.take("order", "shop", "shop-1", 2, deleted=True)
    run()
    assert "shop" not in [column.system for column in page().columns]
    alone = page(record_key("order", "shop", "shop-1"))
    assert [event.words for event in alone.line.events][-1] == "Order shop-1 withdrawn"


def test_news_since_the_last_run_is_said(agent, brand):
    brand.everywhere()
    run()
    assert "newer records wait" not in text(agent.get(reverse("order", args=[ORDER])))
    brand.order(said=500, status="cancelled")
    assert "newer records wait" in text(agent.get(reverse("order", args=[ORDER])))


def test_hostile_words_are_shown_as_text(agent, brand):
    brand.order(status=HOSTILE, po=HOSTILE, customer={"id": HOSTILE, "name": HOSTILE}, number=HOSTILE,
                lines=[{"sku": HOSTILE, "quantity": 1, "unit_price": "5.00"}])  # fmt: skip
    run()
    shown = text(agent.get(reverse("order", args=[ORDER])))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(&quot;x&quot;)" in shown
    assert "{{ 7|add:7 }}" in shown


def test_the_number_of_queries_does_not_grow_with_the_group(agent, brand, django_assert_max_num_queries):
    brand.everywhere()
    for number in range(15):
        brand.take("fulfilment", "warehouse", f"F-{number}", number, status="dispatched", refs={"sales_order": "SO-1"},
                   lines=[{"sku": f"S-{number}", "quantity": 1}])  # fmt: skip
    run()
    with django_assert_max_num_queries(13):
        agent.get(reverse("order", args=[ORDER]))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_on_a_phone_the_table_scrolls_under_its_first_column_and_the_page_does_not(browser, live_server, agent, brand):
    brand.everywhere()
    brand.shipped()
    brand.returned()
    run()
    context = browser.new_context(viewport={"width": 390, "height": 800})
    context.add_cookies([{"name": "sessionid", "value": agent.cookies["sessionid"].value, "url": live_server.url}])
    shown = context.new_page()
    shown.goto(live_server.url + reverse("order", args=[ORDER]))
    assert shown.evaluate("document.documentElement.scrollWidth") <= 390
    table, first = shown.locator(".wide"), shown.locator(".side-by-side tbody th[scope=row]").first
    before = first.bounding_box()["x"]
    assert table.evaluate("table => { table.scrollLeft = 150; return table.scrollLeft }") == 150
    assert first.bounding_box()["x"] == before
    context.close()
