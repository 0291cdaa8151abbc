"""Reads ReturnGO's REST API: the list of returns gives numbers, each return is then read whole."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from connectors.access import Access
from connectors.auth import Headers
from connectors.http import NotFound, RequestRefused
from connectors.paging import Page, Position, Raw, Window
from connectors.subscribing import Subscription

BASE = "https://api.returngo.ai"
LONGEST_LIST = 500
AT_ONCE = 20
RECENT = timedelta(hours=1)
OPEN = "Pending,Approved,Received,Validated"
SETTLED = "Done,Rejected,Canceled"


class ReturnGoClient:
    """Talks to ReturnGO for one shop, one request at a time as it advises."""

    signs_with_ours = False

    def __init__(self, access: Access) -> None:
        self.access = access
        headers = {"x-api-key": access.secret("api_key"), "x-shop-name": access.setting("shop")}
        self.http = access.http(access.setting("base", BASE), auth=Headers(headers))

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def missing(self) -> list[str]:
        """Nothing, where key and shop count; ReturnGO's own words are raised where they do not."""
        self._list({}, size=1)
        return []

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """Lists numbers, up to 500 at once, and then reads those returns, 20 a page: the day's requests are counted."""
        at = position or {"part": 0, "cursor": None, "waiting": []}
        if at["waiting"]:
            now, later = at["waiting"][:AT_ONCE], at["waiting"][AT_ONCE:]
            return Page([self._whole(id) for id in now], self._following(feed, window, at | {"waiting": later}))
        said = self._list(self._parts(feed, window)[at["part"]], cursor=at["cursor"])
        ids = [str(row["rmaId"]) for row in said["rmas"]]
        read = {"part": at["part"], "cursor": said.get("next_cursor"), "waiting": ids}
        return Page([], self._following(feed, window, read))

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """One return; or, after news that names none, those that changed of late."""
        if what == "rma":
            return [("rmas", self._whole(id))]
        said = self._list({"rma_updated_at": _since(self.access.clock() - RECENT)}, size=AT_ONCE)
        return [("rmas", self._whole(str(row["rmaId"]))) for row in said["rmas"]]

    def subscriptions(self) -> list[Subscription]:
        """The registrations of the shop."""
        said = self.http.json("GET", "/webhooks")
        rows = said.get("webhooks") or [] if isinstance(said, dict) else said
        return [Subscription(str(one["id"]), (one["eventName"],), one["url"]) for one in rows]

    def subscribe(self, topics: Sequence[str], address: str, secret: str | None) -> list[str]:
        """One registration an event."""
        refused = []
        for event in topics:
            try:
                self.http.send("POST", "/webhooks", again=False, json={"url": address, "eventName": event})
            except RequestRefused as error:
                refused.append(f"{event}: {error}")
        return refused

    def unsubscribe(self, id: str) -> None:
        """Ends one."""
        try:
            self.http.send("DELETE", f"/webhooks/{quote(id, safe='')}", again=True)
        except NotFound:
            return

    def _parts(self, feed: str, window: Window) -> list[dict[str, str]]:
        """The filters of the lists that make up the feed."""
        if feed == "rmas":
            return [{"rma_updated_at": _since(window.since)} if window.since else {}]
        of_late = window.until - timedelta(days=int(self.access.setting("settled_for", "14")))
        return [{"status": OPEN}, {"status": SETTLED, "rma_updated_at": _since(of_late)}]

    def _following(self, feed: str, window: Window, at: Position) -> Position | None:
        if at["waiting"] or at["cursor"]:
            return at
        following = at["part"] + 1
        more = following < len(self._parts(feed, window))
        return {"part": following, "cursor": None, "waiting": []} if more else None

    def status_of(self, id: str) -> str:
        """The status of a return, as it is now."""
        return str(self.http.json("GET", f"/rma/{quote(id, safe='')}")["rmaSummary"]["status"])

    def _list(self, filters: dict[str, str], *, cursor: str | None = None, size: int = LONGEST_LIST) -> Any:
        """A list by date of creation, in which a return that changes keeps its place."""
        asked = {"pagesize": str(size), "sort_by": "+rma_created_at"} | filters
        return self.http.json("GET", "/rmas", params=asked | ({"cursor": cursor} if cursor else {}))

    def _whole(self, id: str) -> Raw:
        try:
            found: Raw = self.http.json("GET", f"/rma/{quote(id, safe='')}")
            return found
        except NotFound:
            return {"gone": id, "at": self.access.clock().isoformat()}


def _since(at: datetime) -> str:
    return f"gte:{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
