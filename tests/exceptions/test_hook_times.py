"""The largest deliveries are stored and answered within a second of processor time, and handled later."""

import json
import time

import pytest
from django.utils import timezone

from connectors.ipaas.generic.simulator import SECRET, push_of
from connectors.ipaas.push import MOST
from connectors.models import Delivery
from connectors.webhooks import LARGEST
from tests.connectors.signing import signature
from tests.connectors.vendors import BEGIN, connected, ledger

pytestmark = pytest.mark.django_db
SHOP = "harbour.myshopify.com"
MESSAGE = "The account 4001 of jo@example.test is not valid. " * 36


def order():
    """An order of as many lines as fit, to the last byte."""
    line = json.dumps({"id": 1, "sku": "TEA-1", "quantity": 2, "price": "12.50", "properties": [{"name": "a"}]})
    head, tail = '{"id": 5501, "line_items": [', "]}"
    lines = ",".join([line] * ((LARGEST - len(head) - len(tail)) // (len(line) + 1)))
    return f"{head}{lines}{tail}".encode().ljust(LARGEST)


def outcomes():
    """As many outcomes as a push may have, about as long as it may be."""
    record = {"type": "order", "id": "SL-1", "refs": {"order_number": "#1042"}}
    said = {"type": "outcome", "at": BEGIN.isoformat(), "flow": "orders-to-erp", "record": record, "result": "failed"}
    error = {"code": "timeout", "message": MESSAGE}
    return [json.dumps(said | {"id": f"o{number}", "error": error}) for number in range(MOST)]


def of_the_shop():
    body = order()
    headers = {
        "X-Shopify-Hmac-Sha256": signature(body, "hush"),
        "X-Shopify-Topic": "orders/updated",
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-API-Version": "2026-07",
        "X-Shopify-Webhook-Id": "w-1",
    }
    connection = connected("shopify", settings={"shop": SHOP}, secrets={"client_secret": "hush"}, at=timezone.now())
    return connection, body, headers


def pushed(text):
    body = text.encode()
    connection = connected("ipaas", "generic", secrets={"webhook_secret": SECRET}, at=timezone.now())
    return connection, body, push_of(body, at=timezone.now())


LARGE = {
    "an order of 2 MiB": of_the_shop,
    "a list of a thousand outcomes": lambda: pushed(f"[{','.join(outcomes())}]"),
    "a thousand outcomes, a line each": lambda: pushed("\n".join(outcomes())),
}


@pytest.mark.parametrize("large", LARGE)
def test_the_largest_are_stored_and_answered_within_a_second_of_the_processor(client, large):
    connection, body, headers = LARGE[large]()
    assert LARGEST * 0.9 < len(body) <= LARGEST
    address = f"/hooks/{connection.hook_key}"
    assert client.post(address, b"{}", content_type="application/json").status_code == 401  # what loads, has loaded
    began = time.process_time()
    answer = client.post(address, body, content_type="application/json", headers=headers)
    taken = time.process_time() - began
    assert answer.status_code == 200
    assert bytes(Delivery.objects.get(connection=connection, handled_at=None).body) == body
    assert ledger() == {}
    assert taken < 1
