"""A shop that we can run: the part of the Admin schema that they use executes the client's queries over dictionaries.

It keeps to what is documented: tokens, scopes, points and their price, the most that a query may cost, cursors,
quoted dates, 60 days without `read_all_orders`, bulk exports as files in pieces, signed deliveries. A state that
Shopify could not return (a required field that lacks, a word outside an enumeration) is an error. Needs graphql-core.
"""

import base64
import hmac
import json
import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import graphql
import httpx

from connectors.shopify.money import plain_id
from connectors.simulating import Answer, Bucket, Refusal, Simulator, answer

Node = dict[str, Any]
SCOPES = (
    "read_orders read_all_orders read_returns read_products read_inventory read_locations read_draft_orders "
    "read_payment_terms read_customers"
)
NEEDS = {
    "orders": "read_orders",
    "returns": "read_returns",
    "draftOrders": "read_draft_orders",
    "productVariants": "read_products",
    "locations": "read_locations",
    "paymentTerms": "read_payment_terms",
    "customer": "read_customers",
    "fulfillmentOrders": "read_merchant_managed_fulfillment_orders",
}
OF_TOPICS = {
    "RETURNS": "read_returns",
    "REVERSE": "read_returns",
    "DRAFT": "read_draft_orders",
    "INVENTORY": "read_inventory",
    "PRODUCTS": "read_products",
}
FILE_LIVES = timedelta(days=7)
MOST_COST = 1000
MOST_FAILURES = 8
LONGEST_PAGE = 250
CODES = {"CountryCode": 2, "CurrencyCode": 3}  # how many letters
SORTS = {"UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt", "ID": "id"}


@cache
def schema() -> graphql.GraphQLSchema:
    """The part of the Admin schema that the queries use."""
    made = graphql.build_schema((Path(__file__).parent / "schema.graphql").read_text(encoding="utf-8"))
    for name, letters in CODES.items():
        kind = made.type_map[name]
        assert isinstance(kind, graphql.GraphQLScalarType)
        kind.serialize = partial(_code, letters)  # type: ignore[method-assign]
    return made


def _code(letters: int, value: Any) -> str:
    """A country's or a currency's code; what has another form Shopify could not return."""
    if not isinstance(value, str) or not re.fullmatch(f"[A-Z]{{{letters}}}", value):
        raise graphql.GraphQLError(f"{value!r} is no code of {letters} letters")
    return value


