"""The homes: whose comes first, what each number leads to, who may see them, and what they cost."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from django.utils import timezone

from connectors.models import Connection, Cursor
from exceptions.homes import snapshots
from exceptions.homes.choice import home_of, homes_of
from exceptions.homes.cx import customers
from exceptions.homes.ops import ops_home
from exceptions.models import (
    Acceptance,
    ExceptionCase,
    OwnershipRule,
    Proposal,
    Suppression,
    TrailEntry,
)
from exceptions.queue.cases import queue_page
from exceptions.queue.grammar import tomorrow
from exceptions.rights import Person, person_of
from exceptions.tasks import keep_homes
from reconciliation.models import OrderContent, Run, System
from tests.exceptions.people import bands, case, someone
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r'<a href="/queue\?([^"]*)"><span class="number">([\d,+]+)</span>')
IN_TABLE = re.compile(r'<a href="/queue\?([^"]*)">([\d,+]+)</a>')
HOSTILE = """Bad "co" O'Brien & <script>alert(1)</script> \\ ünï: owner:me"""


def by(days=0, **more):
    return timezone.now() - timedelta(days=days, **more)


def test_a_crowded_customer_is_called_as_the_newest_order_that_names_it_does():
    for days, name in ((3, "Harbour"), (2, "Harbour Stores"), (1, None)):
        order = {"content": uuid4(), "record": uuid4(), "status": "open", "placed_at": by(days)}
        OrderContent.objects.create(**order, customer_key="C-7", customer_name=name)
    for number in range(3):
        case(f"order:{number}", customer="C-7")
        case(f"return:{number}", customer="C-8")
    found = customers(timezone.now())
    assert found.title == "Harbour Stores (C-7) has 3 open"
    assert [bar.label for bar in found.bars] == ["Harbour Stores (C-7)", "C-8"]


def waiting_proposal(amount, *, proposer, kind="missing_credit", **more):
    known = case(
        f"return:portal:{amount}-{kind}",
        kind=kind,
        state="pending_approval",
        amount=Decimal(amount),
        currency="GBP",
        first_seen=by(1),
        **more,
    )
    return Proposal.objects.create(
        case=known,
        resolution="accept",
        note="agreed",
        amount=Decimal(amount),
        currency="GBP",
        evidence_hash="as it was",
        proposed_by=proposer.user,
        proposed_at=by(),
    )


@pytest.fixture
def tom():
    return someone("tom", "agent", "lead", "approver", team="cx")


@pytest.fixture
def busy(tom):
    """Cases of every sort that a home counts."""
    jo = someone("jo", "agent", team="ops")
    bands()
    for kind in ("order_stuck", "false_success", "premature_restock", "missing_credit", "unmapped_status"):
        for days in (0, 3, 20, 40):
            case(
                f"{kind}:{days}",
                kind=kind,
                team="cx" if days else "ops",
                first_seen=by(days),
                amount=Decimal(days + 1),
                currency="GBP" if days else "EUR",
                customer=HOSTILE if days else None,
                flow=HOSTILE if days else None,
            )
    for number, fields in enumerate(
        [
            {"due_at": by(1)},
            {"due_at": tomorrow(timezone.now()) - timedelta(seconds=1)},
            {"due_at": by(-9)},
            {"due_at": by(1), "paused_at": by(2), "state": "waiting", "until": by(-5)},
            {"due_at": by(1), "state": "waiting", "until": by(1)},
            {"due_at": None},
        ]
    ):
        case(
            f"mine:{number}", **{"state": "in_progress", "owner": tom.user, "team": "cx", "first_seen": by(1)} | fields
        )
    case("back", regressed=True, previous_owner=tom.user, state="new", team="cx", first_seen=by(1))
    failed = case("failed", kind="sync_failure", state="in_progress", owner=jo.user, team="ops", first_seen=by(2))
    back = {"from_state": "fix_applied", "to_state": "in_progress"}
    TrailEntry.objects.create(case=failed, at=by(1), move="fix_failed", source="run 1", **back)
    for number, late in enumerate((-1, 1)):
        closed = by(2)
        case(f"closed:{number}", state="resolved", closed_at=closed, due_at=closed + timedelta(days=late), team="ops")
    waiting_proposal("100", proposer=jo)
    waiting_proposal("9000", proposer=jo, kind="orphan_return")
    waiting_proposal("50", proposer=tom, kind="duplicate_credit")
    case("drift", kind="stock_drift", sku=HOSTILE, team="ops", evidence=[{"expected": "9", "actual": "2"}])
    tell_how_they_came()
    return jo


