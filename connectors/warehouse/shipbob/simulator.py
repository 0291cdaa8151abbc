"""A ShipBob that we can run: paths, parameters and shapes of its OpenAPI 2026-01, its limit and its signatures."""

import base64
import hmac
import json
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx

from connectors.simulating import Answer, Refusal, Simulator, answer

SECRET = "whsec_" + base64.b64encode(b"a secret of some length for hooks").decode()
MINUTE = timedelta(minutes=1)
ORDERS = {"Page", "Limit", "IDs", "ReferenceIds", "StartDate", "EndDate", "SortOrder", "LastUpdateStartDate"}
RETURNS = {"Cursor", "Limit", "Status", "StartDate", "EndDate", "CompletedStartDate", "CompletedEndDate", "SortOrder"}
CHAINED = {"PageSize", "SearchBy", "cursor"}
TOPICS = {
    *("order.shipped", "order.shipment.delivered", "order.shipment.exception", "order.shipment.on_hold"),
    *("order.shipment.cancelled", "return.created", "return.updated", "return.completed"),
    *("billing.charge.created", "billing.refund.created", "billing.credit.created"),
}


class ShipBob(Simulator):
    """One account: lists of objects as the API gives them; `updated` dates orders, which say it nowhere."""

    routes = {
        ("GET", "/2026-01/channel"): "channels",
        ("GET", "/2026-01/order"): "order_list",
        ("GET", "/2026-01/order/{id}"): "order",
        ("GET", "/2026-01/return"): "return_list",
        ("GET", "/2026-01/return/{id}"): "return_",
        ("GET", "/2026-01/inventory-level/locations"): "levels",
        ("GET", "/2026-01/product"): "product_list",
        ("GET", "/2026-01/webhook"): "webhook_list",
        ("POST", "/2026-01/webhook"): "make_webhook",
        ("DELETE", "/2026-01/webhook/{id}"): "end_webhook",
    }

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.token, self.webhook_secret, self.channel = "pat-of-the-merchant", SECRET, {"id": 7, "name": "uk"}
        self.orders: list[dict[str, Any]] = []
        self.updated: dict[int, datetime] = {}
        self.returns: list[dict[str, Any]] = []
        self.stock: list[dict[str, Any]] = []
        self.products: list[dict[str, Any]] = []
        self.webhooks: list[dict[str, Any]] = []
        self.calls: deque[datetime] = deque()
        self.most, self.newest_first = 150, True
        self.between: Callable[[], Any] = lambda: None

    def admit(self, request: httpx.Request) -> None:
        """The token, the channel, and 150 calls in any minute."""
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise Refusal(401, _problem(401, "The token does not count."))
        if request.headers.get("shipbob_channel_id", "7") != str(self.channel["id"]):
            raise Refusal(403, _problem(403, "The channel is not of this token."))
        while self.calls and self.calls[0] <= self.clock() - MINUTE:
            self.calls.popleft()
        if len(self.calls) >= self.most:
            wait = int((self.calls[0] + MINUTE - self.clock()).total_seconds()) + 1
            raise Refusal(429, _problem(429, "Too many calls."), {"x-retry-after": str(wait), "x-remaining-calls": "0"})
        self.calls.append(self.clock())

    def handle(self, request: httpx.Request) -> Answer:
        """The answer, with the calls that are left."""
        told = super().handle(request)
        told.headers.setdefault("x-remaining-calls", str(self.most - len(self.calls)))
        return told

    def channels(self, request: httpx.Request) -> dict[str, Any]:
        """GET /channel."""
        return {"items": [self.channel | {"application_name": "ours", "scopes": []}], "next": None, "prev": None}

    def order_list(self, request: httpx.Request) -> Answer:
        """GET /order: a bare list."""
        asked = _asked(request, ORDERS)
        rows = [one for one in self.orders if self.updated[one["id"]] >= _date(asked, "LastUpdateStartDate")]
        rows.sort(key=lambda one: self.updated[one["id"]], reverse=self.newest_first)
        return self._told(_slice(rows, asked.get("Page", "1"), asked.get("Limit", "50"))[0])

    def order(self, request: httpx.Request, id: str) -> dict[str, Any]:
        """GET /order/{id}."""
        return _one(self.orders, id)

    def return_list(self, request: httpx.Request) -> Answer:
        """GET /return."""
        asked = _asked(request, RETURNS)
        created, completed = _date(asked, "StartDate"), _date(asked, "CompletedStartDate")
        statuses = [one for one in asked.get("Status", "").split(",") if one]
        rows = [one for one in self.returns if datetime.fromisoformat(one["insert_date"]) >= created]
        if "CompletedStartDate" in asked:
            rows = [
                one
                for one in rows
                if one["completed_date"] and datetime.fromisoformat(one["completed_date"]) >= completed
            ]
        rows = [one for one in rows if not statuses or one["status"] in statuses]
        found, more = _slice(rows, asked.get("Cursor", "1"), asked.get("Limit", "50"))
        return self._told(_listed(found, "http://example.com/elsewhere" if more else None))

    def return_(self, request: httpx.Request, id: str) -> dict[str, Any]:
        """GET /return/{id}."""
        return _one(self.returns, id)

    def levels(self, request: httpx.Request) -> Answer:
        """GET /inventory-level/locations."""
        return self._chained(request, self.stock)

    def product_list(self, request: httpx.Request) -> Answer:
        """GET /product."""
        return self._chained(request, self.products)

    def webhook_list(self, request: httpx.Request) -> dict[str, Any]:
        """GET /webhook."""
        asked = _asked(request, {"RecordsPerPage", "Cursor"})
        page = asked.get("Cursor", "1")
        found, more = _slice(self.webhooks, page, asked.get("RecordsPerPage", "50"))
        following = f"http://example.com/elsewhere?Cursor={int(page) + 1}" if more else None
        shown = [{name: said for name, said in one.items() if name != "secret"} for one in found]
        return {"items": shown, "next": following, "prev": None}

    def make_webhook(self, request: httpx.Request) -> dict[str, Any]:
        """POST /webhook: https, and topics that there are."""
        asked = json.loads(request.content)
        if not asked["url"].startswith("https://") or not asked["topics"] or set(asked["topics"]) - TOPICS:
            raise Refusal(422, _problem(422, "The URL must use HTTPS, and the topics be known."))
        number = str(1 + max((int(one["id"]) for one in self.webhooks), default=0))
        made: dict[str, Any] = {"id": number, "enabled": True, "secret": asked.get("secret") or self.webhook_secret}
        self.webhook_secret = made["secret"]
        self.webhooks.append(asked | made | {"created_at": self.clock().isoformat()})
        return {name: said for name, said in self.webhooks[-1].items() if name != "enabled"}

    def end_webhook(self, request: httpx.Request, id: str) -> Answer:
        """DELETE /webhook/{id}."""
        _one(self.webhooks, id)
        self.webhooks = [one for one in self.webhooks if one["id"] != id]
        return answer(status=204)

    def delivery(self, topic: str, said: dict[str, Any], *, id: str = "msg_1") -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery, signed now."""
        body, sent = json.dumps(said).encode(), str(int(self.clock().timestamp()))
        key = base64.b64decode(self.webhook_secret.removeprefix("whsec_"))
        seal = base64.b64encode(hmac.new(key, f"{id}.{sent}.".encode() + body, sha256).digest()).decode()
        named = {"webhook-id": id, "webhook-timestamp": sent, "webhook-signature": f"v1,{seal}"}
        return named | {"x-webhook-topic": topic}, body

    def _chained(self, request: httpx.Request, rows: list[dict[str, Any]]) -> Answer:
        asked = _asked(request, CHAINED)
        page, size = int(asked.get("cursor", "1")), asked.get("PageSize", "50")
        found, more = _slice(rows, str(page), size)
        following = f"http://example.com/elsewhere?cursor={page + 1}&PageSize={size}" if more else None
        return self._told(_listed(found, following))

    def _told(self, body: Any) -> Answer:
        told = answer(body)
        self.between()
        return told


def _listed(items: list[dict[str, Any]], following: str | None) -> dict[str, Any]:
    return {"items": items, "first": None, "prev": None, "next": following, "last": None}


def _asked(request: httpx.Request, known: set[str]) -> dict[str, str]:
    asked = dict(request.url.params)
    if unknown := set(asked) - known:
        raise Refusal(400, _problem(400, f"Unknown parameters: {sorted(unknown)}"))
    return asked


def _slice(rows: list[dict[str, Any]], page: str, size: str) -> tuple[list[dict[str, Any]], bool]:
    if not (page.isdigit() and size.isdigit() and int(page) >= 1 and 1 <= int(size) <= 250):
        raise Refusal(400, _problem(400, "Pages are counted from 1, and hold from 1 to 250."))
    end = int(page) * int(size)
    return rows[end - int(size) : end], end < len(rows)


def _date(asked: dict[str, str], name: str) -> datetime:
    try:
        return datetime.fromisoformat(asked.get(name, "2000-01-01T00:00:00Z"))
    except ValueError:
        raise Refusal(400, _problem(400, f"{name} must be a date-time")) from None


def _one(rows: list[dict[str, Any]], id: str) -> dict[str, Any]:
    for one in rows:
        if str(one["id"]) == id:
            return one
    raise Refusal(404, _problem(404, "Not found."))


def _problem(status: int, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": "Refused", "status": status, "detail": detail, "instance": "/"}
