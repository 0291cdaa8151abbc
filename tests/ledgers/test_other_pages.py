"""The pages of a return, a customer and a SKU: what every system says, what is open, and who may see it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exceptions.formats import money_text
from exceptions.ledgers.customer_page import NoSuchCustomer, customer_page
from exceptions.ledgers.return_page import return_page
from exceptions.ledgers.sku_page import NoSuchSku, sku_page
from exceptions.models import ExceptionCase, Team
from exceptions.reconciling import reconcile
from exceptions.templatetags.words import record_address
from reconciliation.keys import record_key
from reconciliation.models import CustomerAlias, ReasonCode
from tests.checks.conftest import NOON
from tests.ledgers.conftest import HOSTILE, text
from tests.ledgers.test_order_page import row

RETURN = record_key("return", "portal", "R-1")


def run(hours=400):
    reconcile(as_of=NOON + timedelta(hours=hours), now=timezone.now())


@pytest.fixture
def trade(brand):
    """An order of C-1, dispatched, partly returned and credited too much; another customer's beside it."""
    brand.everywhere(customer={"id": "C-1", "name": "Harbour"})
    brand.shipped()
    brand.returned(status="closed", customer={"id": "C-1"})
    brand.returned(system="shop", status="authorised", customer={"id": "C-1"})
    brand.credit(amount="25.00")
    brand.everywhere(2, customer={"id": "C-2"})
    brand.take("stock_movement", "warehouse", "M-1", 120, sku="TEE", condition="sellable", quantity=4, location="A1",
               reason="return", refs={"rma": "RMA-1", "sales_order": "SO-1"})  # fmt: skip
    brand.take("product", "erp", "P-1", sku="TEE", title="A tee", uom="each", pack_size=1)
    brand.take("product", "erp", "P-2", sku="TEE-12", base_sku="TEE", pack_size=12)
    brand.take("stock_level", "warehouse", "L-1", sku="TEE", location="A1", condition="sellable", quantity=24)
    brand.take("stock_level", "shop", "L-1", sku="TEE-12", location="web", condition="sellable", quantity=3)
    run()
    return brand


@pytest.mark.parametrize("address", [f"/returns/{RETURN}", "/customer?id=C-1", "/sku?sku=TEE"])
def test_an_outsider_is_asked_to_sign_in(client, trade, address):
    assert client.get(address)["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    "address",
    [f"/returns/{record_key('order', 'front', 'front-1')}", "/customer?id=none", "/customer", "/sku?sku=none", "/sku",
     "/sku?sku=%00", "/customer?id=%00"],
)  # fmt: skip
def test_what_nobody_knows_is_not_found(agent, trade, address):
    assert agent.get(address).status_code == 404


def test_a_return_as_every_system_tells_it_with_its_order(agent, trade):
    page = return_page(RETURN, as_of=timezone.now())
    assert row(page, "Return RMA-1", "Status") == {"portal": ("closed", ""), "shop": ("authorised", "differs")}
    assert row(page, "Credit", "Amount") == {"erp": ("25.00 GBP", "")}
    assert page.has_order
    assert "+4 × TEE to sellable at A1" in [event.words for event in page.line.events]
    assert "Order SO-1" in text(agent.get(f"/returns/{RETURN}"))


def test_return_reasons_are_compared_in_canonical_words(brand):
    ReasonCode.objects.create(system_id="portal", raw="TOO_SMALL", raw_key="TOO_SMALL", canonical="size")
    ReasonCode.objects.create(system_id="shop", raw="SZ", raw_key="SZ", canonical="size")
    for system, first, second in (("portal", "TOO_SMALL", "TOO_SMALL"), ("shop", "SZ", "BROKEN")):
        lines = [{"sku": "TEE", "quantity": 1, "reason_code": first}]
        brand.returned(system=system, lines=[*lines, {"sku": "CAP", "quantity": 1, "reason_code": second}])
    run()
    page = return_page(RETURN, as_of=timezone.now())
    assert row(page, "Return", "TEE reason") == {"portal": ("size", ""), "shop": ("size", "")}
    assert row(page, "Return", "CAP reason") == {"portal": ("size", ""), "shop": ("BROKEN", "differs")}


