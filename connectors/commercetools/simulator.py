"""A project that we can run. It keeps to what is documented: tokens by Basic and form, scopes, predicates, sorting,
pages of at most 500 and offsets of at most 10,000, expansion, error codes, states that may follow each other.
"""

import base64
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import parse_qs

import httpx

from connectors.commercetools.client import READ, instant
from connectors.commercetools.predicate import Malformed, predicate
from connectors.simulating import Refusal, Simulator

Row = dict[str, Any]
MOST_ROWS, MOST_OFFSET, USUAL = 500, 10_000, 20
LIVES = 172_800
# which state of a return item may follow which, and the payment state that goes with it
RETURN_MOVES = {"Advised": (), "Returned": ("BackInStock", "Unusable"), "BackInStock": (), "Unusable": ()}
RETURN_PAYMENT = {"Advised": "NonRefundable", "Returned": "Initial"}


def refuse(status: int, code: str, message: str, **more: Any) -> NoReturn:
    """Raises a refusal in commercetools' form; those of OAuth name the error twice."""
    body = {"statusCode": status, "message": message, "errors": [{"code": code, "message": message} | more]}
    oauth = {"error": code, "error_description": message} if code.islower() else {}
    raise Refusal(status, body | oauth)


class Commercetools(Simulator):
    """One project: `rows` by resource, each with id, version, createdAt and lastModifiedAt."""

    routes = {
        ("POST", "/oauth/token"): "token",
        ("GET", "/{project}/orders/edits"): "edits",
        ("GET", "/{project}/{resource}"): "listed",
        ("GET", "/{project}/{resource}/{id}"): "single",
        ("POST", "/{project}/orders/{id}"): "update",
    }

    def __init__(self, clock: Callable[[], datetime], project: str = "harbour") -> None:
        super().__init__(clock)
        self.project, self.client_id, self.client_secret = project, "client-1", "ct-hush-hush"
        self.scopes = {f"{scope}:{project}" for scope in READ.values()}
        self.tokens: dict[str, tuple[datetime, set[str]]] = {}
        self.rows: dict[str, dict[str, Row]] = {resource: {} for resource in (*READ, "states", "channels")}
        self.between: Callable[[], None] = lambda: None
        self.sequence = 0
        self.updates: list[Row] = []

    def put(self, resource: str, row: Row, **said: Any) -> Row:
        """Stores a resource as changed now, unless it says when."""
        before = self.rows[resource].get(row["id"], {})
        now = instant(self.clock())
        dated = {"createdAt": before.get("createdAt", now), "version": before.get("version", 0) + 1}
        self.rows[resource][row["id"]] = dated | {"lastModifiedAt": now} | row | said
        return self.rows[resource][row["id"]]

    def delete(self, resource: str, id: str, message: str) -> None:
        """Deletes a resource, and says so in a message."""
        del self.rows[resource][id]
        self.tell(message, resource.removesuffix("s"), id)

    def tell(self, type: str, resource: str, id: str) -> None:
        """Adds a message."""
        self.sequence += 1
        about = {"typeId": resource, "id": id}
        self.put(
            "messages", {"id": f"m-{self.sequence}", "type": type, "resource": about, "sequenceNumber": self.sequence}
        )

    def move_return(self, order: str, item: str, state: str) -> None:
        """setReturnShipmentState: only what is Returned may move on."""
        row = deepcopy(self.rows["orders"][order])
        (found,) = (one for info in row["returnInfo"] for one in info["items"] if one["id"] == item)
        if state not in RETURN_MOVES[found["shipmentState"]]:
            refuse(400, "InvalidOperation", f"A return item in {found['shipmentState']} cannot move to {state}.")
        found |= {"shipmentState": state, "lastModifiedAt": instant(self.clock())}
        self.put("orders", row, lastModifiedAt=instant(self.clock()))

    def token(self, request: httpx.Request) -> Row:
        """The client credentials grant: Basic and a form. A token lives for 48 hours."""
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {pair}":
            refuse(401, "invalid_client", "Please provide valid client credentials using HTTP Basic Authentication.")
        form = parse_qs(request.content.decode())
        if form.get("grant_type") != ["client_credentials"]:
            refuse(400, "unsupported_grant_type", "The grant type is not supported.")
        asked = set(form["scope"][0].split()) if "scope" in form else self.scopes
        if not asked <= self.scopes:
            refuse(400, "invalid_scope", f"Not allowed: {' '.join(sorted(asked - self.scopes))}")
        token = f"ct-token-{len(self.tokens)}"
        self.tokens[token] = (self.clock() + timedelta(seconds=LIVES), asked)
        scope = " ".join(sorted(asked))
        return {"access_token": token, "token_type": "Bearer", "expires_in": LIVES, "scope": scope}

    def edits(self, request: httpx.Request, project: str) -> Row:
        """Order edits."""
        return self.listed(request, project, "orders/edits")

    def listed(self, request: httpx.Request, project: str, resource: str) -> Row:
        """A page of a resource, in no promised order unless one is asked for."""
        self._let_in(request, project, resource)
        asked = request.url.params
        limit, offset = int(asked.get("limit", USUAL)), int(asked.get("offset", "0"))
        for name, said, most in (("limit", limit, MOST_ROWS), ("offset", offset, MOST_OFFSET)):
            if not 0 <= said <= most:
                refuse(400, "InvalidInput", f"Malformed parameter: {name}: {said} is not within 0 and {most}.")
        rows = self._found(resource, asked)[offset : offset + limit]
        page = {"limit": limit, "offset": offset, "count": len(rows)}
        told = page | {"results": [self._expanded(row, asked.get_list("expand")) for row in rows]}
        self.between()
        return told

    def single(self, request: httpx.Request, project: str, resource: str, id: str) -> Row:
        """One resource."""
        self._let_in(request, project, resource)
        row = self.rows[resource].get(id)
        if row is None:
            refuse(404, "ResourceNotFound", f"The Resource with ID '{id}' was not found.")
        return self._expanded(row, request.url.params.get_list("expand"))

    def update(self, request: httpx.Request, project: str, id: str) -> Row:
        """Update actions on an order, all or none, on the version that was seen."""
        self._let_in(request, project, "orders", "manage_orders")
        row, asked = self.rows["orders"].get(id), json.loads(request.content)
        if row is None:
            refuse(404, "ResourceNotFound", f"The Resource with ID '{id}' was not found.")
        if asked.get("version") != row["version"]:
            words = f"Object {id} has a different version than expected. Expected: {asked.get('version')}"
            refuse(409, "ConcurrentModification", words, currentVersion=row["version"])
        changed = deepcopy(row)
        for action in asked["actions"]:
            self._act(changed, action)
        self.updates.append(asked)
        return self.put("orders", {**changed, "version": row["version"] + 1}, lastModifiedAt=instant(self.clock()))

    def _act(self, order: Row, action: Row) -> None:
        if action["action"] == "setPurchaseOrderNumber":
            order["purchaseOrderNumber"] = action.get("purchaseOrderNumber")
        elif action["action"] == "setCustomField":
            if "custom" not in order:
                refuse(400, "InvalidOperation", "The resource has no custom type.")
            order["custom"]["fields"].pop(action["name"], None)
            if action.get("value") is not None:
                order["custom"]["fields"][action["name"]] = action["value"]
        elif action["action"] == "transitionState":
            known = {one["key"]: one["id"] for one in self.rows["states"].values()}
            if action["state"].get("key") not in known:
                refuse(400, "ReferencedResourceNotFound", "The referenced object of type 'state' was not found.")
            order["state"] = {"typeId": "state", "id": known[action["state"]["key"]]}
        else:
            refuse(400, "InvalidJsonInput", f"There is no update action {action['action']}.")

    def _let_in(self, request: httpx.Request, project: str, resource: str, scope: str | None = None) -> None:
        until, scopes = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "), (None, None))
        if until is None or scopes is None or until <= self.clock():
            refuse(401, "invalid_token", "invalid_token")
        if project != self.project or resource not in READ:
            refuse(404, "ResourceNotFound", "URI not found")
        needed = f"{scope or READ[resource]}:{project}"
        if needed not in scopes:
            refuse(403, "insufficient_scope", f"Insufficient scope. One of the following scopes is missing: {needed}.")

    def _found(self, resource: str, asked: httpx.QueryParams) -> list[Row]:
        try:
            tests = [predicate(text) for text in asked.get_list("where")]
        except Malformed as error:
            refuse(400, "InvalidInput", str(error))
        there = list(self.rows[resource].values())
        if resource == "product-projections" and asked.get("staged") != "true":
            there = [row for row in there if row.get("published", True)]
        rows = [row for row in there if all(test(row) for test in tests)]
        for field, _, way in reversed([one.partition(" ") for one in asked.get_list("sort")]):
            rows.sort(key=lambda row: row[field], reverse=way == "desc")
        return rows

    def _expanded(self, row: Row, paths: list[str]) -> Row:
        found: Row = json.loads(json.dumps(row))
        for path in paths:
            for reference in _references(found, path.replace("[*]", "").split(".")):
                kind = {"state": "states", "channel": "channels", "payment": "payments"}[reference["typeId"]]
                if (there := self.rows[kind].get(reference["id"])) is not None:
                    reference["obj"] = there
        return found


def _references(said: Any, path: list[str]) -> list[Row]:
    """The references at the end of a path through objects and lists."""
    if isinstance(said, list):
        return [one for item in said for one in _references(item, path)]
    if not path:
        return [said] if isinstance(said, dict) else []
    return _references(said.get(path[0]), path[1:]) if isinstance(said, dict) else []
