"""A long window in bulk: Shopify writes all its orders into one file, which is read piece by piece.

The file holds an order a line, its lines and the ids of its returns as lines behind it. What a bulk query may not reach
(lists within lists) is then read as for any order.
"""

from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from connectors.access import Access
from connectors.http import NotAllowed, NotLetIn, RequestRefused, exact_json
from connectors.paging import Page, Position, Window
from connectors.shopify.queries import query

PIECE = 128 * 1024
ASK_AGAIN = timedelta(seconds=20)
IN_PROGRESS = ("CREATED", "RUNNING", "CANCELING")
Node = dict[str, Any]


class Shop(Protocol):
    """What is needed of the client."""

    access: Access
    base: str

    def ask(self, name: str, **variables: Any) -> Any: ...
    def whole_orders(self, orders: list[Node]) -> list[Node]: ...


class BulkFailed(RequestRefused):
    """Shopify gave up on the export; it is begun again."""


def page(shop: Shop, window: Window, position: Position | None) -> Page:
    """Begins the export, waits for it, and reads it piece by piece."""
    if position is None or "operation" not in position:
        return _begin(shop, window)
    if "url" not in position:
        return _wait(shop, position)
    return _read(shop, position)


def _begin(shop: Shop, window: Window) -> Page:
    since = f"created_at:>='{window.since:%Y-%m-%dT%H:%M:%SZ}' " if window.since else ""
    search = f"{since}created_at:<'{window.until:%Y-%m-%dT%H:%M:%SZ}'"
    text = query("bulk_orders").replace("query BulkOrders($query: String!) ", "").replace("$query", f'"{search}"')
    said = shop.ask("bulk_run", query=text)["bulkOperationRunQuery"]
    if said["userErrors"]:
        codes = {error.get("code") for error in said["userErrors"]}
        if codes & {"OPERATION_IN_PROGRESS", "LIMIT_REACHED"}:
            return Page([], {"turn": "waited for"}, later=ASK_AGAIN)
        raise BulkFailed("; ".join(error["message"] for error in said["userErrors"]))
    return Page([], {"operation": said["bulkOperation"]["id"]}, later=ASK_AGAIN)


def _wait(shop: Shop, position: Position) -> Page:
    found = shop.ask("bulk_state", id=position["operation"])["bulkOperation"]
    if found is None or found["status"] not in (*IN_PROGRESS, "COMPLETED"):
        raise BulkFailed(f"The export ended as {(found or {}).get('status')}, {(found or {}).get('errorCode')}.")
    if found["status"] in IN_PROGRESS:
        return Page([], position, later=ASK_AGAIN)
    if not found["url"]:
        return Page([])  # there was nothing to write
    return Page([], position | {"url": found["url"], "offset": 0})


def _read(shop: Shop, position: Position) -> Page:
    """The whole orders of the next piece; the last of it may go on in the next one, unless the file ends there."""
    offset, url = position["offset"], urlsplit(position["url"])
    size = position.get("size", PIECE)
    path = f"{url.path}?{url.query}" if url.query else url.path
    headers = {"Range": f"bytes={offset}-{offset + size - 1}", "Accept-Encoding": "identity"}
    with shop.access.http(f"{url.scheme}://{url.netloc}") as plain:
        try:
            said = plain.send("GET", path, headers=headers)
        except (NotLetIn, NotAllowed) as refused:  # its address counts for seven days
            raise BulkFailed(f"The export's file is not given out any more: {refused}") from None
    piece = said.content if said.status_code == 206 else said.content[offset : offset + size]
    ended = len(piece) < size
    orders, used = _orders_of(piece, ended)
    if not used and not ended:
        return Page([], position | {"size": size * 2})  # an order longer than a piece
    items = shop.whole_orders(orders)
    return Page(items, None if ended else position | {"offset": offset + used, "size": PIECE})


def _orders_of(piece: bytes, ended: bool) -> tuple[list[Node], int]:
    """The orders that are whole in `piece`, and how many bytes they take."""
    end = len(piece) if ended else piece.rfind(b"\n") + 1
    orders: list[Node] = []
    begun = used = 0
    for line in piece[:end].splitlines(keepends=True):
        node = exact_json(line) if line.strip() else {}
        parent = node.pop("__parentId", None)
        if parent is None and node:
            orders.append(node | {"lineItems": _whole(), "returns": _whole()})
            used = begun
        elif node:
            of = "returns" if node["__typename"] == "Return" else "lineItems"
            orders[-1][of]["nodes"].append(node)
        begun += len(line)
    if ended:
        return orders, begun
    return orders[:-1], used  # more lines of the last order may follow


def _whole() -> Node:
    return {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
