"""What a vendor delivers ends with its connection: asked for once, tried until it is done, each step in the trail."""

import pytest

from connectors.models import Connection, Ending, Outbox
from connectors.registry import connector
from connectors.simulating import failing
from connectors.subscribing import subscribe
from exceptions.configuration.changes import StillUsed, history
from exceptions.configuration.endings import attempt_ending, call_off, due_endings, end_deliveries, remove
from tests.connectors.returngo.portal import portals
from tests.connectors.shopify.shop import shops
from tests.connectors.vendors import Killed, access, connected
from tests.connectors.warehouse.shipbob.merchant import merchants
from tests.factories import PersonFactory

__all__ = ["merchants", "portals", "shops"]
pytestmark = pytest.mark.django_db
HERE = "https://recon.example.test"


class Told:
    """A connection that its vendor delivers to, and an admin."""

    def __init__(self, connection, simulator, clock):
        self.connection, self.simulator, self.clock = connection, simulator, clock
        self.admin = PersonFactory(roles=["admin"])
        made = connector(connection.kind, connection.vendor)
        subscribe(connection, made, access=access(connection, simulator, clock), base=HERE)

    def listed(self):
        return self.simulator.subscriptions if self.connection.kind == "shopify" else self.simulator.webhooks

    def remove(self):
        return remove(self.connection, by=self.admin, at=self.clock())

    def attempt(self):
        return attempt_ending(self.connection.id, clock=self.clock, transport=self.simulator.transport())

    def exists(self):
        return Connection.objects.filter(id=self.connection.id).exists()

    def trail(self):
        return [entry.move for entry in reversed(history(about=f"connection {self.connection.system}").entries)]


@pytest.fixture(params=["shops", "merchants", "portals"])
def told(request):
    return Told(*request.getfixturevalue(request.param)())


@pytest.fixture
def shop(shops):
    return Told(*shops())


def test_a_removed_connection_goes_once_its_vendor_delivers_no_longer(told):
    assert told.listed()
    assert told.remove() is False
    assert told.exists()
    assert Connection.objects.get(id=told.connection.id).paused_at
    assert due_endings(at=told.clock()) == [told.connection.id]
    assert told.attempt() == "done"
    assert told.listed() == []
    assert not told.exists()
    assert told.trail() == ["leave", "unsubscribe", "disconnect"]
    assert told.attempt() == "nothing"


def test_what_the_vendor_refuses_is_kept_and_tried_again_with_growing_rests(told):
    told.remove()
    told.simulator.fail_next(*[failing(403)] * 4)
    assert told.attempt() == "later"
    assert told.exists()
    (first,) = Ending.objects.all()
    assert "403" in first.error
    assert told.attempt() == "nothing"
    told.clock.now = first.due_at
    assert told.attempt() == "later"
    second = Ending.objects.get()
    assert second.due_at - told.clock() > first.due_at - first.asked_at
    assert told.trail() == ["leave", "not_ended"]
    told.simulator.faults.clear()
    told.clock.now = second.due_at
    assert told.attempt() == "done"
    assert not told.exists()


def test_a_process_that_dies_between_two_requests_leaves_nothing_behind(told):
    begun, removed = len(told.simulator.requests), 0
    while told.exists():
        told.remove()
        told.simulator.fail_next(*[None] * removed, _killed)
        try:
            told.attempt()
        except Killed:
            told.simulator.faults.clear()
            removed += 1
            told.clock.pass_by(minutes=3)
            assert due_endings(at=told.clock()) == [told.connection.id]
    assert told.listed() == []
    assert len(told.simulator.requests) > begun


def _killed(request):
    raise Killed


def test_what_was_called_off_stays_as_it_is(shop):
    shop.remove()
    call_off(shop.connection, by=shop.admin, at=shop.clock())
    assert shop.attempt() == "nothing"
    assert shop.listed()
    assert shop.exists()
    assert shop.trail() == ["leave", "call_off"]


def test_one_that_is_called_off_while_the_vendor_answers_is_not_forgotten(shop):
    shop.remove()
    shop.simulator.fail_next(lambda request: call_off(shop.connection, by=shop.admin, at=shop.clock()))
    shop.attempt()
    assert shop.exists()


def test_deliveries_end_and_the_connection_stays(shop):
    end_deliveries(shop.connection, by=shop.admin, at=shop.clock())
    assert shop.attempt() == "done"
    assert shop.listed() == []
    assert shop.exists()
    assert Connection.objects.get().paused_at is None
    assert shop.trail() == ["end_deliveries", "unsubscribe"]


def test_a_connection_that_nothing_is_delivered_to_goes_at_once():
    swap = connected("swap")
    assert remove(swap, by=PersonFactory(roles=["admin"]), at=swap.created_at) is True
    assert not Connection.objects.exists()


def test_one_that_something_was_written_into_is_not_removed_and_keeps_its_deliveries(shop):
    Outbox.objects.create(connection=shop.connection, key="k", action="a", payload={}, due_at=shop.clock())
    with pytest.raises(StillUsed):
        shop.remove()
    assert not Ending.objects.exists()
