"""A system that is not read: its silence is told by letter, and an integration layer's also makes its flows silent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.models import Connection, Cursor
from exceptions.models import ExceptionCase, Message, SystemOwner
from exceptions.news.late_feeds import tell_of_late_feeds
from exceptions.pulling import take_in_lines
from exceptions.reconciling import reconcile
from reconciliation.models import Flow, System
from tests.exceptions.people import someone as anybody
from tests.exceptions.people import teams

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)
FEEDS = ("orders", "drafts", "products", "stock", "open_returns", "open_drafts", "deleted")


@pytest.fixture
def shop():
    teams()
    System.objects.create(key="shop", kind="shopify")
    made = Connection.objects.create(system="shop", kind="shopify")
    Connection.objects.update(created_at=NOW - timedelta(days=9))
    for feed in FEEDS:
        Cursor.objects.create(connection=made, feed=feed, succeeded_at=NOW, watermark=NOW)
    return made


def someone(name, *roles, **said):
    person = anybody(name, *roles, **said)
    person.user.email = f"{name}@example.test"
    person.user.save()


def recipients():
    return sorted(Message.objects.values_list("person__username", flat=True))


def test_who_configures_and_who_looks_after_the_system_are_told_once_for_each_lateness(shop):
    someone("sam", "admin")
    someone("oli", "agent", team="ops")
    someone("lea", "agent", team="ops", lead=True)
    SystemOwner.objects.create(system_id="shop", team_id="ops")
    assert tell_of_late_feeds(at=NOW + timedelta(minutes=44)) == 0
    tell_of_late_feeds(at=NOW + HOUR)
    assert recipients() == ["lea", "sam"]
    title = Message.objects.first().content["title"]
    assert title.startswith("shop has not been read since")
    assert "orders, drafts" in title
    tell_of_late_feeds(at=NOW + 2 * HOUR)
    assert len(recipients()) == 2
    Cursor.objects.update(succeeded_at=NOW + 3 * HOUR)
    tell_of_late_feeds(at=NOW + 5 * HOUR)
    assert len(recipients()) == 4


def test_why_it_is_not_read_is_said(shop):
    someone("sam", "admin")
    Cursor.objects.filter(feed="orders").update(failures=9, error="401: the credentials do not count")
    tell_of_late_feeds(at=NOW + HOUR)
    assert "the credentials do not count" in Message.objects.get().content["title"]


def test_a_paused_connection_is_not_late(shop):
    someone("sam", "admin")
    Connection.objects.update(paused_at=NOW)
    assert tell_of_late_feeds(at=NOW + 9 * HOUR) == 0


def test_an_integration_layer_that_is_not_read_makes_its_flows_silent(shop):
    warehouse = System.objects.create(key="wms", kind="warehouse")
    System.objects.create(key="layer", kind="ipaas", vendor="celigo")
    Flow.objects.create(
        key="to-wms", record="order", source_id="shop", target=warehouse, cadence=HOUR / 4, grace=HOUR, compare=[]
    )

    def order(number, at):
        told = {"type": "order", "system": "shop", "id": str(number), "at": at.isoformat(), "placed_at": at.isoformat()}
        return told | {"status": "open", "refs": {"sales_order": f"SO-{number}"}}

    begin = NOW - 9 * HOUR
    about = {"type": "outcome", "system": "layer", "id": "o1", "flow": "to-wms", "result": "success"}
    heard = about | {"at": (begin + HOUR / 4).isoformat(), "record": {"type": "order", "id": "1"}}
    take_in_lines([order(1, begin), heard, order(2, begin + HOUR)], "test")
    reconcile(as_of=begin + 2 * HOUR, now=NOW)
    assert not ExceptionCase.objects.filter(kind="silent_flow").exists()
    reconcile(as_of=begin + 4 * HOUR, now=NOW)
    assert ExceptionCase.objects.get(kind="silent_flow").subject == "flow:to-wms"
