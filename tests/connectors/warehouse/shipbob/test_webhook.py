"""ShipBob's deliveries: signed, fresh, each once, and only a hint."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.deliveries import handle_deliveries
from connectors.models import Delivery, Refusals
from connectors.warehouse.shipbob.simulator import SECRET, ShipBob
from connectors.warehouse.shipbob.webhook import news, verify
from connectors.webhooks import Forged, Malformed, Reread, Stale, Unsigned, receive
from exceptions.pulling import take_in_lines
from tests.connectors.reading import incoming, made
from tests.connectors.vendors import BEGIN, Clock, access, ledger, pull_all, undone

SHIPBOB = made("warehouse", "shipbob")
OTHER = "whsec_bmV3IHNlY3JldA=="


@pytest.fixture
def sent():
    return ShipBob(Clock()).delivery("return.updated", {"id": 1})


def test_signatures(sent):
    headers, body = sent
    verify(incoming(headers, body), [OTHER, SECRET], {}, BEGIN)
    for wrong in (incoming(headers, body[:-1]), incoming(headers | {"webhook-id": "msg_2"}, body)):
        with pytest.raises(Forged):
            verify(wrong, [SECRET], {}, BEGIN)
    with pytest.raises(Forged):
        verify(incoming(headers, body), [OTHER], {}, BEGIN)
    with pytest.raises(Unsigned):
        verify(incoming(headers | {"webhook-signature": ""}, body), [SECRET], {}, BEGIN)
    with pytest.raises(Stale):
        verify(incoming(headers, body), [SECRET], {}, BEGIN + timedelta(minutes=6))


@pytest.mark.parametrize(
    ("topic", "body", "told"),
    [
        ("order.shipped", b'{"id": 5}', [Reread("order", "5")]),
        ("order.shipment.delivered", b'{"id": 9, "order_id": 5}', [Reread("order", "5")]),
        ("return.completed", b'{"data": {"id": "5"}}', [Reread("return", "5")]),
        ("billing.charge.created", b"{}", []),
    ],
)
def test_what_a_delivery_tells(topic, body, told):
    assert news(incoming({"x-webhook-topic": topic}, body)) == told


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"id": "../x"}', b"\xff"])
def test_another_shape(body):
    with pytest.raises(Malformed):
        news(incoming({"x-webhook-topic": "order.shipped"}, body))


def handle(connection, merchant, clock):
    return handle_deliveries(connection, SHIPBOB, access=access(connection, merchant, clock), take_in=take_in_lines)


def test_through_the_door(client, merchants):
    connection, merchant, clock = merchants()
    merchant.clock = timezone.now
    address = f"/hooks/{connection.hook_key}"
    headers, body = merchant.delivery("order.shipped", {"id": 2, "status": "Fulfilled"})
    for _ in range(2):
        assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    assert Delivery.objects.get().repeats == 1
    assert handle(connection, merchant, clock) == 1
    assert ledger()["order", "2"]["status"] == "released"
    assert client.post(address, body + b" ", content_type="application/json", headers=headers).status_code == 401
    assert Refusals.objects.get().reason == "forged"


def test_an_order_that_is_not_there(merchants):
    connection, merchant, clock = merchants()
    receive(connection, SHIPBOB.webhook, incoming(*merchant.delivery("order.shipped", {"id": 404})), at=clock())
    assert handle(connection, merchant, clock) == 1
    assert ledger() == {}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)), cuts=st.sets(st.integers(0, 5)), pulled=st.integers(0, 6))
def test_deliveries_in_any_order_beside_a_pull_end_as_the_warehouse_is(merchants, order, cuts, pulled):
    with undone():
        connection, merchant, clock = merchants(3)
        for place, number in enumerate(order):
            clock.pass_by(seconds=number % 2)
            merchant.returns[number % 3]["reference_id"] = f"change {place}"
            one = incoming(*merchant.delivery("return.updated", {"id": number % 3 + 1}, id=f"msg_{number}"))
            receive(connection, SHIPBOB.webhook, one, at=clock())
            if place in cuts:
                handle(connection, merchant, clock)
            if place == pulled:
                pull_all(connection, merchant, clock, "returns")
        handle(connection, merchant, clock)
        numbers = {str(one["id"]): one["reference_id"] for one in merchant.returns}
        assert {id: found["number"] for (_, id), found in ledger("return").items()} == numbers
