"""The last step of a flow, as any platform or script has it: what it signs a push with."""

import base64
import hmac
from datetime import datetime
from hashlib import sha256

SECRET = "whsec_" + base64.b64encode(b"a secret of some length for pushes").decode()


def push_of(body: bytes, *, at: datetime, id: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    """The headers of a signed push."""
    sent, key = str(int(at.timestamp())), base64.b64decode(secret.removeprefix("whsec_"))
    seal = base64.b64encode(hmac.new(key, f"{id}.{sent}.".encode() + body, sha256).digest()).decode()
    return {"webhook-id": id, "webhook-timestamp": sent, "webhook-signature": f"v1,{seal}"}
