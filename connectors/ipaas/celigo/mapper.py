"""Celigo's errors → outcomes: an open one failed, a resolved one succeeded later."""

from collections.abc import Iterator

from connectors.ipaas import push
from connectors.ipaas.outcomes import masked, outcome
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


def lines(feed: str, item: Raw, words: Words) -> Iterator[Line]:
    """The outcome that an error is; its code is Celigo's classification, else its own."""
    if feed == push.FEED:
        yield from push.lines(feed, item, words)
        return
    error, resolved = item["error"], item["resolved"]
    at = item["read_at"] if resolved else error["occurredAt"]
    head = outcome(
        words, item["step"], error["errorId"], at, error.get("traceKey"), "success" if resolved else "failed"
    )
    classified = str(error.get("classification") or "").casefold()
    yield head | {
        "error": None
        if resolved
        else {
            "code": CODES.get(classified) or error.get("code"),
            "message": masked(error.get("message")),
            "field": error.get("source"),
        },
        "raw": error | {"message": masked(error.get("message")), "theirs": item["step"]},
    }
