"""Deliveries from ReturnGO: it documents no signature, so each is a hint that something is to be read again."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.webhooks import Forged, Incoming, Malformed, News, NoSecret, Reread, signed

NAMED = re.compile(r"[A-Za-z0-9_-]{1,64}")
DEEPEST = 5


def verify(incoming: Incoming, secrets: Sequence[str], settings: Mapping[str, str], at: datetime) -> None:
    """Where a signature header is set: the HMAC-SHA256 of the raw body, in base64 or hexadecimal, under the secret."""
    if not (name := str(settings.get("signature_header") or "")):
        return
    if not secrets:
        raise NoSecret("No secret for deliveries is entered.")
    given, keys = incoming.header(name), [secret.encode() for secret in secrets]
    if not (signed(incoming.body, given, keys) or signed(incoming.body, given.lower(), keys, encoding="hex")):
        raise Forged("The signature does not fit.")


def news(incoming: Incoming) -> Sequence[News]:
    """The return that the event names; where it names none, all that changed of late."""
    said = incoming.json_object()
    if not isinstance(said.get("eventName"), str):
        raise Malformed("The delivery names no event.")
    id = _rma_id(said)
    return [Reread("recent", "") if id is None else Reread("rma", id)]


def _rma_id(said: Any, depth: int = 0) -> str | None:
    """The first rmaId, wherever it stands: the bodies of events are not documented."""
    if depth > DEEPEST or not isinstance(said, dict):
        return None
    for name, value in said.items():
        if name.replace("_", "").lower() == "rmaid" and isinstance(value, str | int):
            if not NAMED.fullmatch(str(value)):
                raise Malformed("The delivery names no return.")
            return str(value)
    inner = (_rma_id(value, depth + 1) for value in said.values())
    return next((id for id in inner if id is not None), None)
