"""Vendors are asked on the public internet alone, whatever an address says that somebody typed in."""

import socket

import httpx
import pytest

from connectors.http import Http, PlainHttp, Unreachable
from connectors.public import PublicOnly, transport
from tests.connectors.vendors import Clock


class Network(httpx.BaseTransport):
    """What is behind: notes who is asked, and takes connections at the numbers that are `up`."""

    def __init__(self, *up):
        self.up, self.asked = up, []

    def handle_request(self, request):
        if self.up and request.url.host not in self.up:
            raise httpx.ConnectError("refused")
        said = (request.url.host, request.headers["Host"], request.extensions["sni_hostname"])
        self.asked.append((*said, request.read()))
        return httpx.Response(200, json={})


def names(*numbers):
    """Whatever name is asked for has these numbers."""
    return lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]


def client(network, *numbers):
    clock = Clock()
    guarded = PublicOnly(network, names(*numbers))
    return Http("https://shop.example.com/api", clock, clock.sleep, transport=guarded)


def test_a_vendor_is_asked_by_the_number_that_was_checked_and_goes_by_its_name():
    network = Network()
    assert client(network, "203.0.114.7").json("POST", "/orders", json={"a": 1}) == {}
    assert network.asked == [("203.0.114.7", "shop.example.com", "shop.example.com", b'{"a":1}')]


def test_the_next_number_is_asked_where_the_first_takes_no_connection():
    network = Network("203.0.114.8")
    client(network, "203.0.114.7", "203.0.114.8").json("GET", "/orders")
    assert [said[0] for said in network.asked] == ["203.0.114.8"]


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.9", "::1", "fd00::1", "::ffff:10.0.0.1", "0.0.0.0"],
)
def test_a_vendor_that_leads_inside_is_not_asked(number):
    network = Network()
    with pytest.raises(Unreachable, match="not on the public internet"):
        client(network, "203.0.114.7", number).json("POST", "/orders")
    assert network.asked == []


def test_in_production_no_vendor_is_on_this_machine(settings, monkeypatch):
    settings.VENDORS_ON_THIS_MACHINE = False
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    clock = Clock()
    with pytest.raises(PlainHttp):
        Http("http://127.0.0.1:8000", clock, clock.sleep)
    assert isinstance(transport(), PublicOnly)
    for address in ("https://127.0.0.1:1", "https://localhost:1", "https://[::1]:1", "https://2130706433:1"):
        with pytest.raises(Unreachable, match=r"not on the public internet|not known"):
            Http(address, clock, clock.sleep).send("POST", "/orders", again=False)
