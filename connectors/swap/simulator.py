"""A Swap that we can run: our reading of what is documented; nothing of it was confirmed by the vendor.

Key, store, at most 100 rows a page, filters by date of change and of submission, both forms of error bodies, signed
deliveries that end after 300 seconds. The order of rows is a setting, as nobody documents it.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt

from connectors.simulating import Bucket, Refusal, Simulator

SECRET = "whsk_" + "5a" * 32
FILTERS: dict[str, Callable[[dict[str, Any], datetime], bool]] = {
    "last_RMA_updated_date": lambda row, at: _at(row["date_updated"]) >= at,
    "from_return_submission_date": lambda row, at: _at(row["submission_date"]) >= at,
    "to_return_submission_date": lambda row, at: _at(row["submission_date"]) <= at,
}
KNOWN = {"swap_store_id", "rma_number", "shopify_order_name", "customer_email", "api_version", "items_per_page", "page"}


class Swap(Simulator):
    """One store. `returns` holds rows as the API gives them; `order` sorts them, newest change first by default."""

    routes = {("GET", "/returns-api/v2/external/returns"): "listed"}

    def __init__(self, clock: Callable[[], datetime], store: str = "123abc") -> None:
        super().__init__(clock)
        self.store, self.api_key, self.webhook_secret = store, "key-of-returns", SECRET
        self.returns: list[dict[str, Any]] = []
        self.newest_first: bool = True
        self.between: Callable[[], Any] = lambda: None
        self.a_minute = Bucket(120, 2, clock)  # the figure of another of Swap's surfaces

    def admit(self, request: httpx.Request) -> None:
        """The key of this surface, and room."""
        if request.headers.get("X-API-Key") != self.api_key:
            raise Refusal(401, {"statusCode": 401, "message": "Invalid API key", "error": "Unauthorized"})
        if not self.a_minute.take():
            raise Refusal(429, {"status": 429, "message": "Too many requests"})

    def listed(self, request: httpx.Request) -> dict[str, Any]:
        """GET /v2/external/returns."""
        asked = dict(request.url.params)
        if asked.get("swap_store_id") != self.store:
            raise Refusal(403, {"status": 403, "message": "The key is not of this store"})
        page, size = _number(asked, "page", 10**6), _number(asked, "items_per_page", 100)
        rows = sorted(self._found(asked), key=lambda row: str(row["date_updated"]), reverse=self.newest_first)
        pages = max(-(-len(rows) // size), 1)
        told = {
            "returns": json.loads(json.dumps(rows[(page - 1) * size : page * size])),
            "version": 2,
            "query_params": asked,
            "pagination": {
                "page": page,
                "items_per_page": size,
                "total_pages": pages,
                "total_items": len(rows),
                "has_next_page": page < pages,
            },
        }
        self.between()
        return told

    def delivery(
        self, event: str, row: dict[str, Any], *, nonce: str = "n-1", **claimed: Any
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of an event, signed now."""
        now = int(self.clock().timestamp())
        claims = {"exp": now + 300, "iat": now, "nonce": nonce, "store_id": self.store, "event": event}
        of_the_return = {"return_id": row["return_id"], "order_id": row["order_id"]}
        token = jwt.encode(claims | of_the_return | claimed, self.webhook_secret, algorithm="HS256")
        body = {"jwt": token, "event": event, "rma_number": row["rma_number"], "status": "whatever"}
        return {"Content-Type": "application/json"}, json.dumps(body).encode()

    def _found(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        if set(asked) - KNOWN - set(FILTERS):
            raise Refusal(400, {"statusCode": 400, "message": "Unknown parameter", "error": "Bad Request"})
        rows = [row for row in self.returns if row["store_id"] == self.store]
        for name, fits in FILTERS.items():
            if name in asked:
                rows = [row for row in rows if fits(row, _asked_at(asked[name]))]
        for name in ("rma_number", "shopify_order_name", "customer_email"):
            if name in asked:
                rows = [row for row in rows if row[name] == asked[name]]
        return rows


def _number(asked: dict[str, str], name: str, most: int) -> int:
    said = asked.get(name, "")
    if not said.isdigit() or not 1 <= int(said) <= most:
        raise Refusal(400, {"statusCode": 400, "message": f"{name} must be from 1 to {most}", "error": "Bad Request"})
    return int(said)


def _asked_at(said: str) -> datetime:
    try:
        return _at(said)
    except ValueError:
        raise Refusal(422, {"status": 422, "message": "Invalid date"}) from None


def _at(said: str) -> datetime:
    at = datetime.fromisoformat(said)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
