"""Swap's deliveries: only its own, of our store, of the last minutes, and each only once."""

import base64
import json
from datetime import timedelta

import jwt
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.deliveries import handle_deliveries
from connectors.models import Delivery, Refusals
from connectors.swap.simulator import SECRET, Swap
from connectors.swap.webhook import identity, news, verify
from connectors.webhooks import Forged, Malformed, Reread, Stale, Unsigned, WrongSender, receive
from exceptions.pulling import take_in_lines
from tests.connectors.reading import incoming, made
from tests.connectors.swap.store import returned
from tests.connectors.vendors import BEGIN, Clock, access, ledger, pull_all, undone

SWAP = made("swap")
OURS = {"store_id": "123abc"}
ANOTHER = "whsk_" + "7c" * 32


@pytest.fixture
def store():
    return Swap(Clock())


def delivery(store, **claimed):
    return incoming(*store.delivery("returnProcessed", returned(1), **claimed))


def check(one, secrets=(SECRET,), at=BEGIN, settings=OURS):
    verify(one, list(secrets), settings, at)


def test_a_right_delivery_under_the_old_or_the_new_secret(store):
    check(delivery(store))
    check(delivery(store), [ANOTHER, SECRET])


def test_a_secret_may_be_meant_as_the_bytes_it_spells(store):
    store.webhook_secret = bytes.fromhex(SECRET.removeprefix("whsk_"))
    check(delivery(store))


def test_a_forged_or_truncated_delivery(store):
    with pytest.raises(Forged):
        check(delivery(store), [ANOTHER])
    right = delivery(store)
    token = json.loads(right.body)["jwt"]
    head, claims, seal = token.split(".")
    more = (
        base64.urlsafe_b64encode(b'{"exp":1,"iat":1,"nonce":"n","store_id":"123abc","event":"x"}').decode().rstrip("=")
    )
    for wrong in (f"{head}.{more}.{seal}", f"{head}.{claims}.{seal[:-6]}"):
        with pytest.raises((Forged, Unsigned)):
            check(incoming({}, json.dumps({"jwt": wrong}).encode()))
    with pytest.raises(Malformed):
        check(incoming({}, right.body[:-1]))


@pytest.mark.parametrize("body", [b"{}", b'{"jwt": 3}', b'{"jwt": "a.b"}', b'{"jwt": ""}'])
def test_a_delivery_without_a_token(body):
    with pytest.raises(Unsigned):
        check(incoming({}, body))


def test_a_token_that_is_not_signed_at_all(store):
    claims = jwt.decode(json.loads(delivery(store).body)["jwt"], options={"verify_signature": False})
    token = jwt.encode(claims, None, algorithm="none")
    with pytest.raises((Forged, Unsigned)):
        check(incoming({}, json.dumps({"jwt": token}).encode()))


@pytest.mark.parametrize("claim", ["exp", "iat", "nonce", "store_id", "event"])
def test_every_claim_must_be_there(store, claim):
    claims = jwt.decode(json.loads(delivery(store).body)["jwt"], options={"verify_signature": False})
    del claims[claim]
    token = jwt.encode(claims, SECRET, algorithm="HS256")
    with pytest.raises(Unsigned):
        check(incoming({}, json.dumps({"jwt": token}).encode()))


def test_another_store(store):
    with pytest.raises(WrongSender):
        check(delivery(store), settings={"store_id": "999"})


@pytest.mark.parametrize("said", ["soon", None, True, -1, 10**12, 1e300, [1]])
@pytest.mark.parametrize("name", ["iat", "exp"])
def test_times_that_are_none(store, name, said):
    with pytest.raises((Stale, Unsigned)):
        check(delivery(store, **{name: said}))


def test_a_delivery_from_a_clock_that_is_five_minutes_ahead(store):
    sent = int(BEGIN.timestamp()) + 300
    check(delivery(store, iat=sent, exp=sent + 300))
    with pytest.raises(Stale):
        check(delivery(store, iat=sent + 1, exp=sent + 301))


def test_an_old_delivery_played_again(store):
    one = delivery(store)
    check(one, at=BEGIN + timedelta(seconds=299))
    for at in (BEGIN + timedelta(seconds=300), BEGIN - timedelta(minutes=6)):
        with pytest.raises(Stale):
            check(one, at=at)
    with pytest.raises(Stale):  # nobody may sign for a year
        check(delivery(store, exp=int((BEGIN + timedelta(days=365)).timestamp())))


def test_what_it_tells(store):
    assert news(delivery(store)) == [Reread("return", "RMA-1")]
    assert news(incoming({}, b'{"return": {"rma_number": "RMA-9"}}')) == [Reread("return", "RMA-9")]
    assert news(incoming({}, b'{"shopify_order_name": "#7"}')) == [Reread("order", "#7")]
    assert news(incoming({}, b'{"event": "other"}')) == []
    assert identity(delivery(store, nonce="n-8")) == "n-8"


def handle(connection, store, clock):
    return handle_deliveries(connection, SWAP, access=access(connection, store, clock), take_in=take_in_lines)


def test_through_the_door(client, stores):
    connection, store, clock = stores()

    store.clock = timezone.now
    address = f"/hooks/{connection.hook_key}"
    headers, body = store.delivery("returnProcessed", store.returns[2])
    for _ in range(2):
        assert client.post(address, body, content_type="application/json", headers=headers).status_code == 200
    assert Delivery.objects.get().repeats == 1
    assert handle(connection, store, clock) == 1
    assert ledger()["return", "ret_3"]["status"] == "in_transit"  # as it is, not as the delivery says
    changed = body.replace(b"eyJ", b"eyK", 1)
    assert client.post(address, changed, content_type="application/json").status_code == 401
    assert client.post(address, body[:-2], content_type="application/json").status_code == 400
    assert Refusals.objects.count() == 2


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)), cuts=st.sets(st.integers(0, 5)), pulled=st.integers(0, 6))
def test_deliveries_in_any_order_beside_a_pull_end_as_the_store_is(stores, order, cuts, pulled):
    with undone():
        connection, store, clock = stores(3)
        for place, number in enumerate(order):
            clock.pass_by(seconds=number % 2)
            row = store.returns[number % 3]
            row["handling_fee"] = place + 1
            one = incoming(*store.delivery("returnProcessed", row, nonce=f"n-{number}"))
            receive(connection, SWAP.webhook, one, at=clock())
            if place in cuts:
                handle(connection, store, clock)
            if place == pulled:
                pull_all(connection, store, clock, "returns")
        handle(connection, store, clock)
        fees = {row["return_id"]: str(row["handling_fee"]) for row in store.returns}
        assert {id: str(found["fees"]) for (_, id), found in ledger("return").items()} == fees
