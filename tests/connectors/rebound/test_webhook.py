"""Pushed returns: signed, of the last five minutes, each once, and the latest wins whenever it comes."""

import copy
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.deliveries import handle_deliveries
from connectors.models import Delivery, Refusals
from connectors.rebound.simulator import SECRET, Rebound
from connectors.rebound.webhook import news, verify
from connectors.webhooks import Forged, Malformed, Stale, Unsigned, receive, standard_identity
from exceptions.pulling import take_in_lines
from tests.connectors.reading import incoming, made
from tests.connectors.rebound.account import PUSHED
from tests.connectors.vendors import BEGIN, Clock, access, ledger, undone

REBOUND = made("rebound")


@pytest.fixture
def account():
    return Rebound(Clock())


def push(account, **changed):
    return incoming(*account.delivery(PUSHED, **changed))


def test_signed_under_the_old_or_the_new_secret(account):
    verify(push(account), ["whsec_bmV3IHNlY3JldA==", SECRET], {}, BEGIN)
    assert standard_identity(push(account, id="msg_7")) == "msg_7"


def test_forged_truncated_or_unsigned(account):
    headers, body = account.delivery(PUSHED)
    with pytest.raises(Forged):
        verify(incoming(headers, body), ["whsec_bmV3IHNlY3JldA=="], {}, BEGIN)
    with pytest.raises(Forged):
        verify(incoming(headers, body[:-1]), [SECRET], {}, BEGIN)
    with pytest.raises(Forged):
        verify(incoming(headers | {"webhook-id": "msg_2"}, body), [SECRET], {}, BEGIN)
    for name in headers:
        with pytest.raises(Unsigned):
            verify(incoming({k: v for k, v in headers.items() if k != name}, body), [SECRET], {}, BEGIN)


def test_an_old_push_played_again(account):
    one = push(account)
    verify(one, [SECRET], {}, BEGIN + timedelta(minutes=5))
    for late in (timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)):
        with pytest.raises(Stale):
            verify(one, [SECRET], {}, BEGIN + late)


@pytest.mark.parametrize("name", ["event_id", "event", "occurred_at", "return"])
def test_what_an_event_must_say(account, name):
    with pytest.raises(Malformed, match=name):
        news(push(account, **{name: None}))


@pytest.mark.parametrize("name", ["return_id", "order_reference", "status", "updated_at", "lines"])
def test_what_a_return_must_say(account, name):
    with pytest.raises(Malformed, match=name):
        news(push(account, **{"return": PUSHED | {name: None}}))


@pytest.mark.parametrize("name", ["sku", "quantity_expected"])
def test_what_a_line_must_say(account, name):
    lines = [PUSHED["lines"][0], PUSHED["lines"][0] | {name: None}]
    with pytest.raises(Malformed, match=rf"return.lines\[2\].{name} is missing"):
        news(push(account, **{"return": PUSHED | {"lines": lines}}))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        *(({"lines": said}, "return.lines is no list of objects") for said in ({}, ["TEE"])),
        *(({"return_id": said}, "return.return_id is neither text") for said in ({"a": 1}, " ", 1.5)),
    ],
)
def test_a_return_of_another_shape(account, changed, words):
    with pytest.raises(Malformed, match=words):
        news(push(account, **{"return": PUSHED | changed}))


def test_a_return_that_is_none(account):
    with pytest.raises(Malformed, match="return is no object"):
        news(push(account, **{"return": [PUSHED]}))
    with pytest.raises(Malformed, match="the body is no object"):
        news(incoming({}, b"[]"))


def test_a_return_may_be_named_by_a_number(account):
    ((feed, item),) = news(push(account, **{"return": PUSHED | {"return_id": 8812345}}))
    assert (feed, item["return_id"]) == ("pushed", 8812345)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"event_id": 1}', b"\xff"])
def test_another_shape(body):
    with pytest.raises(Malformed):
        news(incoming({}, body))


def handle(connection, account, clock):
    return handle_deliveries(connection, REBOUND, access=access(connection, account, clock), take_in=take_in_lines)


def test_through_the_door(client, accounts):
    connection, account, clock = accounts()
    account.clock = timezone.now
    address = f"/hooks/{connection.hook_key}"
    headers, body = account.delivery(PUSHED)
    for _ in range(2):
        assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    assert Delivery.objects.get().repeats == 1
    assert handle(connection, account, clock) == 1
    assert ledger()["return", "8812345"]["status"] == "received"
    assert client.post(address, body + b" ", content_type="application/json", headers=headers).status_code == 401
    assert Refusals.objects.get().reason == "forged"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)), cuts=st.sets(st.integers(0, 5)))
def test_pushes_in_any_order_end_with_the_latest(accounts, order, cuts):
    with undone():
        connection, account, clock = accounts(0)
        for place, number in enumerate(order):
            said = copy.deepcopy(PUSHED)
            said |= {"updated_at": (BEGIN + timedelta(minutes=number)).isoformat(), "status": f"step {number}"}
            one = incoming(*account.delivery(said, id=f"msg_{number}"))
            receive(connection, REBOUND.webhook, one, at=clock())
            if place in cuts:
                handle(connection, account, clock)
        handle(connection, account, clock)
        assert ledger()["return", "8812345"]["status"] == "step 5"
