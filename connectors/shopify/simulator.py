"""A shop that we can run: the part of the Admin schema that they use executes the client's queries over dictionaries.

It keeps to what is documented: tokens, scopes, points and their price, the most that a query may cost, cursors,
quoted dates, 60 days without `read_all_orders`, bulk exports as files in pieces, signed deliveries. A state that
Shopify could not return (a required field that lacks, a word outside an enumeration) is an error. Needs graphql-core.
"""

import base64
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import graphql
import httpx

from connectors.shopify.money import plain_id
from connectors.shopify.simulator_queries import (
    Node,
    connection,
    cost_of,
    found,
    lines_of_export,
    moment_of,
    number_of,
    schema,
)
from connectors.simulating import Answer, Bucket, Refusal, Simulator, answer

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
BULK_GOES_ON = {"CREATED": "RUNNING", "RUNNING": "COMPLETED", "CANCELING": "CANCELED"}  # each time one is asked for
EXPORTED = "exported"  # lists of a bulk query have no pages
SORTS = {"UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt", "ID": "id"}


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
        cost = cost_of(document, variables)
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
        name, paged = info.field_name, graphql.get_named_type(info.return_type).name.endswith("Connection")
        if paged and info.context != EXPORTED and "first" not in asked:
            raise ValueError(f"you must provide one of first or last for {name}")
        if (scope := NEEDS.get(name)) and scope not in self.scopes:
            raise _Denied(f"Access denied for {name} field. Required access: `{scope}` access scope.")
        if source is self:
            return getattr(self, f"root_{name}")(**asked)
        said = source.get(name)
        if name == "metafield":
            said = (source.get("metafields") or {}).get(f"{asked['namespace']}.{asked['key']}")
        if name == "quantities":
            return [one for one in said if one["name"] in asked["names"]]
        if paged:
            return connection(found(said or [], asked.get("query")), asked, "id" if name == "inventoryLevels" else None)
        return said[: asked["first"]] if isinstance(said, list) and "first" in asked else said

    def root_orders(self, query: str, sortKey: str = "PROCESSED_AT", **asked: Any) -> Node:  # noqa: N803
        """Orders, those of 60 days unless the app may read all."""
        return connection(found(self._in_reach(), query), asked, SORTS[sortKey])

    def root_draftOrders(self, query: str, sortKey: str, **asked: Any) -> Node:  # noqa: N802, N803
        """Drafts."""
        return connection(found(self.drafts, query), asked, SORTS[sortKey])

    def root_productVariants(self, query: str, sortKey: str, **asked: Any) -> Node:  # noqa: N802, N803
        """Variants."""
        return connection(found(self.variants, query), asked, SORTS[sortKey])

    def root_locations(self, **asked: Any) -> Node:
        """Locations."""
        return connection(self.locations, asked, "id")

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
        if export is not None:
            export["status"] = BULK_GOES_ON.get(export["status"], export["status"])
        return export

    def root_bulkOperationRunQuery(self, query: str, groupObjects: bool) -> Node:  # noqa: N802, N803
        """Begins an export; one at a time here."""
        if going_on := [one for one in self.exports.values() if one["status"] in BULK_GOES_ON]:
            for export in going_on:  # also one whose beginner never heard of it
                export["status"] = BULK_GOES_ON[export["status"]]
            busy = {
                "field": None,
                "message": "A bulk operation is already in progress",
                "code": "OPERATION_IN_PROGRESS",
            }
            return {"bulkOperation": None, "userErrors": [busy]}
        number = str(len(self.exports) + 1)
        asked = graphql.parse(query)
        done = graphql.execute_sync(
            schema(), asked, root_value=self, context_value=EXPORTED, field_resolver=self._field
        )
        text = "".join(json.dumps(line) + "\n" for line in lines_of_export((done.data or {})["orders"], None))
        begun: Node = {"id": f"gid://shopify/BulkOperation/{number}", "status": "CREATED", "text": text}
        begun["until"] = self.clock() + FILE_LIVES
        self.exports[number] = begun | {
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
        return connection(self.subscriptions, asked, "id")

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
        number = 1 + max((number_of(one) for one in self.subscriptions), default=0)
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
        return [one for one in self.orders if "read_all_orders" in self.scopes or moment_of(one["createdAt"]) >= begin]

    def _known(self) -> dict[str, Node]:
        known = {node["id"]: node for node in (*self.drafts, *self.variants, *self.locations, *self.items)}
        for order in self._in_reach():
            known[order["id"]] = order
            known |= {node["id"]: node for name in ("fulfillments", "refunds", "returns") for node in order[name]}
            for back in (one for each in order["returns"] for one in each["reverseFulfillmentOrders"]):
                known[back["id"]] = back
            for one in order["returns"]:
                one["order"] = order
        return known

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
