"""A Celigo and a Workato that we can run: as much of their APIs as is read, by our reading of their pages."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

import httpx

from connectors.simulating import Bucket, Refusal, Simulator

SECRET = "whsec_" + base64.b64encode(b"a secret of some length for pushes").decode()
JOBS_A_PAGE = 2


class _Platform(Simulator):
    """One account with a token, and room for so many requests."""

    def __init__(self, clock: Callable[[], datetime], room: Bucket) -> None:
        super().__init__(clock)
        self.token, self.room = "token-of-the-account", room

    def admit(self, request: httpx.Request) -> None:
        """The token, and room."""
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise Refusal(401, {"message": "Unauthorized"})
        if not self.room.take():
            raise Refusal(429, {"message": "Too many requests"}, {"Retry-After": "1"})


class Celigo(_Platform):
    """`errors` and `resolved` hold (step, error), `retries` the keys that were retried: each counts once."""

    routes = {
        ("GET", "/v1/flows/{flow}/{step}/errors"): "open_errors",
        ("GET", "/v1/flows/{flow}/{step}/resolved"): "resolved_errors",
        ("POST", "/v1/flows/{flow}/{step}/retry"): "retry",
    }

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock, Bucket(1000, 300, clock))
        self.errors: list[tuple[str, dict[str, Any]]] = []
        self.resolved: list[tuple[str, dict[str, Any]]] = []
        self.retries: list[str] = []
        self.may_retry = True

    def open_errors(self, request: httpx.Request, flow: str, step: str) -> dict[str, Any]:
        """GET /v1/flows/{flow}/{step}/errors."""
        return {"errors": _between(self.errors, f"{flow}/{step}", request)}

    def resolved_errors(self, request: httpx.Request, flow: str, step: str) -> dict[str, Any]:
        """GET /v1/flows/{flow}/{step}/resolved."""
        return {"resolved": _between(self.resolved, f"{flow}/{step}", request)}

    def retry(self, request: httpx.Request, flow: str, step: str) -> dict[str, Any]:
        """POST /v1/flows/{flow}/{step}/retry: what is retried is open no longer."""
        if not self.may_retry:
            raise Refusal(403, {"message": "This token may not retry errors"})
        asked = json.loads(request.content)
        keys = asked.get("retryDataKeys") or []
        of_step = {one["retryDataKey"]: (where, one) for where, one in self.errors if where == f"{flow}/{step}"}
        if set(asked) != {"retryDataKeys"} or not keys or not set(keys) <= set(of_step):
            raise Refusal(422, {"message": "There is no open error with this retry data key"})
        for key in keys:
            self.errors.remove(of_step[key])
            self.resolved.append(of_step[key])
            self.retries.append(key)
        return {"_jobId": f"job-{len(self.retries)}"}

    def resolve(self, number: int) -> None:
        """One open error becomes a resolved one."""
        self.resolved.append(self.errors.pop(number))


class Workato(_Platform):
    """`jobs` holds each recipe's jobs, the newest first."""

    routes = {
        ("GET", "/api/recipes/{recipe}/jobs"): "listed",
        ("POST", "/api/recipes/{recipe}/repeat_jobs"): "repeat",
    }

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock, Bucket(60, 1, clock))
        self.jobs: dict[str, list[dict[str, Any]]] = {}
        self.between: Callable[[], Any] = lambda: None

    def listed(self, request: httpx.Request, recipe: str) -> dict[str, Any]:
        """GET /api/recipes/{recipe}/jobs."""
        asked = dict(request.url.params)
        if recipe in self.jobs and asked == {"rerun_only": "true"}:
            return {"items": [one for one in self.jobs[recipe] if one.get("master_job_id")]}
        if recipe not in self.jobs or asked.get("status") not in ("succeeded", "failed", "pending"):
            raise Refusal(404 if recipe not in self.jobs else 400, {"message": "No such recipe or status"})
        done = [one for one in self.jobs[recipe] if (one.get("completed_at") is None) == (asked["status"] == "pending")]
        of_status = [one for one in done if one["is_error"] == (asked["status"] == "failed")]
        ids = [one["id"] for one in of_status]
        begin = ids.index(asked["offset_job_id"]) + 1 if "offset_job_id" in asked else 0
        told = {"job_count": len(of_status), "items": of_status[begin : begin + JOBS_A_PAGE]}
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


def push_of(body: bytes, *, at: datetime, id: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    """The headers of a signed push."""
    sent, key = str(int(at.timestamp())), base64.b64decode(secret.removeprefix("whsec_"))
    seal = base64.b64encode(hmac.new(key, f"{id}.{sent}.".encode() + body, sha256).digest()).decode()
    return {"webhook-id": id, "webhook-timestamp": sent, "webhook-signature": f"v1,{seal}"}


def _between(rows: list[tuple[str, dict[str, Any]]], step: str, request: httpx.Request) -> list[dict[str, Any]]:
    try:
        begin, end = (datetime.fromisoformat(request.url.params[f"occurredAt_{name}"]) for name in ("gte", "lte"))
    except (KeyError, ValueError):
        raise Refusal(400, {"message": "occurredAt_gte and occurredAt_lte must be dates"}) from None
    found = [one for where, one in rows if where == step]
    found = [one for one in found if begin <= datetime.fromisoformat(one["occurredAt"]) <= end]
    copied: list[dict[str, Any]] = json.loads(json.dumps(found))
    return copied
