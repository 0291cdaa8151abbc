"""What is written and subscribed to fits what the vendors and others wrote."""

import httpx
import pytest

from connectors.erp.xero.client import PATH
from connectors.shopify import CONNECTOR as SHOPIFY
from connectors.shopify import simulator
from connectors.shopify.client import ShopifyClient
from tests.connectors.contract.openapi import between
from tests.connectors.contract.others import against_others, beside
from tests.connectors.contract.test_commercetools import PROJECT, mock, seed
from tests.connectors.contract.test_shopify_schema import VERSIONS, published
from tests.connectors.shopify.shop import shops
from tests.connectors.vendors import access
from tests.exceptions.written import SCENES

__all__ = ["mock", "shops"]

pytestmark = [*against_others, pytest.mark.django_db]

ADDRESS = "https://reconciliation.example/hooks/abc"


def scenes(vendor):
    return [name for name in SCENES if name.startswith(vendor)]


@pytest.mark.parametrize("name", scenes("xero"))
def test_into_xero(name):
    made = SCENES[name]()
    made.decide()
    with between(beside("vendor_specs", "xero_accounting.yaml"), PATH) as network:
        assert made.deliver(network.before(made.vendor)) == "done"
    assert made.effects() == 1


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", scenes("shopify"))
def test_into_shopify(name, version, monkeypatch):
    monkeypatch.setattr(simulator, "schema", lambda: published(version))
    made = SCENES[name]()
    made.decide()
    assert made.deliver() == "done"
    assert made.effects() == 1


class Elsewhere(httpx.HTTPTransport):
    """A network on which every host is one server of this machine."""

    def __init__(self, base):
        super().__init__()
        self.base = base

    def handle_request(self, request):
        headers = [(name, value) for name, value in request.headers.items() if name != "host"]
        url = str(self.base).rstrip("/") + request.url.raw_path.decode().replace("/harbour/", f"/{PROJECT}/")
        return super().handle_request(httpx.Request(request.method, url, headers=headers, content=request.content))


@pytest.mark.parametrize("name", scenes("commercetools"))
def test_into_commercetools(name, mock):
    made = SCENES[name]()
    made.decide()
    seed(mock, made.vendor)
    assert made.deliver(Elsewhere(mock.base_url)) == "done"


@pytest.mark.parametrize("version", VERSIONS)
def test_subscriptions_of_shopify(version, shops, monkeypatch):
    monkeypatch.setattr(simulator, "schema", lambda: published(version))
    connection, shop, clock = shops(version=version)
    client = ShopifyClient(access(connection, shop, clock))
    assert client.subscribe(SHOPIFY.topics, ADDRESS, None) == []
    found = client.subscriptions()
    assert sorted(topic for one in found for topic in one.topics) == sorted(SHOPIFY.topics)
    client.unsubscribe(found[0].id)
    assert len(client.subscriptions()) == len(found) - 1
