"""A ReturnGO that we can run: our reading of what is documented; nothing of it was confirmed by the vendor.

Key and shop, 2,000 requests a day and 100 a second, a page size from 1 to 500, cursors, filters with operators; a
return's date of change that does not move with its shipments, unless `touch` is called.
"""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx

from connectors.simulating import Bucket, Refusal, Simulator

OPERATORS = {"lt", "lte", "gt", "gte", "eq", "neq"}
NEXT = {
    "Pending": ("Approved", "Rejected", "Canceled"),
    "Approved": ("Received", "Validated", "Done", "Canceled"),
    "Received": ("Validated", "Done"),
    "Validated": ("Done",),
}
STATUSES = {"Pending", "Approved", "Received", "Validated", "Done", "Rejected", "Canceled"}
SORTS = {"rma_created_at": "createdAt", "rma_updated_at": "lastUpdated"}
EVENTS = {
    *("RMA_CREATED", "RMA_STATUS_UPDATED", "SHIPMENT_CREATED", "SHIPMENT_STATUS_UPDATED"),
    *("SHIPMENT_TRACKER_STATUS_UPDATED", "TRANSACTION_CREATED", "REFUND_CREATED"),
}
KNOWN = {"pagesize", "cursor", "sort_by", "rma_created_at", "rma_updated_at", "status"}  # of what is documented


class ReturnGo(Simulator):
    """One owner's shops. `rmas` holds returns as `GET /rma/{id}` gives them."""

    routes = {
        ("GET", "/rmas"): "listed",
        ("GET", "/rma/{id}"): "one",
        ("PUT", "/rma/{id}/status"): "set_status",
        ("GET", "/webhooks"): "registered",
        ("POST", "/webhooks"): "register",
        ("DELETE", "/webhooks/{id}"): "deregister",
    }

    def __init__(self, clock: Callable[[], datetime], shop: str = "harbour.myshopify.com") -> None:
        super().__init__(clock)
        self.shop, self.api_key = shop, "key-of-the-owner"
        self.rmas: list[dict[str, Any]] = []
        self.closed = 0
        self.webhooks: list[dict[str, Any]] = []
        self.between: Callable[[], Any] = lambda: None
        self.a_second = Bucket(100, 100, clock)
        self.a_day = Bucket(2000, 2000 / 86400, clock)

    def admit(self, request: httpx.Request) -> None:
        """The owner's key, a shop of that owner, and room in both limits."""
        if request.headers.get("x-api-key") != self.api_key:
            raise Refusal(401)
        if request.headers.get("x-shop-name") != self.shop:
            raise Refusal(403, {"message": "No such shop for this user"})
        if not (self.a_second.take() and self.a_day.take()):
            raise Refusal(429)

    def listed(self, request: httpx.Request) -> dict[str, Any]:
        """GET /rmas."""
        asked = dict(request.url.params)
        size = asked.get("pagesize", "")
        if set(asked) - KNOWN or not size.isdigit() or not 1 <= int(size) <= 500:
            raise Refusal(400)
        rows = list(self._sorted([one for one in self.rmas if _fits(one, asked)], asked.get("sort_by", "")))
        begin = _offset(asked.get("cursor"))
        end = begin + int(size)
        summaries = [one["rmaSummary"] for one in rows[begin:end]]
        told = {"rmas": json.loads(json.dumps(summaries)), "next_cursor": _cursor(end) if end < len(rows) else None}
        self.between()
        return told

    def registered(self, request: httpx.Request) -> list[dict[str, Any]]:
        """GET /webhooks."""
        return self.webhooks

    def register(self, request: httpx.Request) -> dict[str, Any]:
        """POST /webhooks: an https address and an event that there is."""
        asked = json.loads(request.content)
        if not asked["url"].startswith("https://") or asked["eventName"] not in EVENTS:
            raise Refusal(400, {"message": "url or eventName is not valid"})
        number = 1 + max((one["id"] for one in self.webhooks), default=0)
        self.webhooks.append({"id": number} | asked)
        return self.webhooks[-1]

    def deregister(self, request: httpx.Request, id: str) -> dict[str, Any]:
        """DELETE /webhooks/{id}."""
        if id not in {str(one["id"]) for one in self.webhooks}:
            raise Refusal(404)
        self.webhooks = [one for one in self.webhooks if str(one["id"]) != id]
        return {}

    def one(self, request: httpx.Request, id: str) -> dict[str, Any]:
        """GET /rma/{id}."""
        if not id.isalnum():
            raise Refusal(400)
        for rma in self.rmas:
            if rma["rmaSummary"]["rmaId"] == id:
                return rma
        raise Refusal(404)

    def set_status(self, request: httpx.Request, id: str) -> dict[str, Any]:
        """PUT /rma/{id}/status: only along the ways that a return may go."""
        rma, wanted = self.one(request, id), json.loads(request.content).get("status")
        said = rma["rmaSummary"]["status"]
        if wanted not in STATUSES or wanted not in NEXT.get(said, ()):
            raise Refusal(400, {"message": f"Invalid transition from {said} to {wanted}"})
        self.touch(rma, status=wanted)
        self.closed += wanted == "Done"
        return {"rmaId": id, "status": wanted}

    def touch(self, rma: dict[str, Any], **summary: Any) -> None:
        """A change that moves the return's date."""
        rma["rmaSummary"] |= summary
        rma["lastUpdated"] = self.clock().isoformat()

    def delivery(self, event: str, **data: Any) -> tuple[dict[str, str], bytes]:
        """Headers and body of an event."""
        return {"Content-Type": "application/json"}, json.dumps({"eventName": event} | data).encode()

    def _sorted(self, rows: list[dict[str, Any]], sort_by: str) -> Iterator[dict[str, Any]]:
        for one in reversed(sort_by.split(",") if sort_by else ["-rma_created_at"]):
            if one[:1] not in "+-" or one[1:] not in SORTS:
                raise Refusal(400)
            rows = sorted(rows, key=lambda row: str(row[SORTS[one[1:]]]), reverse=one[0] == "-")
        yield from rows


def _fits(rma: dict[str, Any], asked: dict[str, str]) -> bool:
    statuses = [one for one in asked.get("status", "").split(",") if one]
    if set(statuses) - STATUSES:
        raise Refusal(400)
    if statuses and rma["rmaSummary"]["status"] not in statuses:
        return False
    return all(_compares(rma[member], asked[name]) for name, member in SORTS.items() if name in asked)


def _compares(said: str, wanted: str) -> bool:
    operator, _, moment = wanted.partition(":")
    try:
        limit = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(400) from None
    at = datetime.fromisoformat(said)
    found = {"lt": at < limit, "lte": at <= limit, "gt": at > limit, "gte": at >= limit, "eq": at == limit}
    if operator not in OPERATORS:
        raise Refusal(400)
    return found.get(operator, at != limit)


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"from {offset}".encode()).decode()


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("from "))
    except ValueError:
        raise Refusal(400) from None
