"""A Patchworks company that we can run: flow runs and their logs, by our reading of its reference."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Any

import httpx

from connectors.simulating import Refusal, Simulator

MOST = 200
PAGE = 2  # so many at the most here, that several pages are needed


class Patchworks(Simulator):
    """One company. `runs` holds runs as they are listed, `logs` those of each run."""

    routes = {
        ("GET", "/api/v1/flow-runs"): "listed",
        ("GET", "/api/v1/flow-runs/{run}/flow-run-logs"): "logged",
    }

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.api_key = "key-of-the-company"
        self.runs: list[dict[str, Any]] = []
        self.logs: dict[str, list[dict[str, Any]]] = {}
        self.between: Callable[[], Any] = lambda: None

    def admit(self, request: httpx.Request) -> None:
        """The bare key in `Authorization`, and JSON asked for."""
        if request.headers.get("Authorization") != self.api_key:
            raise Refusal(401, {"message": "Unauthenticated."})
        if request.headers.get("Accept") != "application/json":
            raise Refusal(406, {"message": "Accept must be application/json."})

    def listed(self, request: httpx.Request) -> dict[str, Any]:
        """Runs of a flow that started after a moment in milliseconds; without `sort`, in no order that is promised."""
        asked = request.url.params
        if not asked.get("filter[started_after]", "").isdigit():
            raise Refusal(422, {"message": "filter[started_after] must be a Unix timestamp in milliseconds."})
        since = int(asked["filter[started_after]"]) / 1000
        found = [run for run in self.runs if str(run["attributes"]["flow_id"]) == asked["filter[flow_id]"]]
        found = [run for run in found if _started(run) > since]
        if asked.get("sort") == "started_at":
            found.sort(key=_started)
        if "trackedData" not in asked.get("include", ""):
            found = [run | {"attributes": run["attributes"] | {"tracked_data": None}} for run in found]
        told = _page(found, asked)
        self.between()
        return told

    def logged(self, request: httpx.Request, run: str) -> dict[str, Any]:
        """The logs of a run."""
        if run not in {str(one["id"]) for one in self.runs}:
            raise Refusal(404, {"message": "No such run."})
        return _page(self.logs.get(run, []), request.url.params)


def _started(run: dict[str, Any]) -> float:
    return datetime.fromisoformat(run["attributes"]["started_at"]).timestamp()


def _page(rows: list[dict[str, Any]], asked: httpx.QueryParams) -> dict[str, Any]:
    number, size = int(asked.get("page", "1")), int(asked.get("per_page", "15"))
    if not 0 < size <= MOST:
        raise Refusal(422, {"message": f"per_page is at most {MOST}."})
    size = min(size, PAGE)
    meta = {"current_page": number, "last_page": max(1, ceil(len(rows) / size)), "total": len(rows)}
    return {"data": rows[(number - 1) * size : number * size], "meta": meta}
