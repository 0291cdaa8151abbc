"""Deliveries: verified on the raw bytes, stored before the answer, handled once by reading again, in any order."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.credentials import keep_secret
from connectors.deliveries import forget_deliveries, handle_deliveries
from connectors.models import Delivery, Refusals
from connectors.registry import connector
from connectors.simulating import failing
from connectors.webhooks import (
    LARGEST,
    Forged,
    Incoming,
    Malformed,
    NoSecret,
    Said,
    Stale,
    Unsigned,
    receive,
    verify_standard,
)
from exceptions.pulling import take_in_lines
from tests.connectors.conftest import toy_kind, toys  # noqa: F401
from tests.connectors.signing import signature, standard_headers
from tests.connectors.vendors import BEGIN, access, ledger, undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(toys):  # noqa: F811
    connection, toy, clock = toys(3)
    keep_secret(connection, "webhook_secret", "signing", at=timezone.now())
    return connection, toy, clock


def deliver(client, connection, body, *, secret="signing", id="D1", **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"X-Toy-Signature": signature(raw, secret), "X-Toy-Id": id} | headers
    return client.post(f"/hooks/{connection.hook_key}", raw, content_type="application/json", headers=sent).status_code


def handle(connection, toy, clock):
    made = connector(connection.kind, connection.vendor)
    return handle_deliveries(connection, made, access=access(connection, toy, clock), take_in=take_in_lines)


def refusals():
    return dict(Refusals.objects.values_list("reason", "count"))


def test_a_delivery_is_stored_as_it_came_and_handled_later(client, told):
    connection, toy, clock = told
    assert deliver(client, connection, b'{ "id":"P01" }') == 200
    assert bytes(Delivery.objects.get().body) == b'{ "id":"P01" }'
    assert ledger() == {}
    assert handle(connection, toy, clock) == 1
    assert set(ledger()) == {("product", "P01")}
    assert handle(connection, toy, clock) == 0


def test_a_repeated_delivery_is_stored_and_handled_once(client, told):
    connection, toy, clock = told
    assert [deliver(client, connection, {"id": "P01"}) for _ in range(3)] == [200, 200, 200]
    assert Delivery.objects.get().repeats == 2
    handle(connection, toy, clock)
    assert deliver(client, connection, {"id": "P01"}) == 200
    assert handle(connection, toy, clock) == 0


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"secret": "another"}, 401, "forged"),
        ({"X-Toy-Signature": "é"}, 401, "forged"),
        ({"X-Toy-Signature": ""}, 401, "unsigned"),
        ({"id": ""}, 401, "unsigned"),
        ({"id": "x" * 201}, 400, "malformed"),
        ({"body": b'{"id": "P0'}, 400, "malformed"),
        ({"body": b"[]"}, 400, "malformed"),
        ({"body": b'{"id": "' + b"x" * LARGEST + b'"}'}, 413, "too large"),
        ({"body": b"x" * 3_000_000}, 413, "too large"),
    ],
)
def test_what_is_refused_is_counted_and_not_kept(client, told, change, status, reason):
    connection, *_ = told
    change = dict(change)
    body = change.pop("body", {"id": "P01"})
    assert deliver(client, connection, body, **change) == status
    assert refusals() == {reason: 1}
    assert not Delivery.objects.exists()


def test_a_body_changed_by_one_byte_is_forged(client, told):
    connection, *_ = told
    sent = {"X-Toy-Signature": signature(b'{"id":"P01"}', "signing"), "X-Toy-Id": "D1"}
    raw = b'{"id":"P02"}'
    assert client.post(f"/hooks/{connection.hook_key}", raw, content_type="text/plain", headers=sent).status_code == 401
    assert refusals() == {"forged": 1}


def test_both_secrets_count_while_they_change(client, told):
    connection, *_ = told
    keep_secret(connection, "webhook_secret", "next", at=timezone.now())
    assert deliver(client, connection, {"id": "P01"}, secret="signing", id="D1") == 200
    assert deliver(client, connection, {"id": "P01"}, secret="next", id="D2") == 200
    keep_secret(connection, "webhook_secret", "third", at=timezone.now() - timedelta(days=2))
    assert deliver(client, connection, {"id": "P01"}, secret="next", id="D3") == 401


def test_a_connection_without_a_secret_takes_nothing(client, toys):  # noqa: F811
    connection, *_ = toys()
    assert deliver(client, connection, {"id": "P01"}) == 401
    assert refusals() == {"no secret": 1}


def test_what_lets_a_sender_in_is_not_stored_with_its_delivery(client, told):
    connection, *_ = told
    given = {"Authorization": "Bearer hush-hush", "Cookie": "session=hush-hush", "Proxy-Authorization": "hush-hush"}
    assert deliver(client, connection, {"id": "P01"}, **given) == 200
    headers = Delivery.objects.get().headers
    assert "hush-hush" not in str(headers)
    assert headers["x-toy-id"] == "D1"


@pytest.mark.parametrize("id", ["x" * 1_001, "a\0b", "\ud800"])
def test_an_id_that_fits_into_no_address_is_malformed(client, told, id):
    connection, *_ = told
    assert deliver(client, connection, {"id": id}) == 400
    assert refusals() == {"malformed": 1}


def test_an_unknown_address_is_nothing(client, told):
    assert client.post("/hooks/guessed", b"{}", content_type="application/json").status_code == 404
    assert client.get(f"/hooks/{told[0].hook_key}").status_code == 405


def test_a_record_that_many_deliveries_speak_of_is_read_once(client, told):
    connection, toy, clock = told
    for number in range(5):
        deliver(client, connection, {"id": "P01"}, id=f"D{number}")
    assert handle(connection, toy, clock) == 5
    assert [request.url.path for request in toy.requests] == ["/token", "/products/P01"]


def test_a_delivery_that_fails_again_and_again_rests_ever_longer(client, told):
    connection, toy, clock = told
    deliver(client, connection, {"id": "P01"})
    rests = []
    for _ in range(3):
        toy.fail_next(*[None] * (not rests), failing(400))
        handle(connection, toy, clock)
        waiting = Delivery.objects.get()
        rests.append((waiting.retry_at - clock.now).total_seconds())
        clock.now = waiting.retry_at
    assert rests == [15, 30, 60]
    assert Delivery.objects.get().attempts == 3


def test_what_was_deleted_is_withdrawn(client, told):
    connection, toy, clock = told
    deliver(client, connection, {"id": "P01"}, id="D1")
    handle(connection, toy, clock)
    del toy.rows["P01"]
    deliver(client, connection, {"id": "P01"}, id="D2")
    handle(connection, toy, clock)
    assert ledger() == {}


def test_a_record_that_cannot_be_read_waits_and_does_not_hold_up_others(client, told):
    connection, toy, clock = told
    deliver(client, connection, {"id": "P01"}, id="D1")
    deliver(client, connection, {"id": "P02"}, id="D2")
    toy.fail_next(None, failing(400))
    assert handle(connection, toy, clock) == 1
    assert set(ledger()) == {("product", "P02")}
    waiting = Delivery.objects.get(handled_at=None)
    assert "400" in waiting.error
    assert handle(connection, toy, clock) == 0
    clock.now = waiting.retry_at
    assert handle(connection, toy, clock) == 1
    assert set(ledger()) == {("product", "P01"), ("product", "P02")}


def test_a_delivery_that_a_later_version_refuses_does_not_hold_up_others(client, told):
    connection, toy, clock = told
    for number in (1, 2):
        deliver(client, connection, {"id": f"P0{number}"}, id=f"D{number}")
    taken = connector(connection.kind, connection.vendor)

    def stricter(incoming):
        if b"P01" in incoming.body:
            raise Malformed("It names no shop.")
        return taken.webhook.news(incoming)

    later = replace(taken, webhook=replace(taken.webhook, news=stricter))
    for _ in range(2):
        handle_deliveries(connection, later, access=access(connection, toy, clock), take_in=take_in_lines)
        waiting = Delivery.objects.get(handled_at=None)
        clock.now = waiting.retry_at
    assert set(ledger()) == {("product", "P02")}
    assert (waiting.error, waiting.attempts) == ("It was taken, and is refused as malformed now: It names no shop.", 2)
    assert refusals() == {"malformed": 1}
    assert handle(connection, toy, clock) == 1  # by the version that is mended
    assert set(ledger()) == {("product", "P01"), ("product", "P02")}


def test_while_a_vendor_is_left_alone_only_what_says_all_itself_is_handled(client, told):
    connection, toy, clock = told
    made = connector(connection.kind, connection.vendor)
    said = replace(made.webhook, news=lambda incoming: [Said("products", incoming.json_object()["is"])])
    deliver(client, connection, {"id": "P01"})
    connection.open_until = clock.now + timedelta(minutes=10)
    assert handle(connection, toy, clock) == 0
    assert toy.requests == []
    waiting = Delivery.objects.get()
    assert (waiting.retry_at, waiting.attempts) == (connection.open_until, 0)
    deliver(client, connection, {"id": "P02", "is": toy.rows["P02"]}, id="D2")
    how = {"access": access(connection, toy, clock), "take_in": take_in_lines}
    assert handle_deliveries(connection, replace(made, webhook=said), **how) == 1
    assert toy.requests == []
    clock.now = connection.open_until
    assert handle(connection, toy, clock) == 1
    assert set(ledger()) == {("product", "P01"), ("product", "P02")}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)), cuts=st.sets(st.integers(0, 5)))
def test_deliveries_in_any_order_and_grouping_end_in_the_same_ledger(told, order, cuts):
    connection, toy, clock = told
    with undone():
        webhook = connector(connection.kind, connection.vendor).webhook
        for place, number in enumerate(order):
            toy.put(f"P{number % 3:02}", title=f"change {place}")
            raw = json.dumps({"id": f"P{number % 3:02}", "n": number}).encode()
            headers = {"x-toy-signature": signature(raw, "signing"), "x-toy-id": f"D{number}"}
            receive(connection, webhook, Incoming(headers, raw), at=timezone.now())
            if place in cuts:
                handle(connection, toy, clock)
        handle(connection, toy, clock)
        assert {id: line["title"] for (_, id), line in ledger().items()} == {
            row["id"]: row["title"] for row in toy.rows.values()
        }


def test_deliveries_wait_while_the_credentials_lack(client, told):
    connection, toy, clock = told
    deliver(client, connection, {"id": "P01"})
    connection.credentials.filter(name="client_secret").delete()
    assert handle(connection, toy, clock) == 0
    waiting = Delivery.objects.get()
    assert waiting.error == "toy has no client_secret."
    keep_secret(connection, "client_secret", "hush-hush", at=clock.now)
    clock.now = waiting.retry_at
    assert handle(connection, toy, clock) == 1


def test_handled_deliveries_are_forgotten_in_the_end(client, told):
    connection, toy, clock = told
    deliver(client, connection, {"id": "P01"})
    handle(connection, toy, clock)
    assert forget_deliveries(at=clock.now + timedelta(days=29)) == 0
    assert forget_deliveries(at=clock.now + timedelta(days=31)) == 1


class TestStandardWebhooks:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'

    def test_the_published_example(self):
        # the example of the Standard Webhooks specification
        headers = {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        }
        at = BEGIN.fromtimestamp(1614265330, BEGIN.tzinfo)
        verify_standard(Incoming(headers, self.body), [self.secret], at)
        with pytest.raises(Forged):
            verify_standard(Incoming(headers, self.body + b" "), [self.secret], at)

    def test_one_of_several_signatures_suffices(self):
        headers = standard_headers(self.body, self.secret, BEGIN)
        headers["webhook-signature"] = "v1,AAAA v2,BBBB " + headers["webhook-signature"]
        verify_standard(Incoming(headers, self.body), ["whsec_b3RoZXI=", self.secret], BEGIN)

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_an_old_or_future_one_is_stale(self, minutes):
        headers = standard_headers(self.body, self.secret, BEGIN)
        with pytest.raises(Stale):
            verify_standard(Incoming(headers, self.body), [self.secret], BEGIN + timedelta(minutes=minutes))

    @pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "webhook-signature"])
    def test_no_header_may_lack(self, header):
        headers = standard_headers(self.body, self.secret, BEGIN)
        del headers[header]
        with pytest.raises(Unsigned, match=re.escape(header)):
            verify_standard(Incoming(headers, self.body), [self.secret], BEGIN)


def test_the_reason_of_a_refusal_is_a_type_of_its_own(told):
    connection, *_ = told
    webhook = connector(connection.kind, connection.vendor).webhook
    connection.credentials.all().delete()
    with pytest.raises(NoSecret):
        receive(connection, webhook, Incoming({}, b"{}"), at=timezone.now())
