"""Deliveries from Shopify: signed with the app's client secret, about one shop, each a hint that something changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from connectors.http import Unreadable, exact_json
from connectors.webhooks import Forged, Incoming, Malformed, News, Reread, WrongSender, signed

REQUIRED = ("X-Shopify-Topic", "X-Shopify-Shop-Domain", "X-Shopify-API-Version", "X-Shopify-Webhook-Id")
OF_AN_ORDER = ("refunds", "fulfillments", "order_transactions", "fulfillment_orders")
OF_A_RETURN = ("returns", "reverse_fulfillment_orders")
BY_THEIR_ID = ("orders", "draft_orders", "inventory_levels", "inventory_items", "products")
ABOUT = frozenset((*OF_AN_ORDER, *OF_A_RETURN, *BY_THEIR_ID))
HAPPENED = frozenset(
    (
        *("create", "update", "updated", "edited", "delete", "cancelled", "paid", "fulfilled", "partially_fulfilled"),
        *("request", "approve", "decline", "cancel", "close", "reopen", "process", "dispose", "connect", "disconnect"),
    )
)


def verify(incoming: Incoming, secrets: Sequence[str], settings: Mapping[str, str], at: datetime) -> None:
    """Base64 of the HMAC-SHA256 of the raw body under the client secret; from our shop, whatever the case."""
    given = incoming.header("X-Shopify-Hmac-Sha256")
    if not incoming.body:
        raise Malformed("The body is empty.")
    if not signed(incoming.body, given, [secret.encode() for secret in secrets]):
        raise Forged("The signature does not fit.")
    for name in REQUIRED:
        incoming.header(name)
    if incoming.header("X-Shopify-Shop-Domain").lower() != str(settings.get("shop", "")).lower():
        raise WrongSender("The delivery is about another shop.")


def identity(incoming: Incoming) -> str:
    """Topic and body: only the body is signed, so a delivery played again under another id is still the same.

    A topic that Shopify does not have counts for nothing, lest one body be many deliveries under many made-up ones.
    """
    topic = incoming.header("X-Shopify-Topic").lower()
    about, _, what = topic.partition("/")
    known = topic if about in ABOUT and what in HAPPENED else ""
    return f"{known} {sha256(incoming.body).hexdigest()}"


def news(incoming: Incoming) -> Sequence[News]:
    """What is to be read again. Topics that tell of nothing we read give nothing, and are kept all the same."""
    topic, said = incoming.header("X-Shopify-Topic").lower(), _body(incoming)
    resource = topic.split("/")[0]
    if topic == "orders/edited":
        return _changed("order", _within(said, "order_edit").get("order_id"), must=True)
    if resource == "orders":
        return _changed("order", said.get("id"), must=True)
    if resource in OF_AN_ORDER:
        return _changed("order", said.get("order_id"))
    if resource in OF_A_RETURN:
        return _of_a_return(said)
    if resource == "draft_orders":
        return _changed("draft", said.get("id"), must=True)
    if resource == "inventory_levels":
        return _changed("stock", said.get("inventory_item_id"), must=True)
    if resource == "inventory_items":
        return _changed("stock", said.get("id"), must=True)
    return _changed("product", said.get("id"), must=True) if resource == "products" else []


def _of_a_return(said: dict[str, Any]) -> Sequence[News]:
    """The exact body is not documented: an order's id wherever it may stand, else the return's global id."""
    for order in (said.get("order_id"), _within(said, "order").get("id"), _within(said, "return").get("order_id")):
        if order:
            return _changed("order", order)
    for named in (said, _within(said, "return")):
        if "/Return/" in str(named.get("admin_graphql_api_id")) or "/Reverse" in str(named.get("admin_graphql_api_id")):
            return _changed("return", named["admin_graphql_api_id"])
    return []


def _changed(what: str, id: Any, *, must: bool = False) -> Sequence[News]:
    named = str(id or "").strip()
    if not named and must:
        raise Malformed("The delivery names no id.")
    return [Reread(what, named.rsplit("/", 1)[-1] if what != "return" else named)] if named else []


def _within(said: dict[str, Any], name: str) -> dict[str, Any]:
    inner = said.get(name)
    return inner if isinstance(inner, dict) else {}


def _body(incoming: Incoming) -> dict[str, Any]:
    try:
        said = exact_json(incoming.body)
    except Unreadable as error:
        raise Malformed(str(error)) from None
    if not isinstance(said, dict):
        raise Malformed("The body is no object.")
    return said
