"""Deliveries from Xero: only rightly signed ones, about our organisation; each read again, as they carry no amounts."""

import json

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.deliveries import handle_deliveries
from connectors.erp.xero.simulator import TENANT
from connectors.erp.xero.webhook import news, verify
from connectors.models import Delivery, Refusals
from connectors.registry import connector
from connectors.webhooks import Forged, Incoming, Malformed, Reread, Unsigned, WrongSender, receive
from exceptions.pulling import take_in_lines
from tests.connectors.erp.xero.organisation import cn, inv, note
from tests.connectors.signing import signature
from tests.connectors.vendors import BEGIN, access, ledger, undone

pytestmark = pytest.mark.django_db
FIRST = cn(1)
SETTINGS = {"tenant_id": TENANT}


def event(id=FIRST, category="CREDITNOTE", **said):
    return {"resourceId": id, "eventCategory": category, "eventType": "UPDATE"} | said


def incoming(headers, body):
    return Incoming({name.lower(): value for name, value in headers.items()}, body)


def handle(connection, organisation, clock):
    made = connector("erp", "xero")
    return handle_deliveries(connection, made, access=access(connection, organisation, clock), take_in=take_in_lines)


def test_a_delivery_through_the_door_is_read_again(client, organisations):
    connection, organisation, clock = organisations()
    headers, body = organisation.delivery(event(cn(3)))
    address = f"/hooks/{connection.hook_key}"
    assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    assert handle(connection, organisation, clock) == 1
    assert set(ledger()) == {("credit", cn(3))}
    assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    assert Delivery.objects.get().repeats == 1


def test_the_intent_to_receive_wants_200_and_401(client, organisations):
    connection, organisation, clock = organisations()
    headers, body = organisation.delivery()
    address = f"/hooks/{connection.hook_key}"
    assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    wrong = {"x-xero-signature": signature(body, "another key")}
    assert client.post(address, body, content_type="application/json", headers=wrong).status_code == 401
    assert Refusals.objects.get().reason == "forged"
    assert handle(connection, organisation, clock) == 1
    assert ledger() == {}


def test_old_and_new_keys_count_and_others_do_not(organisations):
    _, organisation, _ = organisations()
    headers, body = organisation.delivery(event())
    verify(incoming(headers, body), ["new", organisation.key], SETTINGS, BEGIN)
    for wrong in (body + b" ", body[:-9], b""):
        with pytest.raises(Forged):
            verify(incoming(headers, wrong), [organisation.key], SETTINGS, BEGIN)
    with pytest.raises(Forged):
        verify(incoming(headers, body), ["new"], SETTINGS, BEGIN)
    with pytest.raises(Unsigned):
        verify(incoming({}, body), [organisation.key], SETTINGS, BEGIN)


def test_another_organisation(organisations):
    _, organisation, _ = organisations()
    theirs = event(cn(1), tenantId="tenant-2")
    headers, body = organisation.delivery(theirs)
    with pytest.raises(WrongSender):
        verify(incoming(headers, body), [organisation.key], SETTINGS, BEGIN)
    headers, body = organisation.delivery(theirs, event(cn(2)))  # one key serves several
    verify(incoming(headers, body), [organisation.key], SETTINGS, BEGIN)


def test_what_is_another_organisations_is_not_read(organisations):
    connection, organisation, clock = organisations()
    headers, body = organisation.delivery(event(cn(1), tenantId="tenant-2"), event(cn(2)), event(cn(999)))
    receive(connection, connector("erp", "xero").webhook, incoming(headers, body), at=timezone.now())
    assert handle(connection, organisation, clock) == 1
    assert set(ledger()) == {("credit", cn(2))}


def test_what_a_delivery_tells():
    body = {
        "events": [event() | {"tenantId": "t"}, event(inv(1), "INVOICE") | {"tenantId": "t"}, event("x", "CONTACT")]
    }
    told = news(incoming({}, json.dumps(body).encode()))
    assert told == [Reread("CreditNotes", f"t/{cn(1)}"), Reread("Invoices", f"t/{inv(1)}")]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"events": 1}', b'{"events": [1]}', b"\xff",
                                  b'{"events": [{"eventCategory": "CREDITNOTE"}]}'])  # fmt: skip
def test_a_delivery_of_another_shape_is_malformed(body):
    with pytest.raises(Malformed):
        news(incoming({}, body))


def test_invoices_are_read_again_where_they_are_orders(organisations):
    connection, organisation, clock = organisations(invoices="orders")
    headers, body = organisation.delivery(event(inv(5), "INVOICE"))
    receive(connection, connector("erp", "xero").webhook, incoming(headers, body), at=timezone.now())
    handle(connection, organisation, clock)
    assert set(ledger()) == {("order", inv(5))}


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order_of=st.permutations(range(6)), cuts=st.sets(st.integers(0, 5)))
def test_deliveries_in_any_order_end_as_the_organisation_is(organisations, order_of, cuts):
    with undone():
        connection, organisation, clock = organisations()
        for place, number in enumerate(order_of):
            clock.pass_by(seconds=number % 2)
            organisation.put("CreditNotes", note(number % 3 + 1, CreditNoteNumber=f"change {place}"))
            headers, body = organisation.delivery(event(cn(number % 3 + 1), eventDateUtc=str(number)))
            receive(connection, connector("erp", "xero").webhook, incoming(headers, body), at=timezone.now())
            if place in cuts:
                handle(connection, organisation, clock)
        handle(connection, organisation, clock)
        said = {id: found["number"] for (_, id), found in ledger("credit").items()}
        assert said == {id: organisation.rows["CreditNotes"][id]["CreditNoteNumber"] for id in (cn(1), cn(2), cn(3))}
