"""Reads flow runs by Patchworks' Core API, and the logs of those that did not go well."""

from datetime import datetime, timedelta
from typing import Any

from connectors.access import Access
from connectors.auth import Headers
from connectors.http import NotFound
from connectors.ipaas.outcomes import legs
from connectors.ipaas.patchworks.mapper import is_error, result_of
from connectors.ipaas.push import PushedOnly
from connectors.paging import Page, Position, Raw, Window
from connectors.registry import Words

BASE = "https://core.wearepatchworks.com"
PATH = "/api/v1/flow-runs"
LONGEST_RUN = timedelta(days=1)  # runs are asked for by their start, and count by their end
SIZE = 50
BEGINNING: Position = {"page": 1, "failed": [], "logs": 1, "told": False}
OF_A_RUN = ("status", "finished_at", "summary")
SHOWN = 300


class PatchworksClient(PushedOnly):
    """Talks to one company about the flows that the setting `flows` names by their ids."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.reads = access.has("api_key")
        self.flows = list(legs(access.setting("flows"))) if self.reads else []
        self.path = access.setting("path", PATH)
        self.words = Words(access.connection.system, access.connection.settings)
        if self.reads:
            auth = Headers({"Authorization": access.secret("api_key")})
            self.http = access.http(access.setting("base", BASE), auth=auth, headers={"Accept": "application/json"})

    def close(self) -> None:
        """Closes the connections."""
        if self.reads:
            self.http.close()

    def missing(self) -> list[str]:
        """What is not entered; Patchworks' own words are raised where it refuses to be asked."""
        if not self.reads:
            return super().missing()
        now = self.access.clock()
        for flow in self.flows:
            self._listed(flow, now, 1)
        return [] if self.flows else ["No flows are entered."]

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """A page of a flow's runs, which are read from the oldest on, or the next logs of one of them."""
        at = position or {"flow": 0} | BEGINNING
        if at["flow"] >= len(self.flows):
            return Page([])
        flow = self.flows[at["flow"]]
        if at["failed"]:
            return self._logs(flow, at)
        since = (window.since or window.until) - LONGEST_RUN
        said = self._listed(flow, since, at["page"])
        ended = [run for run in said["data"] if _ended_in(run, window)]
        items: list[Raw] = [{"flow": flow, "run": run} for run in ended]
        failed = [_short(run) for run in ended if result_of(run, self.words) != "success"]
        on = at["page"] + 1 if at["page"] < _pages(said) else None
        return Page(items, self._following(at | {"page": on, "failed": failed}))

    def _logs(self, flow: str, at: Position) -> Page:
        """The next logs of a run; behind the last, that in part of it something failed of which no error was logged."""
        run, *rest = at["failed"]
        said = self._logged(run["id"], at["logs"])
        items: list[Raw] = [{"flow": flow, "run": run, "log": log} for log in said["data"]]
        told = at["told"] or any(is_error(log) for log in said["data"])
        if at["logs"] < _pages(said):
            return Page(items, at | {"logs": at["logs"] + 1, "told": told})
        if not told and result_of(run, self.words) == "partial":
            items.append({"flow": flow, "run": run, "untold": True})
        return Page(items, self._following(at | {"failed": rest, "logs": 1, "told": False}))

    def _logged(self, run: Any, page: int) -> dict[str, Any]:
        asked = {"page": str(page), "per_page": str(SIZE), "sort": "id"}
        try:
            found: dict[str, Any] = self.http.json("GET", f"{self.path}/{run}/flow-run-logs", params=asked)
        except NotFound:  # they are kept for seven days
            return {"data": []}
        return found

    def _following(self, at: Position) -> Position | None:
        if at["failed"] or at["page"] is not None:
            return at
        after = at["flow"] + 1
        return {"flow": after} | BEGINNING if after < len(self.flows) else None

    def _listed(self, flow: str, since: datetime, page: int) -> dict[str, Any]:
        asked = {"filter[flow_id]": flow, "filter[started_after]": str(int(since.timestamp() * 1000))}
        asked |= {"sort": "started_at", "include": "trackedData", "page": str(page), "per_page": str(SIZE)}
        found: dict[str, Any] = self.http.json("GET", self.path, params=asked)
        return found


def _short(run: Raw) -> Raw:
    """What is told of a run whose logs are to be read, short enough for a position."""
    said = run.get("attributes") or run
    return {"id": run["id"], "attributes": {name: str(said.get(name) or "")[:SHOWN] for name in OF_A_RUN}}


def _pages(said: dict[str, Any]) -> int:
    return int((said.get("meta") or {}).get("last_page") or 1)


def _ended_in(run: Raw, window: Window) -> bool:
    done = (run.get("attributes") or run).get("finished_at")
    return bool(done) and (window.since is None or datetime.fromisoformat(str(done)) >= window.since)
