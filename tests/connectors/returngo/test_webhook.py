"""ReturnGO's deliveries are hints: whatever they claim, the return is read again."""

import json
from dataclasses import replace

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.deliveries import handle_deliveries
from connectors.models import Delivery, Refusals
from connectors.returngo.webhook import news, verify
from connectors.webhooks import Forged, Malformed, NoSecret, Reread, Said, Unsigned, receive
from exceptions.pulling import take_in_lines
from tests.connectors.reading import incoming, made
from tests.connectors.signing import signature
from tests.connectors.vendors import BEGIN, access, ledger, pull_all, undone

RETURNGO = made("returngo")


def handle(connection, portal, clock):
    reach = access(connection, portal, clock)
    return handle_deliveries(connection, RETURNGO, access=reach, take_in=take_in_lines)


def tell(connection, portal, event, **data):
    return receive(connection, RETURNGO.webhook, incoming(*portal.delivery(event, **data)), at=timezone.now())


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"rmaId": "17"}, [Reread("rma", "17")]),
        ({"data": {"rma": {"rma_id": 17}}}, [Reread("rma", "17")]),
        ({"transactionId": "t1"}, [Reread("recent", "")]),
    ],
)
def test_what_an_event_tells(said, told):
    assert news(incoming({}, json.dumps({"eventName": "RMA_STATUS_UPDATED"} | said).encode())) == told


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"eventName": 3}', b'{"eventName": "X", "rmaId": "../webhooks"}', b"\xff"]
)
def test_a_delivery_of_another_shape_is_refused(body):
    with pytest.raises(Malformed):
        news(incoming({}, body))


def test_a_header_that_is_set_must_sign():
    said, body = {"signature_header": "X-Signature"}, b'{"eventName": "RMA_CREATED"}'
    right = signature(body, "hush")
    verify(incoming({"X-Signature": right}, body), ["new", "hush"], said, BEGIN)
    with pytest.raises(Forged):
        verify(incoming({"X-Signature": right}, body[:-1]), ["hush"], said, BEGIN)
    with pytest.raises(Unsigned):
        verify(incoming({}, body), ["hush"], said, BEGIN)
    with pytest.raises(NoSecret):
        verify(incoming({"X-Signature": right}, body), [], said, BEGIN)


def test_through_the_door(client, portals):
    connection, portal, clock = portals()
    address = f"/hooks/{connection.hook_key}"
    headers, body = portal.delivery("RMA_STATUS_UPDATED", rmaId="2", status="Done")
    for _ in range(2):
        assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    assert Delivery.objects.get().repeats == 1
    assert handle(connection, portal, clock) == 1
    assert ledger()["return", "2"]["status"] == "authorised"  # as it is, not as the event says
    assert client.post(address, b"{", content_type="application/json").status_code == 400
    assert Refusals.objects.get().reason == "malformed"
    assert client.post("/hooks/guessed", body, content_type="application/json").status_code == 404


def test_a_second_event_of_the_same_bytes_reads_the_return_again(portals):
    connection, portal, clock = portals()
    for fee in (1, 2):
        portal.rmas[1]["items"][0]["restockingFee"] = fee
        clock.pass_by(minutes=1)
        tell(connection, portal, "SHIPMENT_UPDATED", rmaId="2")
        assert handle(connection, portal, clock) == 1
        assert handle(connection, portal, clock) == 0
        assert str(ledger()["return", "2"]["fees"]) == str(fee)
    assert Delivery.objects.get().repeats == 1


def test_an_event_that_comes_again_while_its_return_is_read_is_read_once_more(portals):
    connection, portal, clock = portals()
    tell(connection, portal, "SHIPMENT_UPDATED", rmaId="2")
    portal.fail_next(lambda request: tell(connection, portal, "SHIPMENT_UPDATED", rmaId="2") and None)
    assert handle(connection, portal, clock) == 0
    assert handle(connection, portal, clock) == 1


def test_what_carries_its_news_itself_is_never_handled_again(portals):
    connection, portal, clock = portals()
    said = replace(RETURNGO.webhook, news=lambda incoming: [Said("rmas", {}), Reread("rma", "2")])
    came = incoming(*portal.delivery("SHIPMENT_UPDATED", rmaId="2"))
    receive(connection, said, came, at=clock.now)
    Delivery.objects.update(handled_at=clock.now)
    receive(connection, said, came, at=clock.now)
    assert Delivery.objects.get().handled_at == clock.now


def test_an_event_without_a_number_reads_what_changed_of_late(portals):
    connection, portal, clock = portals()
    portal.touch(portal.rmas[3], status="Received")
    clock.pass_by(minutes=1)
    tell(connection, portal, "TRANSACTION_CREATED", transactionId="t9")
    assert handle(connection, portal, clock) == 1
    assert list(ledger()) == [("return", "4")]


def test_an_event_of_a_return_that_is_gone_withdraws_it(portals):
    connection, portal, clock = portals()
    pull_all(connection, portal, clock, "rmas")
    portal.rmas.pop(0)
    clock.pass_by(minutes=1)
    tell(connection, portal, "RMA_STATUS_UPDATED", rmaId="1")
    handle(connection, portal, clock)
    assert ("return", "1") not in ledger()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)), cuts=st.sets(st.integers(0, 5)), pulled=st.integers(0, 6))
def test_events_in_any_order_beside_a_pull_end_as_the_portal_is(portals, order, cuts, pulled):
    with undone():
        connection, portal, clock = portals(3)
        for place, number in enumerate(order):
            clock.pass_by(seconds=number % 2)
            portal.rmas[number % 3]["items"][0]["restockingFee"] = place + 1
            tell(connection, portal, "RMA_STATUS_UPDATED", rmaId=str(number % 3 + 1), n=number)
            if place in cuts:
                handle(connection, portal, clock)
            if place == pulled:
                pull_all(connection, portal, clock, "rmas")
        handle(connection, portal, clock)
        fees = {one["rmaSummary"]["rmaId"]: str(one["items"][0]["restockingFee"]) for one in portal.rmas}
        assert {id: found["fees"] for (_, id), found in ledger("return").items()} == fees
