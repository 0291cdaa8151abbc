"""Boomi's documents → outcomes."""

from collections.abc import Iterator
from typing import Any

from connectors.ipaas import push
from connectors.ipaas.outcomes import NUMBERS, legs, masked, outcome, outcomes
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
    if "execution" in item:
        yield from _of_an_execution(item, words)
        return
    document = item["document"]
    theirs = flow_of(item["process"], document, words)
    if theirs is None:
        return
    result = RESULTS.get(document["status"], document["status"])
    named = _number(document, words.get("tracked_field"))
    error = {"code": document.get("operationName"), "message": masked(document.get("errorMessage"))}
    for told in outcomes(words, theirs, document["id"], document["dateProcessed"], named, result):
        raw = document | {"errorMessage": masked(document.get("errorMessage"))}
        yield told | {"error": error if result == "failed" else None, "raw": raw}


def flow_of(process: str, document: Raw, words: Words) -> str | None:
    """Which of the mapped flows a document is an outcome on: its operation, else the whole process; None on neither."""
    mapped, operation = legs(words.get("flows")), f"{process}/{document.get('operationName')}"
    if operation in mapped:
        return operation
    was_read = document.get("startShape") and document["status"] == "SUCCESS"
    return process if process in mapped and not was_read else None


def _of_an_execution(item: Raw, words: Words) -> Iterator[Line]:
    """An execution that failed without a document of ours that did: on each flow of its process, nobody knows what."""
    execution = item["execution"]
    error = {"code": execution["status"], "message": masked(execution.get("message"))}
    for theirs in legs(words.get("flows")):
        if theirs.split("/")[0] == item["process"]:
            id = f"{execution['executionId']}/{theirs}"
            named = f"execution {execution['executionId']}"
            yield outcome(words, theirs, id, execution["executionTime"], named, "failed") | {"error": error}


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
