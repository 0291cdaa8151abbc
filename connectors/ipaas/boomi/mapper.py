"""Boomi's documents → outcomes."""

from collections.abc import Iterator
from typing import Any

from connectors.ipaas import push
from connectors.ipaas.outcomes import NUMBERS, legs, masked, outcome
from connectors.paging import Raw
from connectors.registry import Words
from connectors.sightings import Line

RESULTS = {"SUCCESS": "success", "ERROR": "failed"}


def lines(feed: str, item: Raw, words: Words) -> Iterator[Line]:
    """The outcome of a document: what an operation of a mapped flow did with it.

    Where the flow is a whole process, its reading of records is no outcome of theirs unless it failed.
    """
    if feed == push.FEED:
        yield from push.lines(feed, item, words)
        return
    document = item["document"]
    theirs = f"{item['process']}/{document.get('operationName')}"
    if theirs not in legs(words.get("flows")):
        theirs = item["process"]
        if theirs not in legs(words.get("flows")) or (document.get("startShape") and document["status"] == "SUCCESS"):
            return
    result = RESULTS.get(document["status"], document["status"])
    named = _number(document, words.get("tracked_field"))
    error = {"code": document.get("operationName"), "message": masked(document.get("errorMessage"))}
    yield outcome(words, theirs, document["id"], document["dateProcessed"], named, result) | {
        "error": error if result == "failed" else None,
        "raw": document | {"errorMessage": masked(document.get("errorMessage"))},
    }


def _number(document: Raw, field: str) -> str:
    """The tracked field of this name; without a name the first that holds a number of a known form, else the first."""
    values = _tracked(document)
    if field:
        return values.get(field, "")
    known = (said for said in values.values() if any(form.search(said) for form in NUMBERS.values()))
    return next(known, next(iter(values.values()), ""))


def _tracked(document: Raw) -> dict[str, str]:
    said: Any = (document.get("trackedFields") or {}).get("trackedField") or []
    fields = [said] if isinstance(said, dict) else said
    return {str(one.get("name")): str(one.get("value") or "") for one in fields}