def test_a_return_shows_its_own_exceptions_and_not_the_order_s(trade):
    trade.returned(3, refs={"sales_order": "SO-1", "rma": "RMA-3"}, said=100)
    run(500)
    page = return_page(RETURN, as_of=timezone.now())
    assert page.cases
    assert all(case.refs.get("rma") == "RMA-1" or case.record == RETURN for case in page.cases)


def test_a_return_whose_order_nobody_has_says_so(agent, brand):
    brand.returned(9, refs={"rma": "RMA-9"})
    run()
    shown = text(agent.get(f"/returns/{record_key('return', 'portal', 'R-9')}"))
    assert "no system has its order" in shown


def test_a_customer_s_money_by_system_and_what_is_at_risk(trade):
    page = customer_page(" c-1 ", as_of=timezone.now())
    worth = {name: row(page, "Orders", name) for name in ("Live documents", "Net, GBP")}
    assert worth["Net, GBP"]["front"] == ("50.00 GBP", "")
    assert worth["Live documents"]["shop"] == ("1", "")
    assert row(page, "Credits", "Net, GBP") == {"erp": ("25.00 GBP", "")}
    assert page.name == "Harbour"
    assert page.cases
    own = {case.group_key for case in page.cases}
    assert not ExceptionCase.objects.filter(group_key__in=own, refs__sales_order="SO-2").exists()
    assert page.at_risk


def test_each_of_a_customer_s_numbers_leads_to_the_documents_that_it_counts(agent, trade):
    trade.order(3, customer={"id": "C-1"})
    run()
    page, led = customer_page("C-1", as_of=timezone.now()), 0
    for section in page.sections[1:]:
        for one in section.facts:
            for cell in filter(None, one.cells):
                shown = agent.get(cell.address).context
                found, led = shown["page"].documents, led + 1
                worth = money_text(sum(said.net for said in found), "GBP")
                told = f"{len(found):,}" if one.name == "Live documents" else worth
                assert told == cell.words
                assert cell.words in shown["page"].heading
                assert shown["documents"] == found
    assert led > 6
    lines = agent.get("/tables/customer-documents.csv?id=C-1&type=order&system=front").getvalue().splitlines()
    assert len(lines) == 1 + int(row(page, "Orders", "Live documents")["front"][0])


def test_a_customer_is_one_under_all_the_ids_that_stand_for_it(trade):
    trade.credit("CN-9", refs={"sales_order": "SO-1"}, customer={"id": "ACME01"})
    CustomerAlias.objects.create(system_id="erp", raw="ACME01", raw_key="ACME01", canonical="C-1", canonical_key="C-1")
    page = customer_page("C-1", as_of=timezone.now())
    assert row(page, "Known as", "Id")["erp"][0] == "ACME01, C-1"
    with pytest.raises(NoSuchCustomer):
        customer_page("ACME01", as_of=timezone.now())


def test_a_sku_s_stock_in_base_units_side_by_side(trade):
    page = sku_page("TEE-12", as_of=timezone.now())
    assert (page.base, page.title) == ("TEE", "A tee")
    levels = {
        column.system: (cell.words, cell.mark)
        for column, cell in zip(page.columns, page.stock.facts[0].cells, strict=True)
    }
    assert levels == {"warehouse": ("24", ""), "shop": ("36", "differs, not compared")}
    assert [moved.id for moved in page.movements] == ["M-1"]
    assert {product.sku for product in page.catalogue} == {"TEE", "TEE-12"}


