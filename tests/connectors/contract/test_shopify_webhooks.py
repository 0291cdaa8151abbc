"""What Shopify's own library takes for a delivery of Shopify's, we take; what it refuses, we refuse."""

import base64

from connectors.shopify.simulator import Shopify
from connectors.shopify.webhook import REQUIRED, verify
from connectors.webhooks import DeliveryRefused
from tests.connectors.contract.others import against_others, told
from tests.connectors.reading import incoming
from tests.connectors.vendors import BEGIN, Clock

pytestmark = against_others

BODY = '{"id": 5501, "note": "PO 4500012345 – ring first"}'.encode()


def deliveries():
    """Every way in which a delivery is right or wrong."""
    shop = Shopify(Clock())
    headers, body = shop.delivery("orders/updated", BODY)
    yield "right", headers, body
    yield "lower case", {name.lower(): value for name, value in headers.items()}, body
    yield "empty", *shop.delivery("orders/updated", b"")
    yield "changed", headers, body.replace(b"5501", b"5502")
    yield "truncated", headers, body[:-1]
    hexadecimal = base64.b64decode(headers["X-Shopify-Hmac-Sha256"]).hex()
    yield "hexadecimal", headers | {"X-Shopify-Hmac-Sha256": hexadecimal}, body
    yield "another secret", headers | {"X-Shopify-Hmac-Sha256": "c2lnbmVkIGJ5IGFub3RoZXIgc2VjcmV0"}, body
    for name in ("X-Shopify-Hmac-Sha256", *REQUIRED):
        yield f"without {name}", {one: value for one, value in headers.items() if one != name}, body


def ours(headers, body):
    shop = Shopify(Clock())
    try:
        verify(incoming(headers, body), [shop.client_secret], {"shop": shop.shop}, BEGIN)
    except DeliveryRefused:
        return False
    return True


def test_deliveries_are_judged_as_shopifys_library_judges_them():
    given = list(deliveries())
    asked = [{"headers": headers, "body": base64.b64encode(body).decode()} for _, headers, body in given]
    answers = told("webhooks.mjs", secret=Shopify(Clock()).client_secret, deliveries=asked)
    theirs = {name: answer["valid"] for (name, _, _), answer in zip(given, answers, strict=True)}
    assert theirs["right"]
    assert not theirs["changed"]
    assert {name: ours(headers, body) for name, headers, body in given} == theirs
