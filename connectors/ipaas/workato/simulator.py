"""A Workato workspace that we can run: the jobs of its recipes, and their repetition, by our reading of its pages."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from connectors.simulating import Bucket, Refusal, Simulator

JOBS_A_PAGE = 2


class Workato(Simulator):
    """`jobs` holds each recipe's jobs, the newest first."""

    routes = {
        ("GET", "/api/recipes/{recipe}/jobs"): "listed",
        ("POST", "/api/recipes/{recipe}/repeat_jobs"): "repeat",
    }

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.token, self.room = "token-of-the-workspace", Bucket(60, 1, clock)
        self.jobs: dict[str, list[dict[str, Any]]] = {}
        self.between: Callable[[], Any] = lambda: None

    def admit(self, request: httpx.Request) -> None:
        """The token, and room."""
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise Refusal(401, {"message": "Unauthorized"})
        if not self.room.take():
            raise Refusal(429, {"message": "Too many requests"}, {"Retry-After": "1"})

    def listed(self, request: httpx.Request, recipe: str) -> dict[str, Any]:
        """GET /api/recipes/{recipe}/jobs."""
        asked = dict(request.url.params)
        if recipe in self.jobs and asked.keys() - {"offset_job_id"} == {"rerun_only"}:
            return {"items": _page([one for one in self.jobs[recipe] if one.get("master_job_id")], asked)}
        if recipe not in self.jobs or asked.get("status") not in ("succeeded", "failed", "pending"):
            raise Refusal(404 if recipe not in self.jobs else 400, {"message": "No such recipe or status"})
        done = [one for one in self.jobs[recipe] if (one.get("completed_at") is None) == (asked["status"] == "pending")]
        of_status = [one for one in done if one["is_error"] == (asked["status"] == "failed")]
        told = {"job_count": len(of_status), "items": _page(of_status, asked)}
        self.between()
        return told

    def repeat(self, request: httpx.Request, recipe: str) -> dict[str, Any]:
        """POST /api/recipes/{recipe}/repeat_jobs: at most 25 at once, each as often as it is asked for."""
        ids = json.loads(request.content).get("job_ids") or []
        known = {one["id"]: one for one in self.jobs.get(recipe, [])}
        if not 1 <= len(ids) <= 25 or not set(ids) <= set(known):
            raise Refusal(400, {"message": "There is no such job"})
        for id in ids:
            again = {"id": f"{id}-r{len(self.jobs[recipe])}", "master_job_id": known[id].get("master_job_id") or id}
            now = self.clock().isoformat()
            self.jobs[recipe].insert(0, known[id] | again | {"started_at": now, "completed_at": now, "is_error": False})
        return {"success": True}


def _page(jobs: list[dict[str, Any]], asked: dict[str, str]) -> list[dict[str, Any]]:
    ids = [one["id"] for one in jobs]
    begin = ids.index(asked["offset_job_id"]) + 1 if "offset_job_id" in asked else 0
    return jobs[begin : begin + JOBS_A_PAGE]
