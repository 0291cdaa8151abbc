"""What Shopify says beside the data: errors in a 200, and what is left of the cost limit."""

from typing import Any

import httpx

from connectors.http import (
    Failing,
    NotAllowed,
    RequestRefused,
    Room,
    Throttled,
    Unreadable,
    VendorError,
    exact_json,
    read_error,
)

CODES: dict[str, type[VendorError]] = {
    "ACCESS_DENIED": NotAllowed,
    "SHOP_INACTIVE": NotAllowed,
    "INTERNAL_SERVER_ERROR": Failing,
    "TIMEOUT": Failing,
}


def error_in(response: httpx.Response) -> VendorError | None:
    """The error of an answer; Shopify hides its own in a 200, beside data that may be partial."""
    if (plain := read_error(response)) is not None:
        return plain
    said = _body(response)
    errors = said.get("errors")
    if not errors:
        return None
    if isinstance(errors, str):
        return RequestRefused(errors)
    first = errors[0] if isinstance(errors, list) and isinstance(errors[0], dict) else {}
    code = (first.get("extensions") or {}).get("code")
    words = str(first.get("message") or errors)[:300]
    if code == "THROTTLED":
        return Throttled(words, _wait(said))
    return CODES.get(str(code), RequestRefused)(f"{words} ({code})" if code else words)


def room_in(response: httpx.Response) -> Room | None:
    """The points that are left, as the answer's cost states them."""
    status = (_cost(_body(response)) or {}).get("throttleStatus") or {}
    if "currentlyAvailable" not in status:
        return None
    left = float(status["currentlyAvailable"])
    most, restored = status.get("maximumAvailable"), status.get("restoreRate")
    return Room(left, float(most or left), per_second=float(restored or 1))


def requested_cost(said: dict[str, Any]) -> float | None:
    """What the query was counted at before it ran."""
    cost = (_cost(said) or {}).get("requestedQueryCost")
    return None if cost is None else float(cost)


def _wait(said: dict[str, Any]) -> float | None:
    """(requested − available) ÷ restore rate."""
    cost = _cost(said) or {}
    status = cost.get("throttleStatus") or {}
    if not status.get("restoreRate") or cost.get("requestedQueryCost") is None:
        return None
    lacking = float(cost["requestedQueryCost"]) - float(status.get("currentlyAvailable") or 0)
    return max(lacking / float(status["restoreRate"]), 0.1)


def _cost(said: dict[str, Any]) -> dict[str, Any] | None:
    cost = (said.get("extensions") or {}).get("cost")
    return cost if isinstance(cost, dict) else None


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        said = exact_json(response.content)
    except Unreadable:
        return {}
    return said if isinstance(said, dict) else {}
