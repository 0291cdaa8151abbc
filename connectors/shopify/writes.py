"""Changes an order of Shopify: its PO number, also while it is a draft, and the holds of its fulfilment orders."""

from typing import Any

from connectors.http import RequestRefused, VendorError
from connectors.registry import Words, Write
from connectors.shopify.client import VERSION, ShopifyClient, gid_of_order
from connectors.shopify.queries import query
from connectors.writing import Answer, CannotBeWritten, PartlyMade, Planned, Wanted


def _planned(wanted: Wanted, words: Words, what: str, name: str, variables: dict[str, Any], **about: Any) -> Planned:
    return Planned(
        words=what,
        method="POST",
        path=f"/admin/api/{words.get('version', VERSION)}/graphql.json",
        body={"query": query(name), "variables": variables},
        about={"order": _id(wanted), **about},
    )


def _id(wanted: Wanted) -> str:
    return gid_of_order(str(wanted.line["id"]))


def _is_draft(id: str) -> bool:
    return "/DraftOrder/" in id


def _plan_purchase_order(wanted: Wanted, words: Words) -> Planned:
    number = wanted.need("purchase_order", "No system says the purchase order number.")
    id = _id(wanted)
    called, name = ("draft order", "set_draft_po_number") if _is_draft(id) else ("order", "set_po_number")
    what = f"The {called} {wanted.line.get('number') or wanted.line['id']} is given the PO number {number}."
    return _planned(wanted, words, what, name, {"id": id, "poNumber": number}, is_=number)


def _purchase_order_done(client: ShopifyClient, planned: Planned, key: str) -> Answer | None:
    id = planned.about["order"]
    order = client.ask("draft_po_number", id=id)["node"] if _is_draft(id) else client.ask("po_number", id=id)["order"]
    return dict(order) if order and order["poNumber"] == planned.about["is_"] else None


def _set_purchase_order(client: ShopifyClient, planned: Planned, key: str) -> Answer:
    asked = planned.body["variables"]
    if _is_draft(asked["id"]):
        return _made(client.ask("set_draft_po_number", **asked)["draftOrderUpdate"])
    return _made(client.ask("set_po_number", **asked)["orderUpdate"])


def _plan_release(wanted: Wanted, words: Words) -> Planned:
    if _is_draft(_id(wanted)):
        raise CannotBeWritten("It is a draft in Shopify, which has nothing to send yet and so no hold.")
    order = wanted.line.get("number") or wanted.line["id"]
    what = (
        f"Every hold on the fulfilment orders of {order} is released, one request for each fulfilment order that is "
        "held, with the ids of its holds."
    )
    variables = {"id": f"each held fulfilment order of {_id(wanted)}", "holdIds": "its holds"}
    return _planned(wanted, words, what, "release_hold", variables, ids_of_its_own=True)


def _release_done(client: ShopifyClient, planned: Planned, key: str) -> Answer | None:
    return None if _held(client, planned) else {"order": planned.about["order"], "held": []}


def _release(client: ShopifyClient, planned: Planned, key: str) -> Answer:
    """Each fulfilment order by itself; what is released already is not held, and so not asked for again."""
    held, released = _held(client, planned), list[Answer]()
    for one in held:
        ids = [hold["id"] for hold in one["fulfillmentHolds"]]
        try:
            released.append(_made(client.ask("release_hold", id=one["id"], holdIds=ids)["fulfillmentOrderReleaseHold"]))
        except VendorError as error:
            if not released:
                raise
            raise PartlyMade(
                f"{len(released)} of {len(held)} fulfilment orders were released; then: {error}"
            ) from error
    return {"released": released}


def _held(client: ShopifyClient, planned: Planned) -> list[dict[str, Any]]:
    order = client.ask("holds", id=planned.about["order"])["order"]
    if order is None:
        raise RequestRefused("Shopify no longer has this order.")
    return [one for one in order["fulfillmentOrders"]["nodes"] if one["fulfillmentHolds"]]


def _made(said: dict[str, Any]) -> Answer:
    """What a mutation gave; raises RequestRefused with what Shopify found wrong."""
    if said["userErrors"]:
        raise RequestRefused("; ".join(one["message"] for one in said["userErrors"]))
    return {name: value for name, value in said.items() if name != "userErrors"}


WRITES = (
    Write(
        action="purchase_order",
        label="Set the PO number of an order",
        needs="the scope write_orders, and for drafts write_draft_orders",
        plan=_plan_purchase_order,
        done=_purchase_order_done,
        send=_set_purchase_order,
    ),
    Write(
        action="release_hold",
        label="Release the holds of an order",
        needs="the scopes read_ and write_merchant_managed_fulfillment_orders (or those of third parties)",
        plan=_plan_release,
        done=_release_done,
        send=_release,
    ),
)
