"""Celigo's errors → outcomes: an open one failed, a resolved one succeeded later."""

import re
from collections.abc import Iterator
from typing import Any

from connectors.ipaas import push
from connectors.ipaas.outcomes import code_of_status, masked, outcomes
from connectors.paging import Raw
from connectors.registry import Words
from connectors.sightings import Line

CODES = {
    "connection": "timeout",
    "intermittent": "timeout",
    "rate limit": "rate_limited",
    "value": "validation",
    "missing": "missing_reference",
    "duplicate": "conflict",
    "too large": "too_large",
    "parse": "parse",
}


STATUS = re.compile(r"-([1-5][0-9]{2})-")  # within `reqAndResKey`: 5634-400-POST
SOURCES = {"_hook": "script", "_filter": "filter", "mapping": "mapping", "internal": "platform"}


def lines(feed: str, item: Raw, words: Words) -> Iterator[Line]:
    """The outcome that an error is."""
    if feed == push.FEED:
        yield from push.lines(feed, item, words)
        return
    error, resolved = item["error"], item["resolved"]
    at, result = (item["read_at"], "success") if resolved else (error["occurredAt"], "failed")
    message = masked(error.get("message"))
    why = {"code": _code(error), "message": message, "field": error.get("source")}
    for told in outcomes(words, item["step"], error["errorId"], at, error.get("traceKey"), result):
        raw = error | {"message": message, "theirs": item["step"]}
        yield told | {"error": None if resolved else why, "raw": raw}


def _code(error: Raw) -> Any:
    """By Celigo's classification, else by the status that the other side answered, else by where it arose."""
    classified = CODES.get(str(error.get("classification") or "").casefold())
    answered = STATUS.search(str(error.get("reqAndResKey") or ""))
    source = str(error.get("source") or "")
    arose = next((code for end, code in SOURCES.items() if source.endswith(end)), None)
    return classified or (answered and code_of_status(answered[1])) or arose or error.get("code")
