"""Reads Shopify's GraphQL Admin API: orders with all that hangs on them, drafts, variants, stock levels."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.access import Access
from connectors.auth import Headers, Renewed, Token
from connectors.http import NotAllowed, RequestRefused, Unreadable
from connectors.paging import Page, Position, Raw, Window
from connectors.shopify import backfill
from connectors.shopify.answers import error_in, requested_cost, room_in
from connectors.shopify.money import counted, plain_id
from connectors.shopify.queries import query
from connectors.subscribing import Subscription

VERSION = "2026-07"
HEADER = "X-Shopify-Access-Token"
LONG = timedelta(days=90)  # what is longer is exported
AT_ONCE = 100  # records that are looked for
CONDITIONS = 4  # levels of one item at one location
LEVEL = re.compile(r"\d+-(\d+)/\w+")  # our id of one: LEVEL-ITEM/CONDITION
LEVELS = 5_000  # looked through for those of an item
BELIEVED = 20  # so many records in a row are not all deleted
FIRST_GUESS = 300  # points, until an answer says what a query costs
SCOPES = {
    "read_orders": "orders, fulfilments and refunds",
    "read_returns": "returns",
    "read_products": "products",
    "read_inventory": "stock levels",
    "read_locations": "stock locations",
    "read_draft_orders": "draft orders that are paid later",
    "read_payment_terms": "payment terms",
    "read_customers": "customers",
}
MORE_SCOPES = {"read_all_orders": "orders older than 60 days"}
# a return whose goods are all inspected is still to be closed
OPEN_RETURNS = " OR ".join(
    f"return_status:{word}" for word in ("return_requested", "in_progress", "inspection_complete")
)
# what is not asked for again where no answer came
ONCE = ("bulk_run", "subscribe", "set_po_number", "set_draft_po_number", "release_hold")
# what the shop may have deleted, an order with all that hangs on it; a level goes with its item
GIDS = {
    "order": "Order",
    "fulfilment": "Fulfillment",
    "return": "Return",
    "credit": "Refund",
    "product": "ProductVariant",
    "stock_level": "InventoryItem",
}
Node = dict[str, Any]


class ShopifyClient:
    """Talks to one shop. Every query asks for less than 1,000 points, which is the most that one may cost."""

    signs_with_ours = False

    def __init__(self, access: Access) -> None:
        self.access, self.shop = access, access.setting("shop")
        self.base = access.setting("base") or f"https://{self.shop}"
        auth: Headers | Renewed
        if access.has("access_token_of_app"):
            auth = Headers({HEADER: access.secret("access_token_of_app")})
        else:
            auth = Renewed(access.tokens(self._fetch_token), HEADER, "{}")
        self.http = access.http(self.base, auth=auth, error_in=error_in, room_in=room_in)
        self.costs: dict[str, float] = {}

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def ask(self, name: str, **variables: Any) -> Any:
        """The data of the query `name`; raises a VendorError, also where only a part of it was refused."""
        path = f"/admin/api/{self.access.setting('version', VERSION)}/graphql.json"
        asked = {"query": query(name), "variables": variables}
        cost = self.costs.get(name, FIRST_GUESS)
        said = self.http.json("POST", path, again=name not in ONCE, cost=cost, json=asked)
        self.costs[name] = requested_cost(said) or cost
        if not isinstance(said.get("data"), dict):
            raise Unreadable("The answer holds no data.")
        return said["data"]

    def missing(self) -> list[str]:
        """The scopes that the app lacks, and what cannot be read without them."""
        data = self.ask("shop")
        has = self._scopes(data)
        # who may write may read
        has |= {scope.replace("write_", "read_") for scope in has}
        lacks = [(scope, what) for scope, what in (SCOPES | MORE_SCOPES).items() if scope not in has]
        found = [f"The app lacks the scope {scope}: {what} cannot be read." for scope, what in lacks]
        domain = data["shop"]["myshopifyDomain"]
        if self.shop and domain != self.shop:
            found.append(f"The credentials are those of {domain}, not of {self.shop}.")
        return found

    def page(self, feed: str, window: Window, position: Position | None) -> Page:
        """A page of a feed."""
        after = (position or {}).get("after")
        if feed == "orders":
            return self._changed(window, position)
        if feed == "open_returns":
            return self._orders(after, OPEN_RETURNS)
        if feed == "drafts":
            return self._drafts(after, changed_in(window))
        if feed == "open_drafts":
            return self._drafts(after, "status:open OR status:invoice_sent")
        if feed == "products":
            data = self.ask("variants", first=100, after=after, query=changed_in(window))
            return _page(data["productVariants"])
        if feed == "stock":
            return self._stock(window, position)
        if feed == "deleted":
            return self._deleted(position)
        if feed == "backfill":
            return backfill.page(self, window, position)
        raise LookupError(feed)

    def reread(self, what: str, id: str) -> list[tuple[str, Raw]]:
        """What a delivery says has changed, as it is now."""
        if what == "return":
            node = self.ask("return_order", id=id)["node"] or {}
            order = node.get("order") or node.get("of")
            return self._reread("orders", "order", order["id"]) if order else []
        if what == "order":
            return self._reread("orders", "order", gid("Order", id))
        if what == "draft":
            return self._reread("drafts", "draft", gid("DraftOrder", id))
        if what == "stock":
            return [("stock", level) for level in self._levels_of(gid("InventoryItem", id))]
        if what == "product":
            return self._reread_product(id)
        raise LookupError(what)

    def subscriptions(self) -> list[Subscription]:
        """The app's own subscriptions."""
        found, after = list[Subscription](), None
        while True:
            said = self.ask("subscriptions", after=after)["webhookSubscriptions"]
            found += [Subscription(one["id"], (one["topic"],), one["uri"]) for one in said["nodes"]]
            if not said["pageInfo"]["hasNextPage"]:
                return found
            after = said["pageInfo"]["endCursor"]

    def subscribe(self, topics: Sequence[str], address: str, secret: str | None) -> list[str]:
        """One subscription a topic."""
        refused = []
        for topic in topics:
            said = self.ask("subscribe", topic=topic, uri=address)["webhookSubscriptionCreate"]
            refused += [f"{topic}: {error['message']}" for error in said["userErrors"]]
        return refused

    def unsubscribe(self, id: str) -> None:
        """Ends one."""
        self.ask("unsubscribe", id=id)

    def whole_orders(self, orders: Sequence[Node]) -> list[Node]:
        """Orders with all lines, fulfilments, refunds and returns."""
        for order in orders:
            self._complete("order_nodes", order, {"lineItems": "afterLines", "returns": "afterReturns"})
            if max(len(order["fulfillments"]), len(order["refunds"])) >= 20:
                order.update(self.ask("children", id=order["id"])["order"])
        lines = {"fulfillmentLineItems": "afterLines"}
        self._hang_on(orders, "fulfillments", "fulfilments", 4, lines)
        self._hang_on(orders, "refunds", "refunds", 2, {"refundLineItems": "afterLines"})
        for order in orders:
            order["returns"] = order["returns"]["nodes"]
        both = {"returnLineItems": "afterLines", "reverseFulfillmentOrders": "afterOrders"}
        self._hang_on(orders, "returns", "returns", 1, both)
        returns = [one for order in orders for one in order["returns"]]
        for one in returns:
            one["reverseFulfillmentOrders"] = one["reverseFulfillmentOrders"]["nodes"]
        self._hang_on(returns, "reverseFulfillmentOrders", "dispositions", 2, {"lineItems": "afterLines"})
        return list(orders)

    def nodes(self, name: str, ids: Sequence[str], connections: dict[str, str]) -> list[Node]:
        """The nodes that are still there, their `connections` (field → its cursor's variable) read to the end."""
        found = [node for node in self.ask(name, ids=list(ids))["nodes"] if node]
        for node in found:
            self._complete(name, node, connections)
        return found

    def _complete(self, name: str, node: Node, connections: dict[str, str]) -> None:
        for field, cursor in connections.items():
            while node[field]["pageInfo"]["hasNextPage"]:
                after = {cursor: node[field]["pageInfo"]["endCursor"]}
                (more,) = self.ask(name, ids=[node["id"]], **after)["nodes"] or [None]
                if more is None:
                    return  # it was deleted while it was read
                node[field]["nodes"] += more[field]["nodes"]
                node[field]["pageInfo"] = more[field]["pageInfo"]

    def _hang_on(
        self, parents: Sequence[Node], field: str, name: str, at_once: int, connections: dict[str, str]
    ) -> None:
        """Replaces the bare ids under `field` by whole nodes, read several at once."""
        ids = [child["id"] for parent in parents for child in parent[field]]
        whole: dict[str, Node] = {}
        for begin in range(0, len(ids), at_once):
            whole |= {node["id"]: node for node in self.nodes(name, ids[begin : begin + at_once], connections)}
        for parent in parents:
            parent[field] = [whole[child["id"]] for child in parent[field] if child["id"] in whole]

    def _changed(self, window: Window, position: Position | None) -> Page:
        """Orders that changed in the window; of a long one first all that were placed in it, by a bulk export."""
        if position is None and window.since is not None and window.until - window.since > LONG:
            position = {"bulk": None}
        at = position or {"after": None}
        if "bulk" in at:
            found = backfill.page(self, window, at["bulk"])
            more = found.following is not None
            return Page(found.items, {"bulk": found.following} if more else {"after": None, "older": True}, found.later)
        older = f" created_at:<'{_instant(window.since)}'" if at.get("older") and window.since else ""
        page = self._orders(at["after"], changed_in(window) + older)
        return Page(page.items, at | page.following if page.following is not None else None)

    def _orders(self, after: str | None, search: str) -> Page:
        data = self.ask("orders", first=3, after=after, query=search)
        page = _page(data["orders"])
        return Page(self.whole_orders(page.items), page.following)

    def _drafts(self, after: str | None, search: str) -> Page:
        page = _page(self.ask("drafts", first=3, after=after, query=search)["draftOrders"])
        for draft in page.items:
            self._complete("draft_nodes", draft, {"lineItems": "afterLines"})
        return page

    def _stock(self, window: Window, position: Position | None) -> Page:
        """Levels that changed, location by location; the item's own date does not move with its levels."""
        if position is None:
            places = [place["id"] for place in self._locations()]
            return Page([], {"locations": places, "after": None} if places else None)
        place, *rest = position["locations"]
        data = self.ask("levels", location=place, first=40, after=position["after"], query=changed_in(window))
        if data["location"] is None:
            return Page([], {"locations": rest, "after": None} if rest else None)
        page = _page(data["location"]["inventoryLevels"])
        if page.following is not None:
            return Page(page.items, position | page.following)
        return Page(page.items, {"locations": rest, "after": None} if rest else None)

    def _locations(self) -> Iterator[Node]:
        after = None
        while True:
            found = self.ask("locations", after=after)["locations"]
            yield from found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]

    def _deleted(self, position: Position | None) -> Page:
        """Records that we hold and the shop no longer has; it answers null for these.

        It also answers null for what the app may not see: orders are looked for only where it may see them all.
        """
        if position is None:
            all_orders = "read_all_orders" in self._scopes(self.ask("shop"))
            return Page([], {"type": "order" if all_orders else "product", "after": ""})
        type = position["type"]
        ids = self.access.known(type, position["after"], AT_ONCE * (CONDITIONS if type == "stock_level" else 1))
        if not ids:
            rest = list(GIDS)[list(GIDS).index(type) + 1 :]
            return Page([], {"type": rest[0], "after": ""} if rest else None)
        named = {id: wanted for id in ids if (wanted := _gid_of(type, id))}
        found = self._found(list(dict.fromkeys(named.values())))
        if len(found) >= BELIEVED and not any(found.values()):
            raise Unreadable(f"The shop knows none of {len(found)} records in a row; they are not taken for deleted.")
        gone = [self._gone(type, id) for id, node in named.items() if not _stands(type, found[node])]
        return Page(gone, {"type": type, "after": ids[-1]})

    def _found(self, gids: Sequence[str]) -> dict[str, Node | None]:
        found = dict[str, Node | None]()
        for begin in range(0, len(gids), AT_ONCE):
            some = gids[begin : begin + AT_ONCE]
            found |= zip(some, self.ask("still_there", ids=some)["nodes"], strict=True)
        return found

    def _levels_of(self, item: str) -> Iterator[Raw]:
        """The levels of an inventory item; of one that was deleted the withdrawals of those that we hold."""
        if nodes := self.nodes("item_levels", [item], {"inventoryLevels": "afterLines"}):
            yield from (level for node in nodes for level in node["inventoryLevels"]["nodes"])
            return
        after = ""
        while ids := self.access.known("stock_level", after, LEVELS):
            yield from (self._gone("stock_level", id) for id in ids if _gid_of("stock_level", id) == item)
            after = ids[-1]

    def _scopes(self, data: Node) -> set[str]:
        return {scope["handle"] for scope in data["currentAppInstallation"]["accessScopes"]}

    def _reread(self, feed: str, type: str, id: str) -> list[tuple[str, Raw]]:
        name = "order_nodes" if feed == "orders" else "draft_nodes"
        found = self.nodes(name, [id], {"lineItems": "afterLines"})
        if not found:
            return [(feed, self._gone("order", plain_id(id) if type == "order" else f"draft-{plain_id(id)}"))]
        return [(feed, item) for item in (self.whole_orders(found) if feed == "orders" else found)]

    def _reread_product(self, id: str) -> list[tuple[str, Raw]]:
        after, found = None, list[tuple[str, Raw]]()
        while True:
            page = _page(
                self.ask("variants", first=100, after=after, query=f"product_id:{plain_id(id)}")["productVariants"]
            )
            found += [("products", item) for item in page.items]
            if page.following is None:
                return found
            after = page.following["after"]

    def _gone(self, type: str, id: str) -> Raw:
        return {"gone": type, "id": id, "at": self.access.clock().isoformat()}

    def _fetch_token(self) -> Token:
        """A token by the client credentials grant, which lives for a day."""
        asked = {
            "client_id": self.access.setting("client_id"),
            "client_secret": self.access.secret("client_secret"),
            "grant_type": "client_credentials",
        }
        if not asked["client_id"]:
            raise NotAllowed("Neither an access token nor a client ID is entered.")
        with self.access.http(self.base) as plain:
            said = plain.json("POST", "/admin/oauth/access_token", again=True, json=asked)
        return Token(said["access_token"], timedelta(seconds=float(said.get("expires_in") or 3600)))


