"""Reads ShipBob's REST API."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx

from connectors.access import Access
from connectors.auth import Headers
from connectors.http import NotFound, RequestRefused, Room, Throttled, VendorError, read_error
from connectors.paging import Page, Position, Raw, Window, both_ways
from connectors.subscribing import Subscription

BASE = "https://api.shipbob.com"
VERSION = "2026-01"
LONGEST_PAGE = 50
A_MINUTE = 150
OPEN = "AwaitingArrival,Arrived,Processing"


class ShipBobClient:
    """Talks to ShipBob with one token, for one channel where one is set."""

    signs_with_ours = True

    def __init__(self, access: Access) -> None:
        self.access = access
        self.version = access.setting("version", VERSION)
        headers = {"Authorization": f"Bearer {access.secret('token')}"}
        if channel := access.setting("channel"):
            headers["shipbob_channel_id"] = channel
        base = access.setting("base", BASE)
        self.http = access.http(base, auth=Headers(headers), error_in=error_in, room_in=room_in)

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def missing(self) -> list[str]:
        """A channel that the token does not reach; ShipBob's own words are raised where it does not count."""
        channel = self.access.setting("channel")
        reached = [str(one["id"]) for one in self._get("channel", {})["items"]]
        return [f"The token does not reach the channel {channel}."] if channel and channel not in reached else []

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """A page of a feed."""
        if feed == "orders":
            changed = {"LastUpdateStartDate": _instant(window.since)} if window.since else {}
            return both_ways(lambda number: self._orders(number, changed), position)
        if feed in ("returns", "open_returns"):
            return self._parts_of_returns(feed, window, position)
        return self._chained("inventory-level/locations" if feed == "stock" else "product", position)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """An order or a return as it is now; nothing where it is gone, for ShipBob documents no deletion."""
        try:
            return [(f"{what}s", self._get(f"{what}/{quote(id, safe='')}", {}))]
        except NotFound:
            return []

    def subscriptions(self) -> list[Subscription]:
        """All webhooks of the account."""
        found, asked = list[Subscription](), {"RecordsPerPage": str(LONGEST_PAGE)}
        while True:
            said = self._get("webhook", asked)
            for one in said.get("items") or []:
                works = one.get("enabled", True)
                found.append(Subscription(str(one["id"]), tuple(one["topics"]), one["url"], works))
            if not said.get("next"):
                return found
            asked = dict(parse_qsl(urlsplit(said["next"]).query))

    def subscribe(self, topics: Sequence[str], address: str, secret: str | None) -> list[str]:
        """One webhook for all topics, signed with our key."""
        asked = {"url": address, "topics": list(topics), "secret": secret, "description": "Reconciliation"}
        try:
            self.http.json("POST", f"/{self.version}/webhook", again=False, json=asked)
        except RequestRefused as refused:
            return [str(refused)]
        return []

    def unsubscribe(self, id: str) -> None:
        """Ends one."""
        try:
            self.http.send("DELETE", f"/{self.version}/webhook/{quote(id, safe='')}", again=True)
        except NotFound:
            return

    def _orders(self, number: int, filters: dict[str, str]) -> tuple[Sequence[Raw], bool]:
        rows: Sequence[Raw] = self._get("order", {"Page": str(number), "Limit": str(LONGEST_PAGE)} | filters)
        return rows, len(rows) == LONGEST_PAGE

    def _parts_of_returns(self, feed: str, window: Window, position: Position | None) -> Page:
        """Returns that were created in the window, then those that were completed in it."""
        parts: list[dict[str, str]] = [{"Status": OPEN}]
        if feed == "returns":
            since = window.since or datetime(2000, 1, 1, tzinfo=UTC)
            parts = [{name: _instant(since)} for name in ("StartDate", "CompletedStartDate")]
        at = position or {"part": 0, "within": None}
        page = both_ways(lambda number: self._returns(number, parts[at["part"]]), at["within"])
        if page.following is not None:
            return Page(page.items, at | {"within": page.following})
        more = at["part"] + 1 < len(parts)
        return Page(page.items, {"part": at["part"] + 1, "within": None} if more else None)

    def _returns(self, number: int, filters: dict[str, str]) -> tuple[Sequence[Raw], bool]:
        said = self._get("return", {"Cursor": str(number), "Limit": str(LONGEST_PAGE), "SortOrder": "Asc"} | filters)
        return said["items"], said["next"] is not None

    def _chained(self, path: str, position: Position | None) -> Page:
        """A page whose `next` says how to ask for the one behind it; never where."""
        said = self._get(path, position or {"PageSize": str(LONGEST_PAGE)})
        read_at = self.access.clock().isoformat()
        items = [item | {"read_at": read_at} for item in said["items"]]
        return Page(items, dict(parse_qsl(urlsplit(said["next"]).query)) if said["next"] else None)

    def _get(self, path: str, params: dict[str, str]) -> Any:
        return self.http.json("GET", f"/{self.version}/{path}", params=params)


def error_in(response: httpx.Response) -> VendorError | None:
    """The error of an answer; a throttled one names its wait in a header of ShipBob's own."""
    error = read_error(response)
    if isinstance(error, Throttled) and error.seconds is None:
        return Throttled(str(error), _number(response.headers.get("x-retry-after")))
    return error


def room_in(response: httpx.Response) -> Room | None:
    """The calls that are left in this minute."""
    left = _number(response.headers.get("x-remaining-calls"))
    return None if left is None else Room(left, A_MINUTE)


def _number(said: str | None) -> float | None:
    return float(said) if said is not None and said.strip().isdecimal() else None


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