def test_stock_and_demand_of_a_sku_lead_to_the_records_and_orders_behind_them(agent, trade):
    for number, quantity in ((5, 20), (6, 30)):
        trade.order(number, lines=[{"sku": "TEE", "quantity": quantity, "unit_price": "5.00"}])
    run(401)
    page, shown = sku_page("TEE", as_of=timezone.now()), agent.get("/sku?sku=TEE").content.decode()
    assert [(one.sales_order, one.quantity) for one in page.awaiting][:2] == [("SO-6", 30), ("SO-5", 20)]
    assert sum(one.quantity for one in page.awaiting) == page.demand
    levels = {(one.system, one.quantity * one.pack_size) for one in page.levels}
    assert levels == {("warehouse", 24), ("shop", 36)}
    for one in page.levels:
        assert f'href="/records/{one.record}"' in shown
    for one in page.awaiting:
        assert f'href="/orders/{one.group_key}"' in shown
    assert shown.count('href="#levels"') == 2
    assert len(agent.get("/tables/sku-awaiting.csv?sku=TEE").getvalue().splitlines()) == 1 + len(page.awaiting)


def test_a_sku_that_no_catalogue_has_is_shown_by_what_speaks_of_it(trade):
    trade.order(7, lines=[{"sku": "GHOST", "quantity": 1, "unit_price": "1.00"}])
    assert sku_page("GHOST", as_of=timezone.now()).catalogue == []
    with pytest.raises(NoSuchSku):
        sku_page("NOT-EVEN-A-GHOST", as_of=timezone.now())


def test_a_sku_shows_the_exceptions_about_it(trade):
    trade.order(8, lines=[{"sku": "TEE", "quantity": 10, "unit_price": "5.00"}])
    trade.order(8, "shop", lines=[{"sku": "TEE", "quantity": 9, "unit_price": "5.00"}], said=1)
    run(500)
    cases = sku_page("TEE", as_of=timezone.now()).cases
    assert "quantity_mismatch" in {case.kind for case in cases}
    assert {case.team_name for case in cases} == set(
        Team.objects.filter(key=cases[0].team).values_list("name", flat=True)
    )


def test_hostile_words_are_shown_as_text(agent, trade):
    trade.order(9, customer={"id": HOSTILE, "name": HOSTILE, "email": HOSTILE},
                lines=[{"sku": HOSTILE, "quantity": 1, "unit_price": "1.00"}])  # fmt: skip
    trade.returned(9, status=HOSTILE, refs={"rma": HOSTILE}, lines=[{"sku": HOSTILE, "quantity": 1}])
    trade.take("product", "erp", "P-9", sku=HOSTILE, title=HOSTILE, barcode=HOSTILE)
    run(500)
    ask = {"/customer": {"id": HOSTILE}, "/sku": {"sku": HOSTILE}}
    pages = [text(agent.get(address, asked)) for address, asked in ask.items()]
    pages.append(text(agent.get(reverse("return", args=[record_key("return", "portal", "R-9")]))))
    for shown in pages:
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert(&quot;x&quot;)" in shown


@pytest.mark.parametrize(
    ("address", "most"), [(f"/returns/{RETURN}", 13), ("/customer?id=C-1", 10), ("/sku?sku=TEE", 15)]
)
def test_the_number_of_queries_does_not_grow(agent, trade, django_assert_max_num_queries, address, most):
    for number in range(20, 40):
        trade.order(number, customer={"id": "C-1"})
    with django_assert_max_num_queries(most):
        assert agent.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        f"/orders/{record_key('order', 'front', 'front-1')}",
        f"/returns/{RETURN}",
        f"/records/{record_key('credit', 'erp', 'CN-1')}",
        "/customer?id=C-1",
    ],
)
def test_exceptions_are_listed_with_the_name_of_their_team(agent, trade, address):
    Team.objects.update(name="Quay & Co")
    assert "Quay &amp; Co, nobody yet" in text(agent.get(address))


def test_evidence_leads_to_the_records_that_say_so(agent, trade):
    known = ExceptionCase.objects.get(kind="credit_value_mismatch")
    shown = text(agent.get(f"/exceptions/{known.id}"))
    assert f'href="/records/{record_key("credit", "erp", "CN-1")}"' in shown


@pytest.mark.parametrize("words", [None, "", "the checks", "sku:shop:TEE", "order:shop", HOSTILE])
def test_what_names_no_record_is_no_link(words):
    assert record_address(words) == ""