def changed_in(window: Window) -> str:
    """The search for what changed in a window. Unquoted, Shopify would silently ignore the time of day."""
    since = f"updated_at:>='{_instant(window.since)}' " if window.since else ""
    return f"{since}updated_at:<'{_instant(window.until)}'"


def gid(type: str, id: str) -> str:
    """`gid://shopify/Order/123` of a bare or a whole id."""
    return id if id.startswith("gid://") else f"gid://shopify/{type}/{id}"


def gid_of_order(id: str) -> str:
    """The global id of an order by our id of it, or of the draft that it still is."""
    return gid("DraftOrder", id.removeprefix("draft-")) if id.startswith("draft-") else gid("Order", id)


def _gid_of(type: str, id: str) -> str | None:
    if type == "stock_level":
        level = LEVEL.fullmatch(id)  # what another source sent is named otherwise
        return gid(GIDS[type], level[1]) if level else None
    return gid_of_order(id) if type == "order" else gid(GIDS[type], id)


def _stands(type: str, node: Node | None) -> bool:
    return node is not None and (type != "stock_level" or counted(node))


def _instant(at: datetime) -> str:
    # dates have whole seconds there; the next window's overlap covers what that cuts off
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _page(connection: Node) -> Page:
    info = connection["pageInfo"]
    if info["hasNextPage"] and not info["endCursor"]:
        raise RequestRefused("The next page has no cursor.")
    return Page(connection["nodes"], {"after": info["endCursor"]} if info["hasNextPage"] else None)
