"""Deliveries from Swap: a token in the body, which signs who and when and not the body; so the return is read again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import jwt

from connectors.webhooks import TOLERANCE, Forged, Incoming, News, Reread, Stale, Unsigned, WrongSender

PREFIX = "whsk_"
CLAIMS = ["exp", "iat", "nonce", "store_id", "event"]
LAST = 10**12  # seconds; neither NaN nor anything above is a time
OURS: Any = {"require": CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False}


def verify(incoming: Incoming, secrets: Sequence[str], settings: Mapping[str, str], at: datetime) -> None:
    """HS256 under the secret, of our store, and of the last five minutes."""
    claims = _signed(_token(incoming), secrets)
    if str(claims["store_id"]) != str(settings.get("store_id", "")):
        raise WrongSender("The delivery is about another store.")
    now, sent, ends = at.timestamp(), claims["iat"], claims["exp"]
    if not all(isinstance(one, int | float) and 0 <= one < LAST for one in (sent, ends)):
        raise Stale("The delivery states no times.")
    if ends <= now or sent > now + TOLERANCE.total_seconds() or ends - sent > TOLERANCE.total_seconds():
        raise Stale("The delivery's time is too far from now.")


def identity(incoming: Incoming) -> str:
    """The token's nonce, which Swap repeats when it delivers again."""
    claims = jwt.decode(_token(incoming), options={"verify_signature": False})
    return str(claims["nonce"])


def news(incoming: Incoming) -> Sequence[News]:
    """The return is to be read again; what the delivery says of it is not signed."""
    said = incoming.json_object()
    inner = [said, *(value for value in said.values() if isinstance(value, dict))]
    for what, member in (("return", "rma_number"), ("order", "shopify_order_name")):
        for one in inner:
            if isinstance(one.get(member), str) and one[member].strip():
                return [Reread(what, one[member].strip())]
    return []


def _signed(token: str, secrets: Sequence[str]) -> dict[str, Any]:
    """The claims, where one of the secrets signed them."""
    for key in (key for secret in secrets for key in _keys(secret)):
        try:
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=["HS256"], options=OURS)
            return claims
        except jwt.InvalidSignatureError:
            continue
        except jwt.PyJWTError as error:
            raise Unsigned(f"The token is not of the documented form: {error}") from None
    raise Forged("The signature does not fit.")


def _keys(secret: str) -> list[bytes]:
    """The secret as it stands, and the bytes that it spells: which of them signs is not documented."""
    try:
        return [secret.encode(), bytes.fromhex(secret.removeprefix(PREFIX))]
    except ValueError:
        return [secret.encode()]


def _token(incoming: Incoming) -> str:
    token = incoming.json_object().get("jwt")
    if not isinstance(token, str):
        raise Unsigned("The body holds no token.")
    return token