def tell_how_they_came():
    """Enters into the trail how each case was found, and how it was closed."""
    for one in ExceptionCase.objects.all():
        TrailEntry.objects.create(case=one, at=one.first_seen, move="detect", to_state="new", source="run 1")
        if one.closed_at:
            closed = {"move": "auto-resolve", "from_state": "new", "to_state": one.state, "source": "run 2"}
            TrailEntry.objects.create(case=one, at=one.closed_at, **closed)


def shown(client, person, address):
    client.force_login(person.user)
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("address", ["/home/finance", "/home/finance?currency=EUR", "/home/cx", "/home/ops"])
def test_each_number_is_the_number_of_rows_behind_it(client, busy, tom, address):
    check_numbers(shown(client, tom, address), tom, least=4)


def test_each_number_of_the_admins_is_the_number_of_rows_behind_it(client, busy):
    sam = someone("sam", "admin", team="admin")
    check_numbers(shown(client, sam, "/home/admin"), sam, least=12)


def check_numbers(page, person, *, least):
    found = [(unescape(query), number) for pattern in (NUMBER, IN_TABLE) for query, number in pattern.findall(page)]
    assert len(found) >= least
    for query, number in found:
        asked = dict(parse_qsl(query))
        assert queue_page(asked, person).total_label == number, query


def test_bars_lead_to_as_many_rows_as_they_say(client, busy, tom):
    for address in ("/home/finance", "/home/cx"):
        client.force_login(tom.user)
        page = client.get(address).context["page"]
        charts = [
            getattr(page, name) for name in ("at_risk", "ageing", "unclaimed", "customers") if hasattr(page, name)
        ]
        for bar in (bar for chart in charts for bar in chart.bars):
            said = re.search(r"^[\d,]+", bar.note or bar.text)[0]
            total = client.get(bar.address).context["page"].total_label
            assert total == said, (bar.label, bar.address)


def test_what_is_mine_falls_into_four_parts(client, busy, tom):
    client.force_login(tom.user)
    page = client.get("/home/cx").context["page"]
    assert [number.count for number in page.mine] == [1, 1, 1, 3]
    assert page.came_back.count == 1
    assert page.next_case.subject == "mine:0"
    assert page.is_mine


def test_with_nothing_of_my_own_the_next_item_is_the_first_that_nobody_took(client):
    ann = someone("ann", "agent", team="cx")
    case("later", team="cx", due_at=by(-2))
    case("sooner", team="cx", due_at=by(-1))
    case("not ours", team="ops", due_at=by(1))
    client.force_login(ann.user)
    assert client.get("/").context["page"].next_case.subject == "sooner"


def test_approvals_that_wait_for_me_are_covered_by_my_band_and_not_my_own(client, busy, tom):
    client.force_login(tom.user)
    page = client.get("/home/finance").context["page"]
    assert page.approvals.count == 1
    assert [proposal.amount for proposal in page.proposals] == [100]


def test_money_at_risk_knows_what_came_and_went_since_yesterday(client, tom):
    old = {"first_seen": by(5), "currency": "GBP", "kind": "missing_credit"}
    stays = case("stays", amount=Decimal(10), **old)
    grew = case("grew", amount=Decimal(30), **old)
    gone = case("gone", amount=Decimal(7), state="resolved", closed_at=timezone.now(), **old)
    new = case("new", amount=Decimal(100), first_seen=by(), currency="GBP")
    for known in (stays, grew, gone):
        TrailEntry.objects.create(case=known, at=by(5), move="detect", to_state="new", source="run 1")
    moved = {"at": timezone.now(), "source": "run 2"}
    before = {"amount_before": "12.00", "currency_before": "GBP"}
    TrailEntry.objects.create(case=new, move="detect", to_state="new", **moved)
    TrailEntry.objects.create(
        case=grew, move="re-detect", from_state="new", to_state="new", details=before | {"amount": "30"}, **moved
    )
    TrailEntry.objects.create(case=gone, move="auto-resolve", from_state="new", to_state="resolved", **moved)
    client.force_login(tom.user)
    page = client.get("/home/finance").context["page"]
    assert page.total == "140.00 GBP"
    assert page.change == 100 + 18 - 7
    assert {known.subject for known in client.get(page.change_address).context["page"].cases} == {"grew", "gone", "new"}


