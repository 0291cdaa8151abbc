"""Reads SparkLayer's Purchasing API and its sync log."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from connectors.access import Access
from connectors.auth import Renewed, Token
from connectors.http import Failing, NotFound, RequestRefused, Unreadable, VendorError, read_error, vendor_words
from connectors.paging import Page, Position, Raw, Window, by_offset
from connectors.sparklayer.mapper import RECORDS, name_of

BASES = {"live": "https://app.sparklayer.io", "test": "https://test.app.sparklayer.io"}
AGENT = "Reconciliation/1 (orders and sync log, read only)"
SINCE = "dates[last_updated][gte]"
LIST = "/api/v1/purchases"
SIZE = 50  # each row is read by itself, as the list leaves the packages out
HELD = 25
BELIEVED = 20  # so many records in a row are not all deleted


def error_in(response: httpx.Response) -> VendorError | None:
    """The error of an answer; a 409 says that somebody else is just writing, and passes."""
    if response.status_code == 409:
        return Failing(f"{response.request.url.path}: 409 {vendor_words(response)}")
    return read_error(response)


class SparkLayerClient:
    """Talks to one site, in one environment."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.base = access.setting("base") or BASES[access.setting("environment", "live")]
        self.named = {"Site-Id": access.setting("site_id"), "User-Agent": AGENT}
        auth = Renewed(access.tokens(self._fetch_token))
        self.http = access.http(self.base, auth=auth, headers=self.named, error_in=error_in)

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def missing(self) -> list[str]:
        """Whether purchases can be read and filtered by date, and which sync logs are not there."""
        found = []
        ahead = (self.access.clock() + timedelta(days=365)).isoformat()
        parameter = self.access.setting("since_parameter", SINCE)
        if self._list({"type": "order", parameter: ahead}, 0, 1):
            found.append(f"The site does not filter by {parameter}: each pull would read every order.")
        return found + [words for log, flow in self._logs() if (words := self._log_problem(log, flow))]

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """A page of a feed."""
        if feed == "orders":
            # no upper bound: rows would then leave the list while it is read
            since = window.since and window.since.astimezone(UTC).isoformat()
            changed = {self.access.setting("since_parameter", SINCE): since} if since else {}
            return self._purchases({"type": "order"} | changed, position)
        if feed == "unconfirmed":
            return self._purchases({"type": "order_unconfirmed"}, position)
        if feed == "held":
            return self._held(position)
        if feed == "sync_log":
            return self._sync_log(position)
        raise LookupError(feed)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """An order as it is now."""
        return [("held", self._purchase(id) or self._gone("order", id))]

    def _purchases(self, asked: dict[str, str], position: Position | None) -> Page:
        page = by_offset(lambda offset, limit: self._list(asked, offset, limit), position, size=SIZE, key=name_of)
        whole = (row if "packages" in row else self._purchase(name_of(row)) for row in page.items)
        return Page([row for row in whole if row], page.following)

    def _list(self, asked: dict[str, str], offset: int, limit: int) -> list[Raw]:
        params = asked | {"limit": str(limit), "offset": str(offset)}
        rows = self.http.json("GET", LIST, params=params)
        if not isinstance(rows, list):
            raise Unreadable("The answer is no list of purchases.")
        return rows

    def _purchase(self, name: str) -> Raw | None:
        """A whole purchase; None where it is gone."""
        by, _, value = name.partition(":") if ":" in name else ("sparklayer", "", name)
        try:
            found: Raw = self.http.json("GET", f"{LIST}/{by}/{quote(value, safe='')}")
        except NotFound:
            return None
        return found

    def _held(self, position: Position | None) -> Page:
        """The orders that we hold, each read by itself."""
        ids = self.access.known("order", (position or {}).get("after", ""), HELD)
        items = [self._purchase(id) or self._gone("order", id) for id in ids]
        if len(items) >= BELIEVED and all("gone" in item for item in items):
            raise Unreadable(f"The site knows none of {len(ids)} orders in a row; they are not taken for deleted.")
        return Page(items, {"after": ids[-1]} if ids else None)

    def _gone(self, type: str, id: str) -> Raw:
        return {"gone": type, "id": id, "at": self.access.clock().isoformat()}

    def _logs(self) -> list[tuple[str, str]]:
        """(integration/data type, flow) of the sync logs to read."""
        pairs = (part.partition("=") for part in self.access.setting("sync_flows").split(",") if part.strip())
        return [(log.strip().strip("/"), flow.strip()) for log, _, flow in pairs]

    def _log_problem(self, log: str, flow: str) -> str | None:
        if log.count("/") != 1 or not flow:
            return f"Sync log {log!r}: write integration/data_type=flow."
        if log.split("/")[1] not in RECORDS:
            return f"Sync log {log}: its errors are of no record type; it can be one of {', '.join(RECORDS)}."
        try:
            self.http.send("GET", f"/api/v1/sync-log/{log}")
        except NotFound:
            return f"Sync log {log}: no full sync is recorded."
        return None

    def _sync_log(self, position: Position | None) -> Page:
        """One log a page."""
        logs, place = self._logs(), (position or {}).get("place", 0)
        if place >= len(logs):
            return Page([])
        following = {"place": place + 1} if place + 1 < len(logs) else None
        return Page(list(self._errors(*logs[place])), following)

    def _errors(self, log: str, flow: str) -> Iterator[Raw]:
        """What failed at the last full sync; and what failed before and is not among it."""
        try:
            said = self.http.json("GET", f"/api/v1/sync-log/{log}/errors")
        except NotFound:
            return
        at = said.get("last_full_sync") or said.get("started_full_sync")
        if not at:
            raise RequestRefused(f"The sync log {log} does not say when it was written.")
        failed = {str(error["external_id"]): error for error in said.get("errors") or []}
        for error in failed.values():
            yield {"log": log, "flow": flow, "at": at, "error": error}
        for id in self._told_before(f"{log}/"):
            if id.removeprefix(f"{log}/") not in failed:
                yield {"gone": "outcome", "id": id, "at": at}

    def _told_before(self, prefix: str) -> Iterator[str]:
        after = prefix
        while ids := [id for id in self.access.known("outcome", after, 500) if id.startswith(prefix)]:
            yield from ids
            after = ids[-1]

    def _fetch_token(self) -> Token:
        """A token for an hour. The body is JSON: SparkLayer refuses forms."""
        asked: dict[str, Any] = {
            "grant_type": "client_credentials",
            "client_id": self.access.setting("client_id"),
            "client_secret": self.access.secret("client_secret"),
        }
        with self.access.http(self.base, headers=self.named, error_in=error_in) as plain:
            said = plain.json("POST", "/api/auth/token", again=True, json=asked)
        return Token(said["access_token"], timedelta(seconds=float(said.get("expires_in") or 3600)))
