"""Pushed outcomes: a flow's last step posts lines of the contract, signed, or with a token where it cannot sign."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from connectors.access import Access
from connectors.http import Unreadable, exact_json
from connectors.ipaas.outcomes import masked
from connectors.paging import Page, Position, Raw, Window
from connectors.registry import Connector, Setting, Words
from connectors.sightings import Line
from connectors.webhooks import Forged, Incoming, Malformed, News, Said, Unsigned, Webhook, verify_standard

SECRET = Setting(
    "webhook_secret", "Secret of the pushes", secret=True, required=False, help="whsec_…, or a bearer token"
)
MOST = 1000
FEED = "pushed"


def verify(incoming: Incoming, secrets: Sequence[str], settings: Mapping[str, str], at: datetime) -> None:
    """Standard Webhooks; without a signature the secret itself as a bearer token, compared in constant time."""
    if incoming.headers.get("webhook-signature", "").strip():
        verify_standard(incoming, secrets, at)
        return
    scheme, _, given = incoming.header("Authorization").partition(" ")
    if scheme.lower() != "bearer" or not given:
        raise Unsigned("There is neither a signature nor a bearer token.")
    fits = {hmac.compare_digest(given.strip().encode(), secret.encode()) for secret in secrets}
    if True not in fits:
        raise Forged("The token does not count.")


def identity(incoming: Incoming) -> str:
    """The signed name, else the bytes: what is pushed twice in the same words is one push."""
    if incoming.headers.get("webhook-signature", "").strip():
        return incoming.header("webhook-id")
    return sha256(incoming.body).hexdigest()


def news(incoming: Incoming) -> Sequence[News]:
    """The outcomes: one object, a list of them, `{"outcomes": […]}`, or a line each.

    What is none is refused by itself later, and shown, where there are others beside it.
    """
    found = _items(incoming.body)
    if not found or len(found) > MOST:
        raise Malformed(f"There must be from 1 to {MOST:,} outcomes.")
    if not any(_is_outcome(item) for item in found):
        raise Malformed("There is no outcome with an id.")
    return [Said(FEED, item if _is_outcome(item) else {"no_outcome": item}) for item in found]


def _is_outcome(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type", "outcome") == "outcome" and bool(item.get("id"))


def lines(feed: str, item: Raw, words: Words) -> Iterator[Line]:
    """The outcome as it was pushed, as this system's own, without personal data in its message."""
    if "no_outcome" in item:
        raise Malformed("It is no outcome with an id.")
    line = item | {"type": "outcome", "system": words.system, "dated": True}
    if isinstance(error := line.get("error"), dict):
        line["error"] = error | {"message": masked(error.get("message"))}
    yield line


WEBHOOK = Webhook(verify, news, identity, made_here=True)


class PushedOnly:
    """The client of a platform that is not asked for anything."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def missing(self) -> list[str]:
        """The secret, where it lacks."""
        return [] if self.access.has("webhook_secret") else ["The secret of the pushes is not entered."]

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """There are no feeds."""
        raise LookupError(feed)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """Pushes say it all."""
        raise LookupError(what)

    def close(self) -> None:
        """There is nothing to close."""


def pushed_only(vendor: str, title: str) -> Connector:
    """A platform whose flows push."""
    return Connector(
        kind="ipaas",
        vendor=vendor,
        title=title,
        settings=(SECRET,),
        feeds=(),
        client=PushedOnly,
        lines=lines,
        webhook=WEBHOOK,
    )


def _items(body: bytes) -> list[Any]:
    try:
        said = exact_json(body)
    except Unreadable:
        return _by_line(body)
    if isinstance(said, dict) and "outcomes" in said:
        said = said["outcomes"]
    return said if isinstance(said, list) else [said]


def _by_line(body: bytes) -> list[Any]:
    return [_line(line) for line in body.splitlines() if line.strip()]


def _line(line: bytes) -> Any:
    try:
        return exact_json(line)
    except Unreadable:
        return line.decode("utf-8", "replace")  # no outcome, and shown as such
