"""A system that is not read as expected: the queue and what rests on its word say so, as long as it lasts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.models import Connection, Cursor
from exceptions.checklists.queries import address_of, counts
from exceptions.ledgers.unread import unread_systems
from exceptions.models import ChecklistRound, ExceptionCase
from reconciliation.models import System
from tests.cached import forget
from tests.exceptions.people import someone

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)
FEEDS = ("orders", "drafts", "products", "stock", "open_returns", "open_drafts", "deleted")


@pytest.fixture(autouse=True)
def _taken_anew():
    forget()


@pytest.fixture
def shop():
    """A connected shop, of which two open exceptions speak and one that is closed."""
    System.objects.create(key="shop", kind="shopify", name="The shop")
    System.objects.create(key="wms", kind="warehouse", vendor="file")
    made = Connection.objects.create(system="shop", kind="shopify")
    Connection.objects.update(created_at=NOW - 99 * HOUR)
    for feed in FEEDS:
        Cursor.objects.create(connection=made, feed=feed, succeeded_at=NOW, watermark=NOW)
    said = {"kind": "missing_po", "severity": "high", "team": "ops", "first_seen": NOW, "last_seen": NOW}
    for number, systems in [(1, ["shop", "wms"]), (2, ["shop"]), (3, ["wms"])]:
        ExceptionCase.objects.create(subject=f"order:shop:{number}", systems=systems, title="PO", **said)
    closed = {"subject": "order:shop:4", "systems": ["shop"], "state": "resolved", "closed_at": NOW}
    ExceptionCase.objects.create(title="PO", **said | closed)
    return made


def late(shop, *feeds, error=""):
    Cursor.objects.filter(feed__in=feeds).update(succeeded_at=NOW - 2 * HOUR, error=error, failures=bool(error))


def test_what_is_read_in_time_is_not_spoken_of(shop):
    assert unread_systems(at=NOW + timedelta(minutes=44)) == []


def test_a_late_system_is_told_with_its_late_feeds_and_what_rests_on_it(shop):
    late(shop, "orders", "drafts", error="401: the credentials do not count")
    (told,) = unread_systems(at=NOW)
    assert (told.system, told.name, told.feeds) == ("shop", "The shop", ("orders", "drafts"))
    assert (told.read_at, told.expected_by) == (NOW - 2 * HOUR, NOW - 2 * HOUR + timedelta(minutes=15))
    assert (told.why, told.cases) == ("401: the credentials do not count", 2)


def test_one_that_was_never_read_was_expected_after_it_was_connected(shop):
    Cursor.objects.all().delete()
    (told,) = unread_systems(at=NOW)
    assert (told.read_at, told.expected_by) == (None, NOW - 99 * HOUR + timedelta(minutes=15))


def test_a_pause_is_not_lateness(shop):
    late(shop, "orders")
    Connection.objects.update(paused_at=NOW - 3 * HOUR)
    assert unread_systems(at=NOW) == []


def test_the_queue_says_so_above_its_rows_and_where_it_is_empty(client, shop):
    client.force_login(someone("oli", "agent", team="ops").user)
    assert "not read as expected" not in client.get("/queue").content.decode()
    forget()
    late(shop, "orders", error="<b>down</b>")
    page = client.get("/queue").content.decode()
    assert "A system is not read as expected" in page
    assert ">2 open exceptions</a> rest on it" in page
    assert "&lt;b&gt;down" in page
    ExceptionCase.objects.all().delete()
    assert "all feeds fresh" not in client.get("/queue").content.decode()


def test_an_exception_says_so_where_the_late_system_has_a_say(client, shop):
    client.force_login(someone("oli", "agent", team="ops").user)
    late(shop, "orders")
    theirs, others = (ExceptionCase.objects.get(subject=f"order:shop:{number}") for number in (1, 3))
    assert "what it says here may have changed since" in client.get(f"/exceptions/{theirs.pk}").content.decode()
    assert "what it says here" not in client.get(f"/exceptions/{others.pk}").content.decode()


def test_the_morning_checklist_counts_it(shop):
    late(shop, "orders")
    turn = ChecklistRound()
    assert counts({"unread_systems"}, turn, at=NOW) == {"unread_systems": 1}
    assert address_of("unread_systems", turn) == "/queue"  # above which each is named
