"""One search for everything: exact and inexact, straight to the page or a list by kind, by indexes alone."""

import io
import json
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from connectors.lines import read_lines
from exceptions.ledgers.search import LAST, NEXT, SQL, fold, search
from exceptions.models import ExceptionCase
from exceptions.reconciling import reconcile
from reconciliation.intake import take_in
from reconciliation.keys import record_key
from reconciliation.statements import statement
from tests.checks.conftest import NOON
from tests.ledgers.conftest import HOSTILE, text

LATE = datetime(2025, 12, 1, tzinfo=UTC)


@pytest.fixture
def known(brand):
    """Two orders, a return with its credit, a stock movement and a product, grouped by a run."""
    brand.everywhere(1, customer={"id": "C-1", "name": "Harbour Café"})
    brand.everywhere(12, po="PO-12", customer={"id": "C-12", "name": "Pine & Sons"})
    brand.returned()
    brand.credit(refs={"sales_order": "SO-1", "rma": "RMA-1", "credit_number": "CN-77"})
    brand.take("stock_movement", "warehouse", "M-1", 120, sku="TEE", condition="sellable", quantity=4)
    brand.take("product", "erp", "P-1", sku="TEE", title="A tee")
    reconcile(as_of=NOON + timedelta(hours=200), now=timezone.now())
    return brand


def hits(words):
    """Kind → the names found."""
    found = search(words, as_of=LATE)
    return {kind: [hit.name for hit in kind_hits] for kind, kind_hits in found.hits.items()}


def test_an_outsider_is_asked_to_sign_in(client, brand):
    assert client.get("/search?q=SO-1")["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    "words", ["SO-1", "so-1", "#SO-1", " so 1 ", "so_1", "SO1", "shop-1", "FRONT-1", "CN-77", "cn77"]
)
def test_one_order_goes_by_every_number_that_anybody_has(known, words):
    assert hits(words) == {"order": ["SO-1"]}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("RMA-1", {"return": ["RMA-1"]}),
        ("rma1", {"return": ["RMA-1"]}),
        ("PO-12", {"order": ["SO-12"]}),
        ("TEE", {"sku": ["TEE"]}),
        ("tee", {"sku": ["TEE"]}),
        ("c-12", {"customer": ["C-12"]}),
        ("harbour café", {"customer": ["C-1"]}),
        ("M-1", {"record": ["stock movement M-1"]}),
        ("nobody has this", {}),
        ("", {}),
        ("#", {}),
    ],
)
def test_each_kind_of_thing_is_found_by_its_name(known, words, found):
    assert hits(words) == found


def test_an_exact_number_hides_what_only_begins_alike_and_a_start_finds_all(known):
    assert hits("SO-1") == {"order": ["SO-1"]}
    assert sorted(hits("S O")["order"]) == ["SO-1", "SO-12", "SO-X"]
    assert hits("harb") == {"customer": ["C-1"]}
    assert hits("s") == {}  # too short to begin anything


def test_one_hit_goes_straight_to_its_page_and_several_are_listed_by_kind(agent, known):
    assert agent.get("/search?q=SO-1")["Location"].startswith("/orders/")
    assert agent.get("/search?q=rma-1")["Location"] == f"/returns/{record_key('return', 'portal', 'R-1')}"
    assert agent.get("/search?q=TEE")["Location"] == "/sku?sku=TEE"
    assert agent.get("/search?q=C-1")["Location"] == "/customer?id=C-1"
    for address in ("/orders/", "/returns/"):
        followed = agent.get(agent.get(f"/search?q={'SO-1' if address == '/orders/' else 'RMA-1'}")["Location"])
        assert followed.status_code == 200
    listed = text(agent.get("/search?q=SO"))
    assert "Orders" in listed
    assert "begins like it" in listed


def test_an_exception_goes_by_its_number(agent, known):
    case = ExceptionCase.objects.first()
    for words in (f"E-{case.id}", f"e{case.id}"):
        assert agent.get("/search", {"q": words})["Location"] == f"/exceptions/{case.id}"
    assert agent.get("/search", {"q": "E-999999999999999999"}).status_code == 200


def test_a_number_of_two_realms_lists_both(brand):
    brand.order(5, realm="uk")
    brand.order(6, realm="us", refs={"sales_order": "SO-5"})
    reconcile(as_of=NOON, now=timezone.now())
    assert len(hits("SO-5")["order"]) == 2


def test_a_value_that_is_no_identifier_finds_nothing(known):
    known.order(30, refs={"sales_order": "N/A"})
    assert "order" not in hits("N/A")


def test_a_record_that_no_run_has_seen_is_found(known):
    known.order(40)
    assert hits("front-40") == {"order": ["front-40"]}


def test_without_words_the_orders_that_changed_last_are_shown(agent, known):
    known.order(12, said=300, status="fulfilled")
    found = agent.get("/search").context["found"]
    assert [hit.name for hit in found.latest][:2] == ["front-12", "front-1"]


@pytest.mark.parametrize("words", [HOSTILE, "%", "_", "'; drop table ledger; --", "\x00", "\ufffd" * 5_000, "\\"])
def test_hostile_words_find_nothing_and_are_shown_as_text(agent, known, words):
    shown = text(agent.get("/search", {"q": words}))
    assert "<script>alert" not in shown


@given(st.text(max_size=130))
def test_python_and_the_database_fold_alike(words):
    words = words.replace("\x00", "").encode("utf-8", "ignore").decode()
    with connection.cursor() as cursor:
        cursor.execute("select folded(%s)", [words])
        assert cursor.fetchone()[0] == fold(words)


test_python_and_the_database_fold_alike = pytest.mark.django_db(test_python_and_the_database_fold_alike)


INDEXES = {
    "search_records": ("reference_folded", "ledger_folded", "order_content_number"),
    "search_names": ("order_content_customer", "order_content_customer_name", "order_line_sku"),
}


def test_each_branch_over_a_large_ledger_reads_its_index(brand):
    said = {"type": "order", "system": "front", "at": "2025-09-01T12:00:00Z", "placed_at": "2025-09-01T12:00:00Z"}
    lines = [
        said
        | {"id": f"O-{n}", "number": f"N-{n}", "status": "open", "refs": {"sales_order": f"SO-{n}"}}
        | {"customer": {"id": f"C-{n}", "name": f"Shop {n}"}, "lines": [{"sku": f"S-{n}", "quantity": 1}]}
        for n in range(2_000)
    ]
    take_in(read_lines(io.BytesIO("\n".join(map(json.dumps, lines)).encode())), source="a file", clock=timezone.now)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
        for name, end in product(INDEXES, (NEXT, LAST)):
            asked = {"low": "SO29", "high": "SO29" + end, "low_reference": "SO29", "high_reference": "SO29" + end}
            asked |= {"low_customer": "C-29", "high_customer": "C-29" + end, "given": "SO-29", "rows": 21}
            cursor.execute(f"explain {statement(f'pages/{name}', SQL)}", asked)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert [index for index in INDEXES[name] if index not in plan] == [], plan


def test_the_number_of_queries_is_small(agent, known, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        agent.get("/search?q=SO")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_slash_key_goes_to_the_search_box(browser, live_server, known):
    from tests.factories import PASSWORD, PersonFactory

    PersonFactory(username="tom", roles=["agent"])
    page = browser.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(live_server.url)
    page.fill("[name=login]", "tom")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    page.keyboard.press("/")
    page.keyboard.type("so-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/*")
    assert page.locator("h1").inner_text() == "Order SO-1"
    page.close()
    assert complaints == []
