"""Changes an order of commercetools: its purchase order number, and the hold that a field of its own keeps."""

from collections.abc import Sequence
from typing import Any

from connectors.commercetools.client import CommercetoolsClient
from connectors.paging import Raw
from connectors.registry import Words, Write
from connectors.spelling import pairs
from connectors.writing import Answer, CannotBeWritten, Planned, Wanted

NEEDS = "the scope manage_orders of the project"


def _planned(wanted: Wanted, words: Words, actions: Sequence[dict[str, Any]], what: str, **about: Any) -> Planned:
    named = wanted.line.get("number") or wanted.line["id"]
    return Planned(
        words=f"{what.format(order=named)} Its version at that moment goes along.",
        method="POST",
        path=f"/{words.get('project_key')}/orders/{wanted.line['id']}",
        body={"actions": list(actions)},
        about={"order": wanted.line["id"], **about},
    )


def _plan_purchase_order(wanted: Wanted, words: Words) -> Planned:
    number = wanted.need("purchase_order", "No system says the purchase order number.")
    action = {"action": "setPurchaseOrderNumber", "purchaseOrderNumber": number}
    return _planned(
        wanted, words, [action], f"The order {{order}} is given the purchase order number {number}.", is_=number
    )


def _purchase_order_done(client: CommercetoolsClient, planned: Planned, key: str) -> Answer | None:
    order = client.order(planned.about["order"])
    return _standing(order) if order.get("purchaseOrderNumber") == planned.about["is_"] else None


def _plan_release(wanted: Wanted, words: Words) -> Planned:
    field, state = pairs(words.get("fields")).get("hold"), words.get("released_state")
    if not field:
        raise CannotBeWritten("The connection does not say which field of an order keeps its hold.")
    actions: list[dict[str, Any]] = [{"action": "setCustomField", "name": field}]
    if state:
        actions.append({"action": "transitionState", "state": {"typeId": "state", "key": state}})
    moved = f", and it moves to the state {state}" if state else ""
    return _planned(
        wanted,
        words,
        actions,
        f"The hold of the order {{order}} is taken out of its field {field}{moved}.",
        field=field,
    )


def _release_done(client: CommercetoolsClient, planned: Planned, key: str) -> Answer | None:
    order = client.order(planned.about["order"])
    fields = (order.get("custom") or {}).get("fields") or {}
    return None if fields.get(planned.about["field"]) else _standing(order)


def _send(client: CommercetoolsClient, planned: Planned, key: str) -> Answer:
    """With the version of now: where somebody was quicker, nothing is changed and the vendor is asked again."""
    version = client.order(planned.about["order"])["version"]
    said = client.http.json(planned.method, planned.path, json={"version": version} | planned.body)
    return _standing(said)


def _standing(order: Raw) -> Answer:
    return {"order": order["id"], "version": order["version"], "purchase_order": order.get("purchaseOrderNumber")}


WRITES = (
    Write(
        action="purchase_order",
        label="Set the purchase order number of an order",
        needs=NEEDS,
        plan=_plan_purchase_order,
        done=_purchase_order_done,
        send=_send,
    ),
    Write(
        action="release_hold",
        label="Take the hold off an order",
        needs=NEEDS,
        plan=_plan_release,
        done=_release_done,
        send=_send,
    ),
)
