"""Pushed outcomes: signed or with the token, each once, in any order, and only outcomes."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.deliveries import handle_deliveries
from connectors.ipaas.generic.simulator import SECRET, push_of
from connectors.ipaas.push import identity, news, verify
from connectors.models import Delivery, Refusals
from connectors.webhooks import Forged, Malformed, Stale, Unsigned, receive
from exceptions.pulling import take_in_lines
from reconciliation.models import RejectedLine
from tests.connectors.ipaas.platforms import flows
from tests.connectors.reading import incoming, made
from tests.connectors.vendors import BEGIN, Clock, access, connected, ledger, undone

VENDORS = ("generic", "celigo", "workato", "boomi", "patchworks")


def outcome(id="o1", result="failed", **said):
    record = {"type": "order", "id": "SL-1", "refs": {"order_number": "#1042"}}
    found = {"type": "outcome", "id": id, "at": BEGIN.isoformat(), "flow": "orders-to-erp", "record": record}
    return found | {"result": result, "error": {"code": "timeout", "message": "ask jo@example.test"}} | said


def pushed(*outcomes, **signed):
    body = "\n".join(json.dumps(one) for one in outcomes).encode()
    return incoming(push_of(body, **({"at": BEGIN} | signed)), body)


def with_token(token, body=b"{}"):
    return incoming({"Authorization": f"Bearer {token}"}, body)


def test_signed_or_with_the_token():
    verify(pushed(outcome()), ["whsec_bmV3", SECRET], {}, BEGIN)
    verify(with_token("a-long-token"), ["new", "a-long-token"], {}, BEGIN)
    with pytest.raises(Forged):
        verify(pushed(outcome(), secret="whsec_bmV3"), [SECRET], {}, BEGIN)
    with pytest.raises(Forged):
        verify(with_token("another"), ["a-long-token"], {}, BEGIN)
    with pytest.raises(Stale):
        verify(pushed(outcome()), [SECRET], {}, BEGIN + timedelta(minutes=6))
    for headers in ({}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}):
        with pytest.raises(Unsigned):
            verify(incoming(headers, b"{}"), [SECRET], {}, BEGIN)


def test_a_truncated_push_is_forged():
    whole = pushed(outcome())
    with pytest.raises(Forged):
        verify(incoming(whole.headers, whole.body[:-1]), [SECRET], {}, BEGIN)


def test_names_of_pushes():
    assert identity(pushed(outcome(), id="msg_4")) == "msg_4"
    assert identity(with_token("x", b"1")) != identity(with_token("x", b"2"))


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (json.dumps(outcome()), 1),
        (json.dumps([outcome(), outcome("o2")]), 2),
        (json.dumps({"outcomes": [outcome()]}), 1),
        (json.dumps(outcome()) + "\n\n" + json.dumps(outcome("o2")) + "\n", 2),
    ],
)
def test_the_forms_of_a_push(body, count):
    assert len(news(incoming({}, body.encode()))) == count


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"outcomes": 3}', b'{"type": "order", "id": "1"}', b'[{"id": ""}, 4]', b"\xff\n"],
)
def test_what_is_no_outcome(body):
    with pytest.raises(Malformed):
        news(incoming({}, body))


def test_a_thousand_are_the_most():
    assert len(news(incoming({}, json.dumps([{"id": "1"}] * 1000).encode()))) == 1000
    with pytest.raises(Malformed):
        news(incoming({}, json.dumps([{"id": "1"}] * 1001).encode()))


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([outcome(), {"result": "failed"}, 4, outcome("o2")]).encode(),
        json.dumps(outcome()).encode() + b'\n{"cut off\n\xff\n' + json.dumps(outcome("o2")).encode(),
    ],
)
def test_one_bad_outcome_of_a_batch_is_refused_alone_and_shown(db, body):
    flows()
    connection, clock = connected("ipaas", "generic", secrets={"webhook_secret": SECRET}), Clock()
    receive(connection, made("ipaas", "generic").webhook, incoming(push_of(body, at=BEGIN), body), at=BEGIN)
    assert handle(connection, clock, "generic") == 1
    assert set(ledger()) == {("outcome", "o1"), ("outcome", "o2")}
    assert [line.code for line in RejectedLine.objects.all()] == ["item_not_readable"] * 2
    assert "It is no outcome with an id." in RejectedLine.objects.first().reason


def handle(connection, clock, vendor):
    reach = access(connection, None, clock)
    return handle_deliveries(connection, made("ipaas", vendor), access=reach, take_in=take_in_lines)


@pytest.mark.parametrize("vendor", VENDORS)
def test_through_the_door(db, client, vendor):
    flows()
    connection = connected("ipaas", vendor, secrets={"webhook_secret": SECRET, "token": "token-of-the-account"})
    address, body = f"/hooks/{connection.hook_key}", json.dumps(outcome(system="someone-else")).encode()
    headers = push_of(body, at=timezone.now())
    for _ in range(2):
        assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    assert Delivery.objects.get().repeats == 1
    assert handle(connection, Clock(), vendor) == 1
    found = ledger()["outcome", "o1"]
    assert (found["result"], found["error"]["message"]) == ("failed", "ask •••")
    assert client.post(address, body + b" ", content_type="application/json", headers=headers).status_code == 401
    assert client.post(address, body, content_type="application/json").status_code == 401
    assert Refusals.objects.count() == 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)), cuts=st.sets(st.integers(0, 5)))
def test_pushes_in_any_order_end_with_the_latest(db, order, cuts):
    with undone():
        flows()
        connection, clock = (
            connected("ipaas", "celigo", secrets={"webhook_secret": SECRET, "token": "a-token"}),
            Clock(),
        )
        for place, number in enumerate(order):
            said = outcome(at=(BEGIN + timedelta(minutes=number)).isoformat(), attempt=number)
            receive(connection, made("ipaas", "celigo").webhook, pushed(said, id=f"msg_{number}"), at=BEGIN)
            if place in cuts:
                handle(connection, clock, "celigo")
        handle(connection, clock, "celigo")
        assert ledger()["outcome", "o1"]["attempt"] == 5


def test_the_connection_test_says_what_lacks(db):
    connection = connected("ipaas", "generic")
    client = made("ipaas", "generic").client(access(connection, None, Clock()))
    assert client.missing() == ["The secret of the pushes is not entered."]
