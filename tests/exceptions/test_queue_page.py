"""The queue: who may see it, what the filters let through, how it sorts and pages, and what one exception shows."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from playwright.sync_api import expect

from exceptions.models import ExceptionCase, TrailEntry
from exceptions.queue.order import ORDERS, in_rows
from tests.factories import PersonFactory

NOW = datetime(2026, 9, 30, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def case(subject, **fields):
    base = {
        "kind": "missing_po",
        "subject": subject,
        "severity": "high",
        "team": "finance",
        "title": f"About {subject}",
        "first_seen": NOW,
        "last_seen": NOW,
        "due_at": NOW + timedelta(hours=1),
    }
    return ExceptionCase.objects.create(**base | fields)


@pytest.fixture
def agent(client):
    client.force_login(PersonFactory(username="tom", roles=["agent"]))
    return client


def titles(answer):
    """What the rows of the page say, as they stand in it."""
    return [unescape(title) for title in re.findall(r'<a class="what"[^>]*>([^<]*)</a>', answer.content.decode())]


def test_nobody_is_asked_to_sign_in(client):
    known = case("order:shop:1")
    for address in ("/queue", f"/exceptions/{known.id}"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")


def test_open_exceptions_by_time_left_then_the_rest_by_filter(agent):
    case("order:shop:late", due_at=NOW + timedelta(hours=9))
    case("order:shop:soon", due_at=NOW)
    case("order:shop:done", state="resolved", closed_at=NOW)
    assert titles(agent.get("/queue")) == ["About order:shop:soon", "About order:shop:late"]
    assert titles(agent.get("/queue?state=closed")) == ["About order:shop:done"]


def test_of_what_is_due_at_once_the_most_money_comes_first_also_to_the_next_one(agent):
    known = [case(f"order:shop:{said}", amount=said and Decimal(said)) for said in ("5.00", None, "70.00", "5.000")]
    order = [known[place] for place in (2, 0, 3, 1)]
    assert titles(agent.get("/queue")) == [one.title for one in order]
    for before, one, after in zip([None, *order], order, [*order[1:], None], strict=False):
        page = agent.get(f"/exceptions/{one.pk}").context["page"]
        assert (page.previous, page.following) == (before, after)


def test_filters_and_search_by_any_number(agent):
    case("order:shop:1", kind="orphan_return", team="cx", systems=["portal"], refs={"rma": "RMA-7"})
    case("order:shop:2", severity="critical", refs={"purchase_order": "PO-9"})
    for asked, found in [
        ("kind=orphan_return", ["About order:shop:1"]),
        ("team=finance", ["About order:shop:2"]),
        ("severity=critical", ["About order:shop:2"]),
        ("q=rma-7", ["About order:shop:1"]),
        ("q=%23po-9", ["About order:shop:2"]),
        ("q=about", ["About order:shop:1", "About order:shop:2"]),
        ("q=nothing+such", []),
    ]:
        assert titles(agent.get(f"/queue?{asked}")) == found, asked


def test_by_money_with_unknown_amounts_last(agent):
    for amount in ("5.00", None, "70.00"):
        case(f"order:shop:{amount}", amount=amount and Decimal(amount), currency=amount and "GBP")
    assert titles(agent.get("/queue?order=amount")) == [f"About order:shop:{a}" for a in ("70.00", "5.00", None)]


@pytest.mark.parametrize("asked", ["", "&state=any", "&q=state:any"])
@pytest.mark.parametrize("order", ["due", "amount", "severity", "newest"])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(agent, order, asked):
    for number in range(120):
        case(f"order:shop:{number}", amount=Decimal(number % 3), currency="GBP", due_at=NOW + timedelta(number % 5))
    if asked:
        done = ExceptionCase.objects.filter(amount=1)
        done.update(state="resolved", closed_at=NOW)
    seen, address = [], f"?order={order}{asked}"
    while address:
        answer = agent.get(f"/queue{address}")
        seen += titles(answer)
        address = answer.context["following"]
    assert len(seen) == len(set(seen)) == 120
    if asked:  # as the database sorts all of them at once
        known = in_rows(ExceptionCase.objects.all(), ORDERS[order], "")
        assert seen == [one.title for one in known]


def test_before_and_after_one_stand_open_and_closed_alike(agent):
    ids = [
        case(f"order:shop:{number}", due_at=NOW + timedelta(number), **state).pk
        for number, state in enumerate([{}, {"state": "resolved", "closed_at": NOW}, {}])
    ]
    page = agent.get(f"/exceptions/{ids[1]}?queue=state%3Dany").context["page"]
    assert (page.previous.pk, page.following.pk) == (ids[0], ids[2])


def test_what_is_asked_wrongly_counts_as_not_asked(agent):
    case("order:shop:1")
    assert titles(agent.get("/queue?order=;drop&after=%00&kind=no_such&team=<b>")) == ["About order:shop:1"]


def test_the_number_of_queries_does_not_grow_with_the_rows(agent, django_assert_max_num_queries):
    for number in range(60):
        case(f"order:shop:{number}")
    agent.get("/inbox")  # the first page of a minute notes that somebody is at work
    with django_assert_max_num_queries(13):
        agent.get("/queue")


def test_one_exception_shows_its_evidence_and_what_happened(agent):
    known = case(
        "order:shop:1",
        evidence=[
            {
                "field": "refs.purchase_order",
                "expected": "PO-1",
                "expected_from": "A",
                "actual": "<b>",
                "actual_from": "B",
            }
        ],
        suggestions=[{"order": "order:shop:9", "why": "same customer"}],
    )
    TrailEntry.objects.create(
        case=known, at=NOW, move="detect", to_state="new", source="run 1", details={"amount": "5.00", "currency": "GBP"}
    )
    page = agent.get(f"/exceptions/{known.id}").content.decode()
    for part in ("PO-1", "&lt;b&gt;", "same customer", "Found, with 5.00 GBP at risk."):
        assert part in page
    assert "<b>" not in page


def test_the_trail_can_be_neither_changed_nor_deleted():
    entry = TrailEntry.objects.create(
        case=case("order:shop:1"), at=timezone.now(), move="detect", to_state="new", source="run 1"
    )
    for change in (lambda: TrailEntry.objects.filter(id=entry.id).update(note="x"), entry.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_person_signs_in_filters_and_opens_one(browser, live_server):
    PersonFactory(username="tom", roles=["agent"])
    case("order:shop:1", kind="orphan_return")
    case("order:shop:2")
    page = browser.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{live_server.url}/queue")
    page.fill("[name=login]", "tom")
    page.fill("[name=password]", "harbour-and-pine")
    page.click("main button[type=submit]")
    assert page.locator("tbody tr").count() == 2
    page.click("text=Filter, sort, group")
    page.select_option("#id_kind", "orphan_return")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert "kind=orphan_return" in page.url
    page.click("a.what")
    assert page.locator("h1").inner_text() == "About order:shop:1"
    page.close()
    assert complaints == []
