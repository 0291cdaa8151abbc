"""What commercetools' errors mean: its codes say more than the status."""

import httpx

from connectors.http import Failing, Throttled, Unreadable, VendorError, exact_json, read_error

PASSING = ("OverCapacity", "General", "PendingOperation", "ConcurrentModification")
REST = 60.0  # seconds, where the vendor asks not to be hammered


def error_in(response: httpx.Response) -> VendorError | None:
    """The error of an answer: `PendingOperation` passes; a query that timed out is left alone for a while."""
    plain = read_error(response)
    if plain is None or isinstance(plain, Throttled):
        return plain
    code = _code(response)
    words = f"{plain} ({code})" if code else str(plain)
    if code == "QueryTimedOut":
        return Throttled(words, REST)
    if code in PASSING:
        return Failing(words)
    return type(plain)(words)


def _code(response: httpx.Response) -> str:
    try:
        said = exact_json(response.content)
    except Unreadable:
        return ""
    errors = said.get("errors") if isinstance(said, dict) else None
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    return str(first.get("code") or "")
