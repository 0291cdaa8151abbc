"""A site that we can run: our reading of SparkLayer's documentation, as there is neither a mock nor a specification.

It keeps to what is documented: a token for an hour by a JSON body, bound to the site; `Site-Id` and a `User-Agent` with
each call; RFC 7807 errors; at most 500 rows a page; a list of purchases without their packages.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from connectors.simulating import Answer, Bucket, Refusal, Simulator, answer

TYPES = ("cart", "quote", "awaiting_approval", "order_unconfirmed", "order")
LOOK_UPS = ("sparklayer", "platform", "internal", "visible")
MOST_ROWS, MOST_ERRORS = 500, 5000
OF_THE_WHOLE = ("packages", "billing_address", "accounting_files", "custom_fields", "metadata", "total_paid")
FILTERS = {"dates[last_updated][gte]": "updated_at", "dates[placed][gte]": "placed_at"}


def problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None, **error: str) -> Refusal:
    """An RFC 7807 refusal."""
    body = {"title": title, "status": status, "detail": detail, "errors": [error] if error else []}
    return Refusal(status, body, {"Content-Type": "application/problem+json"} | (headers or {}))


class SparkLayer(Simulator):
    """One site. `purchases` by the cart's id, in the order in which the list gives them, which nothing promises."""

    routes = {
        ("POST", "/api/auth/token"): "token",
        ("GET", "/api/v1/purchases"): "listed",
        ("GET", "/api/v1/purchases/{by}/{name}"): "purchase",
        ("GET", "/api/v1/sync-log/{integration}/{data_type}"): "log",
        ("GET", "/api/v1/sync-log/{integration}/{data_type}/errors"): "errors",
    }

    def __init__(self, clock: Callable[[], datetime], site: str = "harbour") -> None:
        super().__init__(clock)
        self.site, self.client_id, self.client_secret = site, "client-1", "spark-hush"
        self.tokens: dict[str, datetime] = {}
        self.bucket = Bucket(1000, 20, clock)  # the numbers are ours
        self.purchases: dict[str, dict[str, Any]] = {}
        self.logs: dict[str, dict[str, Any]] = {}
        self.filters = dict(FILTERS)
        self.between: Callable[[], None] = lambda: None

    def put(self, purchase: dict[str, Any], **said: Any) -> dict[str, Any]:
        """Stores a purchase; one that changes moves to the end of the list."""
        found = purchase | said
        names = found["purchase_identifiers"]
        key = names.get("sparklayer") or names.get("platform")
        self.purchases.pop(key, None)
        self.purchases[key] = found
        return found

    def admit(self, request: httpx.Request) -> None:
        """The limit first, then the headers, then the token."""
        if not self.bucket.take():
            raise problem(429, "Too Many Requests", "Slow down.", {"Retry-After": "3"})
        if request.headers.get("Site-Id") != self.site:
            raise problem(403, "Forbidden", "The Site-Id is missing or is not known.")
        if request.headers.get("User-Agent", "").split("/")[0].lower() in ("", "python-httpx", "python-requests"):
            raise problem(400, "Bad Request", "Name the integration in the User-Agent.")
        if request.url.path == "/api/auth/token":
            return
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, datetime.min.replace(tzinfo=UTC)) <= self.clock():
            raise Refusal(401)  # without a body, which happens there too

    def token(self, request: httpx.Request) -> Any:
        """The client credentials grant, by JSON alone."""
        if not request.headers.get("Content-Type", "").startswith("application/json"):
            raise problem(400, "Bad Request", "The body must be JSON.")
        asked = json.loads(request.content)
        right = ("client_credentials", self.client_id, self.client_secret)
        if (asked.get("grant_type"), asked.get("client_id"), asked.get("client_secret")) != right:
            raise problem(401, "Unauthorized", "The client credentials are not valid.")
        token = f"spark-token-{len(self.tokens)}"
        self.tokens[token] = self.clock() + timedelta(seconds=3600)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def listed(self, request: httpx.Request) -> Answer:
        """A page of purchases, without their packages."""
        asked = request.url.params
        limit, offset = int(asked.get("limit", "100")), int(asked.get("offset", "0"))
        if not 0 < limit <= MOST_ROWS or offset < 0:
            raise problem(400, "Bad Request", "limit is at most 500.", code="out_of_range", property="limit")
        if asked.get("type", "order") not in TYPES:
            raise problem(400, "Bad Request", "There is no such type.", code="unknown", property="type")
        rows = [row for row in self.purchases.values() if self._fits(row, asked)]
        page = [{name: said for name, said in row.items() if name not in OF_THE_WHOLE} for row in rows]
        told = answer(page[offset : offset + limit])
        self.between()
        return told

    def _fits(self, row: dict[str, Any], asked: httpx.QueryParams) -> bool:
        if "type" in asked and row["type"] != asked["type"]:
            return False
        dates = ((row["dates"][field], asked[name]) for name, field in self.filters.items() if name in asked)
        return all(datetime.fromisoformat(has) >= datetime.fromisoformat(least) for has, least in dates)

    def purchase(self, request: httpx.Request, by: str, name: str) -> Any:
        """A whole purchase."""
        if by not in LOOK_UPS:
            raise problem(400, "Bad Request", "There is no such look-up.")
        for row in self.purchases.values():
            if row["purchase_identifiers"].get(by) == name:
                return row
        raise problem(404, "Not Found", "There is no such purchase.")

    def log(self, request: httpx.Request, integration: str, data_type: str) -> Any:
        """When a log was written, and how many errors it holds."""
        said = self._log(integration, data_type)
        return {name: value for name, value in said.items() if name != "errors"} | {"error_count": len(said["errors"])}

    def errors(self, request: httpx.Request, integration: str, data_type: str) -> Any:
        """A log with its errors, 5,000 at most."""
        said = self._log(integration, data_type)
        return said | {"errors": said["errors"][:MOST_ERRORS]}

    def _log(self, integration: str, data_type: str) -> dict[str, Any]:
        if (said := self.logs.get(f"{integration}/{data_type}")) is None:
            raise problem(404, "Not Found", "No full sync is recorded.")
        return said
