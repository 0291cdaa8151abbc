"""A Celigo account that we can run: the errors of its steps and their retries, by our reading of its pages."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from connectors.simulating import Bucket, Refusal, Simulator


class Celigo(Simulator):
    """`errors` and `resolved` hold (step, error), `retries` the keys that were retried: each counts once."""

    routes = {
        ("GET", "/v1/flows/{flow}/{step}/errors"): "open_errors",
        ("GET", "/v1/flows/{flow}/{step}/resolved"): "resolved_errors",
        ("POST", "/v1/flows/{flow}/{step}/retry"): "retry",
    }

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.token, self.room = "token-of-the-account", Bucket(1000, 300, clock)
        self.errors: list[tuple[str, dict[str, Any]]] = []
        self.resolved: list[tuple[str, dict[str, Any]]] = []
        self.retries: list[str] = []
        self.may_retry = True
        self.most_a_page: int | None = None

    def admit(self, request: httpx.Request) -> None:
        """The token, and room."""
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise Refusal(401, {"message": "Unauthorized"})
        if not self.room.take():
            raise Refusal(429, {"message": "Too many requests"}, {"Retry-After": "1"})

    def open_errors(self, request: httpx.Request, flow: str, step: str) -> dict[str, Any]:
        """GET /v1/flows/{flow}/{step}/errors."""
        return self._page("errors", _between(self.errors, f"{flow}/{step}", request), request)

    def resolved_errors(self, request: httpx.Request, flow: str, step: str) -> dict[str, Any]:
        """GET /v1/flows/{flow}/{step}/resolved."""
        return self._page("resolved", _between(self.resolved, f"{flow}/{step}", request), request)

    def _page(self, which: str, rows: list[dict[str, Any]], request: httpx.Request) -> dict[str, Any]:
        begin = int(request.url.params.get("from", "0"))
        end = begin + (self.most_a_page or len(rows))
        following = f"{request.url.path}?{request.url.params.set('from', str(end))}"
        return {which: rows[begin:end]} | ({"nextPageURL": following} if end < len(rows) else {})

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


def _between(rows: list[tuple[str, dict[str, Any]]], step: str, request: httpx.Request) -> list[dict[str, Any]]:
    try:
        begin, end = (datetime.fromisoformat(request.url.params[f"occurredAt_{name}"]) for name in ("gte", "lte"))
    except (KeyError, ValueError):
        raise Refusal(400, {"message": "occurredAt_gte and occurredAt_lte must be dates"}) from None
    found = [one for where, one in rows if where == step]
    found = [one for one in found if begin <= datetime.fromisoformat(one["occurredAt"]) <= end]
    copied: list[dict[str, Any]] = json.loads(json.dumps(found))
    return copied