class Shopify(Simulator):
    """One shop. Its state are lists of nodes in the schema's words; every node has its global id."""

    routes = {
        ("POST", "/admin/api/{version}/graphql.json"): "queried",
        ("POST", "/admin/oauth/access_token"): "token",
        ("GET", "/bulk/{name}"): "file",
    }

    def __init__(self, clock: Callable[[], datetime], shop: str = "harbour.myshopify.com") -> None:
        super().__init__(clock)
        self.shop, self.base = shop, f"https://{shop}"
        self.client_id, self.client_secret = "client-1", "shpss_hush"
        self.tokens: dict[str, datetime] = {}
        self.scopes = SCOPES.split()
        self.points = Bucket(2000, 100, clock)
        self.orders: list[Node] = []
        self.drafts: list[Node] = []
        self.variants: list[Node] = []
        self.locations: list[Node] = []
        self.items: list[Node] = []
        self.exports: dict[str, Node] = {}
        self.changes: list[Node] = []
        self.subscriptions: list[Node] = []
        self.between: Callable[[], None] = lambda: None

    # the door

    def token(self, request: httpx.Request) -> Any:
        """The client credentials grant: a token for a day."""
        asked = json.loads(request.content)
        if (asked.get("client_id"), asked.get("client_secret")) != (self.client_id, self.client_secret):
            raise Refusal(400, {"error": "invalid_client", "error_description": "client credentials do not match"})
        token = f"shpat_{len(self.tokens)}"
        self.tokens[token] = self.clock() + timedelta(hours=24)
        return {"access_token": token, "scope": ",".join(self.scopes), "expires_in": 86399}

    def queried(self, request: httpx.Request, version: str) -> Answer:
        """One query or mutation, at its price."""
        token = request.headers.get("X-Shopify-Access-Token", "")
        if self.tokens.get(token, datetime.min.replace(tzinfo=UTC)) <= self.clock():
            words = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            raise Refusal(401, {"errors": words})
        asked = json.loads(request.content)
        told = self._priced(asked["query"], asked.get("variables") or {})
        self.between()
        return told

    def _priced(self, text: str, variables: Node) -> Answer:
        document = graphql.parse(text)
        faults = graphql.validate(schema(), document)
        if faults:
            return answer({"errors": [fault.formatted for fault in faults]})
        cost = _cost(document, variables)
        if cost > MOST_COST:
            return answer({"errors": [_error(f"Query cost is {cost}, over {MOST_COST}", "MAX_COST_EXCEEDED")]})
        if not self.points.take(cost):
            throttled = {"errors": [_error("Throttled", "THROTTLED")], "extensions": self._extensions(cost, None)}
            return answer(throttled)
        return self._executed(document, variables, cost)

    def _executed(self, document: graphql.DocumentNode, variables: Node, cost: int) -> Answer:
        done = graphql.execute_sync(
            schema(),
            document,
            root_value=self,
            variable_values=variables,
            field_resolver=self._field,
            type_resolver=lambda node, info, type: node.get("__typename") or node["id"].split("/")[-2],
        )
        actual = max(cost // 4, 1)
        self.points.left = min(self.points.size, self.points.left + cost - actual)
        body: Node = {"data": done.data, "extensions": self._extensions(cost, actual)}
        if done.errors:
            body["errors"] = [_said(error) for error in done.errors]
        return answer(body)

    def _extensions(self, cost: int, actual: int | None) -> Node:
        status = {"maximumAvailable": self.points.size, "currentlyAvailable": int(self.points.left)}
        status["restoreRate"] = self.points.per_second
        return {"cost": {"requestedQueryCost": cost, "actualQueryCost": actual, "throttleStatus": status}}

    # what fields say

    def _field(self, source: Any, info: graphql.GraphQLResolveInfo[Any], **asked: Any) -> Any:
        name = info.field_name
        if (scope := NEEDS.get(name)) and scope not in self.scopes:
            raise _Denied(f"Access denied for {name} field. Required access: `{scope}` access scope.")
        if source is self:
            return getattr(self, f"root_{name}")(**asked)
        said = source.get(name)
        if name == "metafield":
            said = (source.get("metafields") or {}).get(f"{asked['namespace']}.{asked['key']}")
        if name == "quantities":
            return [one for one in said if one["name"] in asked["names"]]
        if graphql.get_named_type(info.return_type).name.endswith("Connection"):
            return _connection(
                _found(said or [], asked.get("query")), asked, "id" if name == "inventoryLevels" else None
            )
        return said[: asked["first"]] if isinstance(said, list) and "first" in asked else said

    def root_orders(self, query: str, sortKey: str = "PROCESSED_AT", **asked: Any) -> Node:  # noqa: N803
        """Orders, those of 60 days unless the app may read all."""
        return _connection(_found(self._in_reach(), query), asked, SORTS[sortKey])

    def root_draftOrders(self, query: str, sortKey: str, **asked: Any) -> Node:  # noqa: N802, N803
        """Drafts."""
        return _connection(_found(self.drafts, query), asked, SORTS[sortKey])

    def root_productVariants(self, query: str, sortKey: str, **asked: Any) -> Node:  # noqa: N802, N803
        """Variants."""
        return _connection(_found(self.variants, query), asked, SORTS[sortKey])

    def root_locations(self, **asked: Any) -> Node:
        """Locations."""
        return _connection(self.locations, asked, "id")

    def root_nodes(self, ids: list[str]) -> list[Node | None]:
        """Nodes by id; null for one that is not there."""
        known = self._known()
        return [known.get(id) for id in ids]

    def root_node(self, id: str) -> Node | None:
        """A node."""
        return self._known().get(id)

    root_order = root_location = root_node

    def root_shop(self) -> Node:
        """The shop."""
        return {"name": "Harbour", "myshopifyDomain": self.shop}

    def root_currentAppInstallation(self) -> Node:  # noqa: N802
        """The app and its scopes."""
        return {"id": "gid://shopify/AppInstallation/1", "accessScopes": [{"handle": one} for one in self.scopes]}

    def root_bulkOperation(self, id: str) -> Node | None:  # noqa: N802
        """The state of an export, which is made at the second asking."""
        export = self.exports.get(plain_id(id))
        if export is None or export["status"] != "CREATED":
            return export
        if export["new"]:
            export["new"] = False
        else:
            export["status"] = "COMPLETED"
        return export

    def root_bulkOperationRunQuery(self, query: str, groupObjects: bool) -> Node:  # noqa: N802, N803
        """Begins an export; one at a time here."""
        if any(one["status"] == "CREATED" for one in self.exports.values()):
            busy = {
                "field": None,
                "message": "A bulk operation is already in progress",
                "code": "OPERATION_IN_PROGRESS",
            }
            return {"bulkOperation": None, "userErrors": [busy]}
        number = str(len(self.exports) + 1)
        done = graphql.execute_sync(schema(), graphql.parse(query), root_value=self, field_resolver=self._field)
        text = "".join(json.dumps(line) + "\n" for line in _lines_of_export((done.data or {})["orders"], None))
        export = {"id": f"gid://shopify/BulkOperation/{number}", "status": "CREATED", "new": True, "text": text}
        export["until"] = self.clock() + FILE_LIVES
        self.exports[number] = export | {
            "errorCode": None,
            "objectCount": str(text.count("\n")),
            "url": f"{self.base}/bulk/{number}.jsonl" if text else None,
        }
        return {"bulkOperation": self.exports[number], "userErrors": []}

    def root_orderUpdate(self, input: Node) -> Node:  # noqa: A002, N802
        """An order with another PO number."""
        self._demand("orderUpdate", "write_orders")
        order = self._known().get(input["id"])
        if order is None:
            return {"order": None, "userErrors": [{"field": ["id"], "message": "Order does not exist"}]}
        order |= {"poNumber": input["poNumber"], "updatedAt": self.clock().isoformat().replace("+00:00", "Z")}
        self.changes.append(input)
        return {"order": order, "userErrors": []}

    def root_draftOrderUpdate(self, id: str, input: Node) -> Node:  # noqa: A002, N802
        """A draft with another PO number, unless it has become an order."""
        self._demand("draftOrderUpdate", "write_draft_orders")
        draft = next((one for one in self.drafts if one["id"] == id), None)
        if draft is None or draft["status"] == "COMPLETED":
            return {"draftOrder": None, "userErrors": [{"field": ["id"], "message": "Draft order cannot be updated"}]}
        draft |= {"poNumber": input["poNumber"], "updatedAt": self.clock().isoformat().replace("+00:00", "Z")}
        self.changes.append(input | {"id": id})
        return {"draftOrder": draft, "userErrors": []}

    def root_fulfillmentOrderReleaseHold(self, id: str, holdIds: list[str] | None = None) -> Node:  # noqa: N802, N803
        """A fulfilment order without these holds; open again when none is left."""
        self._demand("fulfillmentOrderReleaseHold", "write_merchant_managed_fulfillment_orders")
        for order in self.orders:
            for one in order.get("fulfillmentOrders") or []:
                if one["id"] == id and one["fulfillmentHolds"]:
                    left = [hold for hold in one["fulfillmentHolds"] if holdIds and hold["id"] not in holdIds]
                    one |= {"fulfillmentHolds": left, "status": "ON_HOLD" if left else "OPEN"}
                    self.changes.append({"released": id})
                    return {"fulfillmentOrder": one, "userErrors": []}
        refused = {"field": ["id"], "message": "The fulfillment order is not on hold."}
        return {"fulfillmentOrder": None, "userErrors": [refused]}

    def _demand(self, what: str, scope: str) -> None:
        if scope not in self.scopes:
            raise _Denied(f"Access denied for {what} field. Required access: `{scope}` access scope.")

    def root_webhookSubscriptions(self, **asked: Any) -> Node:  # noqa: N802
        """The app's subscriptions."""
        return _connection(self.subscriptions, asked, "id")

    def root_webhookSubscriptionCreate(self, topic: str, webhookSubscription: Node) -> Node:  # noqa: N802, N803
        """A subscription: to https, of what the app may read, once for a topic and address."""
        uri, refused = webhookSubscription["uri"], None
        if not uri.startswith("https://"):
            refused = "Address protocol http:// is not supported"
        elif OF_TOPICS.get(topic.split("_")[0], "read_orders") not in self.scopes:
            refused = "You do not have permission to create or update webhooks with this topic"
        elif any((one["topic"], one["uri"]) == (topic, uri) for one in self.subscriptions):
            refused = "Address for this topic has already been taken"
        if refused:
            errors = [{"field": ["webhookSubscription", "uri"], "message": refused}]
            return {"webhookSubscription": None, "userErrors": errors}
        number = 1 + max((_number(one) for one in self.subscriptions), default=0)
        made = {"id": f"gid://shopify/WebhookSubscription/{number}", "topic": topic, "uri": uri, "failed": 0}
        self.subscriptions.append(made)
        return {"webhookSubscription": made, "userErrors": []}

    def root_webhookSubscriptionDelete(self, id: str) -> Node:  # noqa: N802
        """Ends one."""
        gone = [one for one in self.subscriptions if one["id"] == id]
        self.subscriptions = [one for one in self.subscriptions if one["id"] != id]
        errors = [] if gone else [{"field": ["id"], "message": "Webhook subscription does not exist"}]
        return {"deletedWebhookSubscriptionId": id if gone else None, "userErrors": errors}

    def not_answered(self, topic: str) -> None:
        """A delivery of the topic failed; after eight in a row the shop ends the subscription."""
        for one in self.subscriptions:
            one["failed"] += one["topic"] == topic
        self.subscriptions = [one for one in self.subscriptions if one["failed"] < MOST_FAILURES]

    def file(self, request: httpx.Request, name: str) -> Answer:
        """An export, or the piece of it that is asked for; for seven days."""
        if self.exports[name.removesuffix(".jsonl")]["until"] <= self.clock():
            raise Refusal(403, None)
        content = self.exports[name.removesuffix(".jsonl")]["text"].encode()
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
        if asked is None:
            return httpx.Response(200, content=content)
        begin, end = int(asked[1]), int(asked[2]) + 1
        if begin >= len(content):
            return httpx.Response(416)
        return httpx.Response(206, content=content[begin:end])

    def _in_reach(self) -> list[Node]:
        begin = self.clock() - timedelta(days=60)
        return [one for one in self.orders if "read_all_orders" in self.scopes or _at(one["createdAt"]) >= begin]

    def _known(self) -> dict[str, Node]:
        found = {node["id"]: node for node in (*self.drafts, *self.variants, *self.locations, *self.items)}
        for order in self._in_reach():
            found[order["id"]] = order
            found |= {node["id"]: node for name in ("fulfillments", "refunds", "returns") for node in order[name]}
            for back in (one for each in order["returns"] for one in each["reverseFulfillmentOrders"]):
                found[back["id"]] = back
            for one in order["returns"]:
                one["order"] = order
        return found

    # what it delivers

    def delivery(self, topic: str, body: Any, **changed: str) -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery, signed."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        digest = hmac.new(self.client_secret.encode(), raw, sha256).digest()
        return {
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
            "X-Shopify-Shop-Domain": self.shop,
            "X-Shopify-API-Version": "2026-07",
            "X-Shopify-Webhook-Id": sha256(raw + topic.encode()).hexdigest()[:32],
            "X-Shopify-Triggered-At": self.clock().isoformat(),
        } | changed, raw


class _Denied(Exception):
    """The app lacks a scope."""


def _error(message: str, code: str) -> Node:
    return {"message": message, "extensions": {"code": code}}


def _said(error: graphql.GraphQLError) -> Node:
    denied = isinstance(error.original_error, _Denied)
    return {"message": error.message, "path": error.path} | (
        {"extensions": {"code": "ACCESS_DENIED"}} if denied else {}
    )


def _at(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _found(nodes: list[Node], search: str | None) -> list[Node]:
    """Nodes that the search finds: terms joined by blanks, alternatives by OR."""
    if not search:
        return nodes
    ways = [re.findall(r"(\w+):(>=|<|)('[^']*'|\S+)", way) for way in search.split(" OR ")]
    return [node for node in nodes if any(all(_fits(node, *term) for term in terms) for terms in ways)]


def _fits(node: Node, key: str, sign: str, wanted: str) -> bool:
    if key in ("updated_at", "created_at"):
        has = _at(node["updatedAt" if key == "updated_at" else "createdAt"])
        if not wanted.startswith("'"):  # the time of day is ignored then
            day = _at(wanted[:10]).replace(tzinfo=UTC)
            return has >= day if sign == ">=" else has < day
        moment = _at(wanted.strip("'"))
        return has >= moment if sign == ">=" else has < moment
    if key == "product_id":
        return plain_id(node["product"]["id"]) == wanted
    field = {"return_status": "returnStatus", "status": "status"}[key]
    return str(node[field]).lower() == wanted.strip("'").lower()


def _connection(nodes: list[Node], asked: Node, sort: str | None) -> Node:
    """A page behind the cursor, which is the place in the order and not a number, so that rows may move."""
    first, after = asked.get("first"), asked.get("after")
    if first is not None and first > LONGEST_PAGE:
        raise ValueError(f"first is over {LONGEST_PAGE}")
    places = [(str(node[sort]), _number(node)) if sort else ("", place) for place, node in enumerate(nodes)]
    rows = sorted(zip(places, nodes, strict=True), key=operator.itemgetter(0))
    if after is not None:
        behind = tuple(json.loads(base64.b64decode(after)))
        rows = [row for row in rows if row[0] > behind]
    page = rows if first is None else rows[:first]
    cursor = base64.b64encode(json.dumps(page[-1][0]).encode()).decode() if page else None
    info = {"hasNextPage": len(page) < len(rows), "hasPreviousPage": False, "endCursor": cursor}
    found = [node for _, node in page]
    return {"pageInfo": info, "nodes": found, "edges": [{"node": node, "cursor": ""} for node in found]}


def _number(node: Node) -> int:
    return int(re.sub(r"\D", "", plain_id(node["id"])) or 0)


def _cost(document: graphql.DocumentNode, variables: Node) -> int:
    """The price of a query: an object costs a point, a list as many times its content as it may have elements."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, graphql.FragmentDefinitionNode)}

    def of(selection: graphql.SelectionSetNode | None) -> int:
        cost = 0
        for one in selection.selections if selection else ():
            if isinstance(one, graphql.FragmentSpreadNode):
                cost += of(fragments[one.name.value].selection_set)
            elif isinstance(one, graphql.InlineFragmentNode):
                cost += of(one.selection_set)
            elif isinstance(one, graphql.FieldNode) and one.selection_set:
                plain = one.name.value in ("nodes", "edges", "pageInfo") and not one.arguments
                cost += (of(one.selection_set) + (0 if plain else 1)) * _times(one, variables)
        return cost

    asked = [one for one in document.definitions if isinstance(one, graphql.OperationDefinitionNode)]
    return sum(of(one.selection_set) for one in asked)


def _times(field: graphql.FieldNode, variables: Node) -> int:
    for argument in field.arguments or ():
        said = graphql.value_from_ast_untyped(argument.value, variables)
        if argument.name.value == "first" and said is not None:
            return int(said)
        if argument.name.value == "ids" and isinstance(said, list):
            return len(said)
    return 1


def _lines_of_export(connection: Node, parent: str | None) -> list[Node]:
    """Each node a line, its children behind it."""
    found: list[Node] = []
    for edge in connection["edges"]:
        node = dict(edge["node"])
        inner = [node.pop(name) for name in list(node) if isinstance(node[name], dict) and "edges" in node[name]]
        found.append(node | ({"__parentId": parent} if parent else {}))
        for one in inner:
            found += _lines_of_export(one, node["id"])
    return found
