"""Reads version 2 of Swap's returns API."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.access import Access
from connectors.auth import Headers
from connectors.paging import Page, Position, Raw, Window, both_ways

BASE = "https://api-gateway.swap-os.com/returns-api"
LONGEST_PAGE = 100


class SwapClient:
    """Talks to Swap for one store."""

    def __init__(self, access: Access) -> None:
        self.access, self.store = access, access.setting("store_id")
        auth = Headers({"X-API-Key": access.secret("api_key")})
        self.http = access.http(access.setting("base", BASE), auth=auth)

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def missing(self) -> list[str]:
        """What an answer says of another store; Swap's own words are raised where the key does not count."""
        rows, _ = self._returns(1, {}, size=1)
        others = sorted({str(row["store_id"]) for row in rows if row.get("store_id")} - {self.store})
        return [f"The store ID is {self.store}, and the answer is of {other}." for other in others]

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """A page of returns, in the order that Swap gives them."""
        filters = self._filters(feed, window)
        return both_ways(lambda number: self._returns(number, filters), position)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """The return of a number, or the returns of an order."""
        name = {"return": "rma_number", "order": "shopify_order_name"}[what]
        rows, _ = self._returns(1, {name: id})
        return [("returns", row) for row in rows]

    def _filters(self, feed: str, window: Window) -> dict[str, str]:
        if feed == "returns":
            return {"last_RMA_updated_date": self._date(window.since)} if window.since else {}
        since = window.until - timedelta(days=int(self.access.setting("read_back", "60")))
        submitted = ("from_return_submission_date", "to_return_submission_date")
        return dict(zip(submitted, (self._date(since), self._date(window.until + timedelta(days=1))), strict=True))

    def _returns(self, number: int, filters: dict[str, str], *, size: int = 0) -> tuple[Sequence[Raw], bool]:
        """The rows of a page, and whether there are more."""
        asked = {
            "swap_store_id": self.store,
            "page": str(number),
            "items_per_page": str(size or LONGEST_PAGE),
        } | filters
        said = self.http.json("GET", "/v2/external/returns", params=asked)
        rows: Sequence[Raw] = said["returns"] if "returns" in said else said["orders"]
        return rows, _more(said["pagination"])

    def _date(self, at: datetime) -> str:
        form = "%Y-%m-%d" if self.access.setting("dates") == "day" else "%Y-%m-%dT%H:%M:%S.000Z"
        return at.astimezone(UTC).strftime(form)


def _more(pagination: dict[str, Any]) -> bool:
    if "has_next_page" in pagination:
        return bool(pagination["has_next_page"])
    return int(pagination["page"]) < int(pagination["total_pages"])
