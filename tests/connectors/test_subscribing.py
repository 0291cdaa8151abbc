"""Subscriptions to deliveries: made once for what lacks, moved with the address, missed when the vendor ends them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from connectors.connecting import try_connection
from connectors.credentials import secret
from connectors.models import Delivery
from connectors.registry import connector, connectors
from connectors.subscribing import NoAddress, NotSubscribable, standings, subscribe, unsubscribe
from connectors.webhooks import receive
from exceptions.pulling import access_to
from tests.connectors.reading import incoming
from tests.connectors.returngo.portal import portals
from tests.connectors.shopify.shop import shops
from tests.connectors.vendors import access, connected
from tests.connectors.warehouse.shipbob.merchant import merchants

__all__ = ["merchants", "portals", "shops"]

pytestmark = pytest.mark.django_db
HERE = "https://recon.example.test"
VENDORS = {"shops": "shopify", "merchants": "shipbob", "portals": "returngo"}


class Party:
    """One connected vendor."""

    def __init__(self, connection, simulator, clock):
        self.connection, self.simulator, self.clock = connection, simulator, clock
        self.made = connector(connection.kind, connection.vendor)

    def access(self):
        return access(self.connection, self.simulator, self.clock)

    def subscribe(self, base=HERE):
        return subscribe(self.connection, self.made, access=self.access(), base=base)

    def states(self):
        return {one.state for one in standings(self.connection, self.made, access=self.access())}

    def listed(self):
        return self.simulator.subscriptions if self.connection.kind == "shopify" else self.simulator.webhooks

    def test(self):
        return try_connection(self.connection, self.made, access=self.access())


@pytest.fixture(params=VENDORS)
def party(request):
    return Party(*request.getfixturevalue(request.param)())


def test_what_lacks_is_made_and_made_once(party):
    assert party.states() == {"missing"}
    found, refused = party.subscribe()
    assert [one.topic for one in found] == list(party.made.topics)
    assert {one.state for one in found} == {"subscribed"}
    assert refused == []
    before = [str(one["id"]) for one in party.listed()]
    party.subscribe()
    assert [str(one["id"]) for one in party.listed()] == before
    assert party.states() == {"subscribed"}


def test_one_that_the_vendor_ends_is_missed_by_the_connection_test_and_made_again(party):
    assert party.test() == []  # nobody has asked for deliveries yet
    party.subscribe()
    assert party.test() == []
    gone = party.listed().pop()
    (words, *_) = party.test()
    assert words.startswith("The subscription to")
    assert words.endswith("is gone.")
    assert party.connection.missing[0] == words
    party.subscribe()
    assert party.test() == []
    assert len(party.listed()) == len({str(one["id"]) for one in party.listed()})
    assert gone is not None


def test_another_address_takes_the_place_of_the_first_and_nobody_else_s(party):
    party.subscribe("https://old.example.test")
    theirs = dict(party.listed()[0]) | {"id": "gid://shopify/WebhookSubscription/90"}
    theirs |= {"uri": "https://theirs.example.test/hooks/x", "url": "https://theirs.example.test/hooks/x"}
    theirs["id"] = theirs["id"] if party.connection.kind == "shopify" else (90 if "eventName" in theirs else "90")
    party.listed().append(theirs)
    party.subscribe()
    addresses = {one.get("uri") or one["url"] for one in party.listed()}
    here = f"{HERE}/hooks/{party.connection.hook_key}"
    assert addresses == {here, "https://theirs.example.test/hooks/x"}
    assert unsubscribe(party.connection, party.made, access=party.access()) > 0
    assert [str(one["id"]) for one in party.listed()] == [str(theirs["id"])]
    assert party.test() == []


def test_a_kill_between_any_two_requests_makes_nothing_twice(party):
    party.states()  # with a token, where one is needed
    begun = len(party.simulator.requests)
    party.subscribe()
    steps = len(party.simulator.requests) - begun
    for step in range(steps):
        unsubscribe(party.connection, party.made, access=party.access())
        party.simulator.fail_next(*[None] * step, _killed)
        with pytest.raises(KeyboardInterrupt):
            party.subscribe()
        party.simulator.faults.clear()
        party.subscribe()
        assert party.states() == {"subscribed"}
        topics = [topic for one in party.listed() for topic in _topics(one)]
        assert sorted(topics) == sorted(party.made.topics)


def _killed(request):
    raise KeyboardInterrupt


def _topics(one):
    return one.get("topics") or [one.get("topic") or one["eventName"]]


def test_deliveries_come_to_https_alone(party):
    with pytest.raises(NoAddress):
        party.subscribe("http://recon.example.test")
    assert party.listed() == []


def test_an_app_without_a_scope_is_told_which_topics_are_refused(shops):
    shop = Party(*shops())
    shop.simulator.scopes.remove("read_returns")
    found, refused = shop.subscribe()
    assert {one.topic for one in found if one.state == "missing"} == {
        one for one in shop.made.topics if one.startswith("RE") and not one.startswith("REFUND")
    }
    assert len(refused) == 9
    assert "permission" in refused[0]


def test_a_subscription_whose_deliveries_fail_is_ended_by_the_shop_and_missed(shops):
    shop = Party(*shops())
    shop.subscribe()
    for _ in range(8):
        shop.simulator.not_answered("ORDERS_UPDATED")
    assert shop.test() == ["The subscription to ORDERS_UPDATED is gone."]


def test_a_webhook_that_is_switched_off_is_made_anew(merchants):
    shipbob = Party(*merchants())
    shipbob.subscribe()
    shipbob.listed()[0]["enabled"] = False
    assert shipbob.states() == {"stopped"}
    assert shipbob.test()[0] == "The subscription to order.shipped was switched off by the vendor."
    shipbob.subscribe()
    assert shipbob.states() == {"subscribed"}
    assert len(shipbob.listed()) == 1


def test_shipbob_signs_with_the_key_that_we_made(merchants):
    shipbob = Party(*merchants())
    shipbob.connection.credentials.filter(name="webhook_secret").delete()
    shipbob.subscribe()
    assert secret(shipbob.connection, "webhook_secret") == shipbob.simulator.webhook_secret
    headers, body = shipbob.simulator.delivery("return.updated", {"id": 7})
    receive(shipbob.connection, shipbob.made.webhook, incoming(headers, body), at=shipbob.clock())
    assert Delivery.objects.count() == 1


def test_others_make_theirs_in_their_own_pages():
    able = {(one.kind, one.vendor) for one in connectors() if one.topics}
    assert able == {("shopify", ""), ("warehouse", "shipbob"), ("returngo", "")}
    swap = connected("swap")
    with pytest.raises(NotSubscribable, match="Swap"):
        subscribe(swap, connector("swap"), access=access_to(swap), base=HERE)


@pytest.fixture
def shop_of_the_command(shops, monkeypatch):
    shop = Party(*shops())
    command = "exceptions.management.commands.connection.access_to"
    monkeypatch.setattr(command, lambda connection: access(connection, shop.simulator, shop.clock))
    return shop


def test_by_command(shop_of_the_command):
    def said(*words):
        out = StringIO()
        call_command("connection", *words, stdout=out)
        return out.getvalue()

    with pytest.raises(SystemExit):
        said("subscriptions", "shopify")
    assert "ORDERS_UPDATED                      subscribed" in said("subscribe", "shopify", "--address", HERE)
    assert "missing" not in said("subscriptions", "shopify")
    assert said("unsubscribe", "shopify") == "25 subscriptions ended\n"
    with pytest.raises(CommandError, match="https alone"):
        said("subscribe", "shopify", "--address", "http://recon.example.test")
