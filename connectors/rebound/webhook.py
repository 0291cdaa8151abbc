"""Pushes of returns in a form of ours (`rebound_return.v0`), signed by the Standard Webhooks convention."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.http import Unreadable, exact_json
from connectors.webhooks import Incoming, Malformed, News, Said, verify_standard

OF_THE_EVENT = ("event_id", "event", "occurred_at", "return")
OF_THE_RETURN = ("return_id", "order_reference", "status", "updated_at", "lines")
OF_A_LINE = ("sku", "quantity_expected")


def verify(incoming: Incoming, secrets: Sequence[str], settings: Mapping[str, str], at: datetime) -> None:
    """`webhook-id`, `webhook-timestamp`, `webhook-signature`; at most five minutes old."""
    verify_standard(incoming, secrets, at)


def news(incoming: Incoming) -> Sequence[News]:
    """The return itself; its `updated_at` keeps an older push from overwriting a newer one."""
    said = _object(_read(incoming), "the body")
    _require(said, OF_THE_EVENT)
    returned = _object(said["return"], "return")
    _require(returned, OF_THE_RETURN, "return.")
    if not isinstance(returned["return_id"], str | int) or not str(returned["return_id"]).strip():
        raise Malformed("return.return_id is neither text nor a number.")
    if not isinstance(returned["lines"], list) or not all(isinstance(line, dict) for line in returned["lines"]):
        raise Malformed("return.lines is no list of objects.")
    for place, line in enumerate(returned["lines"], 1):
        _require(line, OF_A_LINE, f"return.lines[{place}].")
    return [Said("pushed", returned)]


def _read(incoming: Incoming) -> Any:
    try:
        return exact_json(incoming.body)
    except Unreadable as error:
        raise Malformed(str(error)) from None


def _object(said: Any, name: str) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise Malformed(f"{name} is no object.")
    return said


def _require(said: dict[str, Any], names: Sequence[str], path: str = "") -> None:
    for name in names:
        if said.get(name) is None:
            raise Malformed(f"{path}{name} is missing.")
