"""Deliveries, rightly signed, that mean harm: each vendor's address takes or refuses them, and never fails."""

import base64
import json
from urllib.parse import quote

import jwt
import pytest
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.models import Delivery
from connectors.registry import connector, connectors
from connectors.webhooks import Reread, incoming_of
from tests.connectors.signing import signature, standard_headers
from tests.connectors.vendors import connected, undone
from tests.hostile.values import bodies, bounded, objects, texts, values

pytestmark = pytest.mark.django_db
SECRET = "whsec_" + base64.b64encode(b"of the deliveries, and long enough").decode()
MEMBERS = ("id", "order_id", "data", "events", "outcomes", "return", "order", "eventName", "rmaId", "event_id", "event")
SHOPIFY_TOPICS = ("orders/updated", "orders/edited", "refunds/create", "returns/request", "inventory_levels/update")
TOPICS = (*SHOPIFY_TOPICS, "order.shipped", "order.shipment.delivered", "return.completed", "²", "")
CLAIMS = {"exp": 0, "iat": 0, "nonce": "n", "store_id": "1", "event": "x"}
SETTINGS = {"shop": "harbour.myshopify.com", "store_id": "1", "tenant_id": "t", "signature_header": "x-signed"}
LISTENING = {made.webhook: made for made in connectors() if made.webhook}  # platforms that push share one


def signed_headers(body, topic, at):
    """Every way in which a vendor signs, at once: each of them looks for its own."""
    by_text = signature(body, SECRET)
    return standard_headers(body, SECRET, at) | {
        **dict.fromkeys(("X-Shopify-Hmac-Sha256", "x-xero-signature", "x-signed"), by_text),
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": SETTINGS["shop"],
        "X-Shopify-API-Version": "2026-07",
        "X-Shopify-Webhook-Id": "1",
        "x-webhook-topic": topic,
    }


@pytest.fixture(params=LISTENING.values(), ids=lambda made: f"{made.kind}-{made.vendor}")
def listening(request):
    """A connection of each vendor that delivers."""
    made = request.param
    secrets = {made.webhook.secret: SECRET}
    return connected(made.kind, made.vendor, settings=SETTINGS, secrets=secrets, at=timezone.now())


@bounded
@given(body=bodies | objects(*MEMBERS).map(lambda said: json.dumps(said).encode()), topic=st.sampled_from(TOPICS))
def test_a_signed_body_of_any_shape_is_taken_or_refused(client, listening, body, topic):
    delivered(client, listening, body, signed_headers(body, topic, timezone.now()))


@bounded
@example(name="webhook-timestamp", said="²")
@example(name="webhook-timestamp", said="9" * 5_000)
@example(name="X-Shopify-Topic", said="orders/updated\0")
@example(name="X-Shopify-Topic", said="\0")
@given(name=st.sampled_from(("webhook-id", "webhook-timestamp", "X-Shopify-Topic")), said=texts)
def test_a_header_of_any_kind_is_taken_or_refused(client, listening, name, said):
    body = b'{"id": 1}'
    said = said.encode("latin-1", "ignore").decode("latin-1")
    headers = signed_headers(body, "orders/updated", timezone.now()) | {name: said}
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    headers["webhook-signature"] = "v1," + signature(message, b"of the deliveries, and long enough")
    delivered(client, listening, body, headers)


@bounded
@example(claims={"exp": 10**400, "iat": 0.5}, rma="RMA-1")
@example(claims={"exp": float("nan"), "iat": float("nan")}, rma="RMA-1")
@example(claims={"nonce": "\ud800"}, rma="RMA-1")
@example(claims={}, rma="\ud800")
@given(claims=st.fixed_dictionaries({}, optional=dict.fromkeys(CLAIMS, values)), rma=values)
def test_a_token_with_any_claims_is_taken_or_refused(client, claims, rma):
    with undone():
        now = timezone.now()
        swap = connected("swap", settings=SETTINGS, secrets={"webhook_secret": SECRET}, at=now)
        right = CLAIMS | {"exp": int(now.timestamp()) + 60, "iat": int(now.timestamp())}
        token = jwt.encode(right | claims, SECRET.encode(), algorithm="HS256")
        delivered(client, swap, json.dumps({"jwt": token, "rma_number": rma}).encode(), {})


def delivered(client, connection, body, headers):
    with undone():
        answer = client.post(f"/hooks/{connection.hook_key}", body, content_type="application/json", headers=headers)
        assert answer.status_code in (200, 400, 401, 403, 413)
        assert Delivery.objects.count() == (answer.status_code == 200)
        for delivery in Delivery.objects.all():
            for told in connector(connection.kind, connection.vendor).webhook.news(incoming_of(delivery)):
                assert not isinstance(told, Reread) or quote(told.id) is not None
