"""Requests: what is tried again, what is waited for, what an error says, and what it must not say."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from connectors.auth import Headers
from connectors.http import (
    CircuitOpen,
    Failing,
    Http,
    NotAllowed,
    NotFound,
    NotLetIn,
    PlainHttp,
    RequestRefused,
    Room,
    Throttled,
    TooLate,
    Unreachable,
    Unreadable,
    exact_json,
)
from connectors.simulating import Simulator, answer, breaking_off, failing, served
from tests.connectors.vendors import BEGIN, Clock


class Echo(Simulator):
    routes = {("GET", "/echo"): "echo", ("POST", "/echo"): "echo"}

    def echo(self, request):
        return {"path": str(request.url), "price": Decimal("0.1")}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def echo(clock):
    return Echo(clock)


@pytest.fixture
def http(echo, clock):
    return Http("https://echo.example", clock, clock.sleep, transport=echo.transport())


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RequestRefused),
        (401, NotLetIn),
        (403, NotAllowed),
        (404, NotFound),
        (410, NotFound),
        (422, RequestRefused),
        (302, RequestRefused),
    ],
)
def test_what_will_not_pass_is_not_tried_again(echo, http, status, error):
    echo.fail_next(failing(status))
    with pytest.raises(error, match=f"GET /echo: {status} simulated"):
        http.send("GET", "/echo")
    assert len(echo.requests) == 1


@pytest.mark.parametrize("fault", [failing(500), failing(502), breaking_off])
def test_what_passes_is_tried_again_with_growing_waits(echo, http, clock, fault):
    echo.fail_next(*[fault] * 4)
    assert http.json("GET", "/echo")["price"] == Decimal("0.1")
    assert len(clock.slept) == 4
    assert 0.25 <= clock.slept[0] <= 0.5
    assert 2 <= clock.slept[3] <= 4


def test_a_write_is_not_tried_again_unless_it_is_harmless(echo, http):
    echo.fail_next(failing(500), failing(500))
    with pytest.raises(Failing):
        http.send("POST", "/echo")
    http.send("POST", "/echo", again=True)
    assert len(echo.requests) == 3


def test_a_limit_is_waited_for_also_by_writes(echo, http, clock):
    echo.fail_next(failing(429, Retry_After="7"))
    http.send("POST", "/echo")
    assert 7 <= clock.slept[0] < 8


def test_retry_after_may_be_a_date(echo, http, clock):
    dates = {"Date": "Fri, 20 Nov 2026 12:00:00 GMT", "Retry_After": "Fri, 20 Nov 2026 12:00:09 GMT"}
    echo.fail_next(failing(503, **dates))
    http.send("GET", "/echo")
    assert 9 <= clock.slept[0] < 10


def test_a_long_wait_is_left_to_the_caller(echo, http, clock):
    echo.fail_next(failing(429, Retry_After="3600"))
    with pytest.raises(Throttled) as told:
        http.send("GET", "/echo")
    assert 3600 <= told.value.seconds < 3601
    assert clock.slept == []


@pytest.mark.parametrize("said", ["1e300", "315576000"])
def test_nobody_waits_for_longer_than_a_day(echo, http, clock, said):
    echo.fail_next(failing(429, Retry_After=said))
    with pytest.raises(Throttled) as told:
        http.send("GET", "/echo")
    assert (told.value.seconds, clock.slept) == (24 * 3600, [])


@pytest.mark.parametrize("said", ["nan", "inf", "-inf", "soon"])
def test_a_wait_that_is_no_time_is_none(echo, http, clock, said):
    echo.fail_next(failing(429, Retry_After=said))
    assert http.json("GET", "/echo")["price"] == Decimal("0.1")
    assert 0.25 <= clock.slept[0] <= 0.5


def test_a_circuit_opens_and_closes(echo, http, clock):
    echo.fail_next(*[failing(500)] * 5)
    with pytest.raises(Failing):
        http.send("GET", "/echo")
    with pytest.raises(CircuitOpen):
        http.send("GET", "/echo")
    assert len(echo.requests) == 5
    clock.pass_by(minutes=2)
    http.send("GET", "/echo")


def test_room_that_the_vendor_states_is_kept_to(echo, http, clock):
    limits = {"X-RateLimit-Remaining": "3", "X-RateLimit-Limit": "40"}
    echo.fail_next(lambda request: answer({}, headers=limits))
    http.send("GET", "/echo")
    assert http.room == Room(3, 40)
    http.room = Room(3, 100, per_second=2)
    http.send("GET", "/echo", cost=10)
    assert clock.slept == [3.5]


def test_room_that_is_restored_at_a_time(clock):
    assert Room(0, resets_at=BEGIN + timedelta(seconds=9)).wait_for(1, BEGIN) == 9
    assert Room(1).wait_for(1, BEGIN) == 0


def test_decimals_are_exact(http):
    assert exact_json(b'{"n": 1.10, "i": 3}') == {"n": Decimal("1.10"), "i": 3}
    assert exact_json(b"1e-99999999999999999999") == "1e-99999999999999999999"  # an exponent that nobody knows
    with pytest.raises(Unreadable):
        exact_json(b"<html>")


def test_secrets_are_left_out_of_errors(echo, clock):
    http = Http(
        "https://echo.example",
        clock,
        clock.sleep,
        transport=echo.transport(),
        scrub=lambda text: text.replace("s3cret", "•••"),
    )
    echo.fail_next(lambda request: answer({"message": "the key s3cret is wrong"}, status=401))
    with pytest.raises(NotLetIn) as told:
        http.send("GET", "/echo", params={"key": "s3cret"})
    assert str(told.value) == "GET /echo: 401 the key ••• is wrong"


def test_a_secret_at_the_end_of_long_words_is_left_out_whole(echo, clock):
    secret = "s3cret" * 60
    http = Http(
        "https://echo.example",
        clock,
        clock.sleep,
        transport=echo.transport(),
        scrub=lambda text: text.replace(secret, "•••"),
    )
    echo.fail_next(lambda request: answer({"message": f"{'a ' * 140}{secret} is wrong"}, status=401))
    with pytest.raises(NotLetIn) as told:
        http.send("GET", "/echo")
    assert "s3c" not in str(told.value)
    assert "•••" in str(told.value)


@pytest.mark.parametrize("secret", ["shpat_abc\N{HORIZONTAL ELLIPSIS}def", "abc\ndef-ghi", "abc" * 150 + "é"])
def test_a_secret_that_no_header_carries_is_named_and_not_quoted(echo, clock, secret):
    refused = pytest.raises(NotLetIn, match="a sign in it that cannot be sent")
    with (
        served(echo) as address,
        Http(address, clock, clock.sleep, auth=Headers({"X-Token": secret})) as http,
        refused as told,
    ):
        http.send("GET", "/echo")
    assert secret[:3] not in str(told.value)
    assert echo.requests == []


def test_nothing_leaves_after_its_time(echo, clock):
    http = Http("https://echo.example", clock, clock.sleep, transport=echo.transport())
    http.circuit.over_at = clock() + timedelta(seconds=30)
    echo.fail_next(*[failing(429, Retry_After="20")] * 5)
    with pytest.raises(TooLate):
        http.send("POST", "/echo", json={})
    assert len(echo.requests) == 2


def test_an_answer_without_end_is_cut_off(echo, http, monkeypatch):
    monkeypatch.setattr("connectors.http.LARGEST_ANSWER", 1000)
    echo.fail_next(lambda request: httpx.Response(200, content=b"x" * 1001))
    with pytest.raises(Unreadable):
        http.send("GET", "/echo")


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Date": "Sat, 21 Nov 2026 12:00:00 GMT"}, "2026-11-21T12:00:00+00:00"),
        ({"Date": "Sat, 21 Nov 2026 12:00:00 GMT", "Age": "30"}, "2026-11-21T12:00:30+00:00"),
        ({"Date": "yesterday"}, None),
        ({}, None),
    ],
)
def test_the_first_answer_tells_the_vendors_clock(echo, http, headers, told):
    echo.fail_next(failing(404, Date="Fri, 20 Nov 2026 12:00:00 GMT"), lambda request: answer({}, headers=headers))
    with pytest.raises(NotFound):
        http.send("GET", "/echo")
    http.send("GET", "/echo")
    assert (http.told_at and http.told_at.isoformat()) == told


@pytest.mark.parametrize(
    "url", ["http://shop.example", "ftp://shop.example", "shop.example", "http://127.0.0.1.evil.example"]
)
def test_secrets_do_not_travel_in_the_clear(url, clock):
    with pytest.raises(PlainHttp):
        Http(url, clock, clock.sleep)


def test_a_simulator_is_a_server_of_this_machine_too(echo, clock):
    with served(echo) as address:
        http = Http(address, clock, clock.sleep)
        assert http.json("POST", "/echo", json={"a": 1})["price"] == Decimal("0.1")
        with pytest.raises(NotFound):
            http.send("GET", "/nowhere")
        echo.fail_next(breaking_off)
        with pytest.raises(Unreachable):
            http.send("POST", "/echo", json={})
        http.close()
    with pytest.raises(Unreachable):
        Http(address, clock, clock.sleep).send("GET", "/echo")