def test_variances_of_the_month_stand_against_my_limit(client, tom):
    bands(per_month="60")
    known = case(state="accepted", closed_at=timezone.now(), amount=Decimal(15), currency="GBP")
    Acceptance.objects.create(
        case=known, reason="rounding", amount=Decimal(15), currency="GBP", by=tom.user, at=known.closed_at
    )
    client.force_login(tom.user)
    variance = client.get("/home/finance").context["page"].variances[0]
    assert (variance.amount, variance.mine, variance.limit, variance.share) == (
        "15.00 GBP",
        "15.00 GBP",
        "60.00 GBP",
        "25.0",
    )
    other = case("other", state="accepted", closed_at=timezone.now(), amount=Decimal(9), currency="GBP")
    jo = someone("jo", "agent", team="cx")
    said = {"reason": "rounding", "amount": Decimal(9), "currency": "GBP", "at": other.closed_at}
    Acceptance.objects.create(case=other, by=jo.user, approved_by=tom.user, **said)
    behind = {of: client.get(address).context["page"].cases for of, address in variance.addresses.items()}
    assert behind == {"any": [known, other], "me": [known], "two": [other]}


def test_admins_see_what_is_about_to_end_and_who_lacks(client, busy, tom):
    sam = someone("sam", "admin", team="admin")
    soon, later = by(-3), by(-30)
    OwnershipRule.objects.create(position=1, name=HOSTILE, kind="order_stuck", team_id="ops", ends_at=soon)
    OwnershipRule.objects.create(position=2, name="stays", kind="missing_credit", team_id="ops", ends_at=later)
    Suppression.objects.create(kind="false_success", sku="A", reason="known", ends_at=soon, made_by=sam.user)
    tom.user.memberships.all().delete()
    page = shown(client, sam, "/home/admin")
    context = client.get("/home/admin").context["page"]
    assert [one.what for one in context.ending] == ["Ownership rule", "Suppression"]
    assert "stays" not in page
    assert "<script>alert" not in page
    assert {number.label for number in context.no_cover} == {"Customer experience", "Finance"}
    kinds = {number.label for number in context.no_rule}
    assert "Stuck in the warehouse" not in kinds
    assert kinds


@pytest.mark.parametrize("address", ["/home/finance", "/home/cx", "/home/ops", "/insight"])
def test_hostile_names_are_words_and_nothing_else(client, busy, tom, address):
    page = shown(client, tom, address)
    assert "<script>alert" not in page
    assert " style=" not in page


def test_the_home_is_that_of_the_team_then_of_the_role():
    people = {
        "finance": Person(None, frozenset({"agent"}), frozenset({"finance"})),
        "ops": Person(None, frozenset({"agent"}), frozenset({"ops"})),
        "cx": Person(None, frozenset({"agent", "viewer"})),
        "admin": Person(None, frozenset({"admin"}), frozenset({"admin"})),
    }
    assert {home: home_of(person) for home, person in people.items()} == {home: home for home in people}
    assert home_of(Person(None, frozenset({"finance_controller"}))) == "finance"
    assert home_of(Person(None, frozenset({"viewer"}))) == "finance"
    assert home_of(Person(None, frozenset({"agent"}), frozenset({"admin"}))) == "cx", "no right to the admins' home"


def test_only_who_configures_sees_the_admins_home(client):
    member, admin, outsider = (
        someone("agent", "agent", team="cx"),
        someone("admin", "admin"),
        person_of(PersonFactory()),
    )
    assert list(homes_of(member)) == ["finance", "cx", "ops"]
    for person, status in ((member, 403), (admin, 200), (outsider, 403)):
        client.force_login(person.user)
        assert client.get("/home/admin").status_code == status, person.user
    client.force_login(member.user)
    assert client.get("/home/nowhere").status_code == 404


