"""Deliveries from ShipBob: signed by the Standard Webhooks convention, each a hint that something changed."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.webhooks import Incoming, Malformed, News, Reread, verify_standard

NUMBER = re.compile("[0-9]{1,30}")


def verify(incoming: Incoming, secrets: Sequence[str], settings: Mapping[str, str], at: datetime) -> None:
    """`webhook-id`, `webhook-timestamp`, `webhook-signature`; at most five minutes old."""
    verify_standard(incoming, secrets, at)


def news(incoming: Incoming) -> Sequence[News]:
    """The order or return to read again; other topics tell of nothing we read."""
    topic, said = incoming.header("x-webhook-topic").lower(), _body(incoming)
    if topic.startswith("order.shipment."):
        return [Reread("order", _id(said, "order_id"))]
    if topic.startswith("order."):
        return [Reread("order", _id(said, "id"))]
    return [Reread("return", _id(said, "id"))] if topic.startswith("return.") else []


def _id(said: dict[str, Any], name: str) -> str:
    id = said.get(name)
    if not isinstance(id, str | int) or not NUMBER.fullmatch(str(id)):
        raise Malformed(f"The delivery names no {name}.")
    return str(id)


def _body(incoming: Incoming) -> dict[str, Any]:
    """The object that it is about, which may stand under `data`."""
    said = incoming.json_object()
    inner = said.get("data", said)
    if not isinstance(inner, dict):
        raise Malformed("The body is no object.")
    return inner
