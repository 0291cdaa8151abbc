"""A Boomi account that we can run: as much of its Platform API as is read, by our reading of its pages.

Basic credentials, queries of a filter, at most `PAGE` results, and the rest by a token that is posted as plain text.
"""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from connectors.simulating import Refusal, Simulator

PAGE = 2
PROPERTIES = ("executionId", "processId", "recordedDate", "executionTime", "executionConnectorId")


class Boomi(Simulator):
    """One account. `executions` and `documents` hold records as the API gives them."""

    routes = {
        ("POST", "/api/rest/v1/{account}/{what}/query"): "query",
        ("POST", "/api/rest/v1/{account}/{what}/queryMore"): "more",
    }

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.account, self.user, self.token = "harbour-1A2B3C", "BOOMI_TOKEN.ops@example.test", "token-of-the-account"
        self.executions: list[dict[str, Any]] = []
        self.documents: list[dict[str, Any]] = []
        self.tokens: dict[str, list[dict[str, Any]]] = {}

    def admit(self, request: httpx.Request) -> None:
        """A 403 for credentials that do not count, as Boomi gives one; JSON must be asked for."""
        right = base64.b64encode(f"{self.user}:{self.token}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {right}" or f"/{self.account}/" not in request.url.path:
            raise Refusal(403, {"message": "Incorrect user name and password combination."})
        if request.headers.get("Accept") != "application/json":
            raise Refusal(400, {"message": "Only JSON is simulated."})

    def query(self, request: httpx.Request, account: str, what: str) -> dict[str, Any]:
        """The first page of what fits a filter."""
        expression = json.loads(request.content)["QueryFilter"]["expression"]
        if what == "GenericConnectorRecord" and _named(expression).count("executionId") != 1:
            raise Refusal(400, {"message": "Documents are queried by exactly one executionId."})
        rows = {"ExecutionRecord": self.executions, "GenericConnectorRecord": self.documents}[what]
        return self._page(what, [row for row in rows if _fits(row, expression)])

    def more(self, request: httpx.Request, account: str, what: str) -> dict[str, Any]:
        """The page behind a token."""
        if not request.headers.get("Content-Type", "").startswith("text/plain"):
            raise Refusal(400, {"message": "The token is posted as plain text."})
        rows = self.tokens.get(f"{what} {request.content.decode()}")
        if rows is None:
            raise Refusal(400, {"message": "Invalid query token."})
        return self._page(what, rows)

    def _page(self, what: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        told: dict[str, Any] = {"@type": "QueryResult", "numberOfResults": len(rows), "result": rows[:PAGE]}
        if len(rows) > PAGE:
            token = f"token-{len(self.tokens)}"
            self.tokens[f"{what} {token}"] = rows[PAGE:]
            told["queryToken"] = token
        return json.loads(json.dumps(told))  # type: ignore[no-any-return]


def _named(expression: dict[str, Any]) -> list[str]:
    return [expression["property"]] if "property" in expression else _names_of(expression["nestedExpression"])


def _names_of(expressions: list[dict[str, Any]]) -> list[str]:
    return [name for one in expressions for name in _named(one)]


def _fits(row: dict[str, Any], expression: dict[str, Any]) -> bool:
    if "nestedExpression" in expression:
        return all(_fits(row, one) for one in expression["nestedExpression"])
    if expression["property"] not in PROPERTIES:
        raise Refusal(400, {"message": f"{expression['property']} is no property of a query."})
    has, said = row[expression["property"]], expression["argument"]
    if expression["operator"] == "EQUALS":
        return bool([has] == said)
    if expression["operator"] == "BETWEEN":
        begin, end = map(datetime.fromisoformat, said)
        return begin <= datetime.fromisoformat(has) <= end
    raise Refusal(400, {"message": f"{expression['operator']} is not simulated."})