@pytest.mark.parametrize("address", ["/home/finance", "/home/cx", "/home/ops", "/home/admin", "/insight"])
def test_an_empty_home_says_when_the_last_run_was_and_over_how_much(client, address):
    Run.objects.create(as_of=by(1), full=True, advanced=True, configuration=0, finished_at=by(1), groups=4118)
    person = someone("sam", "admin", "agent")
    assert "over 4,118 order groups" in shown(client, person, address)


def test_before_the_first_run_a_home_says_so(client):
    assert "The checks have not run yet" in shown(client, someone("sam", "agent"), "/")


@pytest.mark.parametrize(
    ("address", "later"),
    [("/home/finance", 10), ("/home/cx", 12), ("/home/ops", 10), ("/home/admin", 10), ("/insight", 10)],
)
def test_a_home_takes_few_queries_however_much_there_is(
    client, busy, tom, address, later, django_assert_max_num_queries
):
    person = someone("sam", "admin", "agent", "approver", team="admin")
    client.force_login(person.user)
    client.get("/inbox")  # the first page of a minute notes that somebody is at work
    with django_assert_max_num_queries(16):
        client.get(address)
    with django_assert_max_num_queries(later):
        client.get(address)


def test_the_home_of_operations_says_how_each_system_is_read(client, tom):
    System.objects.create(key="shop", kind="shopify")
    room = {"left": 1800, "limit": 2000}
    shop = Connection.objects.create(system="shop", kind="shopify", created_at=by(1), room=room)
    System.objects.create(key="layer", kind="ipaas", vendor="generic")
    Connection.objects.create(system="layer", kind="ipaas", vendor="generic")
    done = {"succeeded_at": by(1), "watermark": by(1), "records": 1234}
    Cursor.objects.create(connection=shop, feed="orders", failures=2, error=f"401 {HOSTILE}", **done)
    page = shown(client, tom, "/home/ops")
    assert "1 of 2 systems is not read as agreed" in page
    for words in ("failing", "orders: last success", "1 d", "1,234 items read", "1,800 of 2,000 left", "401 "):
        assert words in page
    assert HOSTILE not in page
    assert "Not read as agreed: shop." in shown(client, someone("sam", "admin", team="admin"), "/settings/")


def test_figures_that_all_share_are_taken_once_a_minute(client, tom):
    case("first", amount=Decimal(10), currency="GBP")
    client.force_login(tom.user)
    first = client.get("/home/finance").context["page"]
    case("second", amount=Decimal(10), currency="GBP")
    second = client.get("/home/finance").context["page"]
    assert (second.total, second.as_of) == (first.total, first.as_of)


def test_what_is_slow_to_take_is_taken_by_a_worker_and_nobody_waits_for_it(client, tom, monkeypatch):
    assert keep_homes() == ["operations", "finance", "admin", "customers"], "nobody knows yet how long it takes"
    assert keep_homes() == [], "it is quick"
    monkeypatch.setattr(snapshots, "QUICK", 0)
    assert len(keep_homes()) == 4
    case("stuck", kind="order_stuck", team="ops")
    for minutes, stuck in ((2, 0), (4, 1)):
        page = ops_home(tom, at=timezone.now() + timedelta(minutes=minutes))
        assert page.orders[0].count == stuck, "where no worker took them for so long, who asks does"


def test_admins_see_which_connection_fails_and_lead_to_it(client):
    sam = someone("sam", "admin")
    connection = Connection.objects.create(system="shopify", kind="shopify")
    Cursor.objects.create(connection=connection, feed=HOSTILE, failures=3, error="timeout")
    Cursor.objects.create(connection=connection, feed="orders", failures=0)
    page = shown(client, sam, "/home/admin")
    assert "failed 3 times running" in page
    assert 'href="/connections"' in page
    assert "<script>alert" not in page
    assert [cursor.feed for cursor in client.get("/home/admin").context["page"].failing] == [HOSTILE]
