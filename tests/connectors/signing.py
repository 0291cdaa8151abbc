"""Signs deliveries as vendors do."""

import base64
import hmac
from hashlib import sha256


def signature(raw, secret):
    """Base64 of the HMAC-SHA256."""
    key = secret if isinstance(secret, bytes) else secret.encode()
    return base64.b64encode(hmac.new(key, raw, sha256).digest()).decode()


def standard_headers(raw, secret, at, id="msg_1"):
    """The three headers of Standard Webhooks."""
    sent = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return {
        "webhook-id": id,
        "webhook-timestamp": sent,
        "webhook-signature": "v1," + signature(f"{id}.{sent}.".encode() + raw, key),
    }
