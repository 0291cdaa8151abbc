"""Returns, what became of the goods, and refunds → lines of the contract."""

from collections.abc import Iterator, Sequence
from functools import partial

from connectors.commercetools.money import amount, own_field
from connectors.commercetools.orders import customer, head, line_named, name_in, on_account, payments, refs
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.sightings import Line

DECIDED = {"BackInStock": "sellable", "Unusable": "damaged"}
SETTLED = ("Refunded", "NotRefunded", "NonRefundable")
KNOWN = ("Advised", "Returned", *DECIDED)
TRANSACTION = {"Success": "issued", "Initial": "draft", "Pending": "draft", "Failure": "failed"}


def return_lines(order: Raw, words: Words) -> Iterator[Told]:
    """The order's returns. They have no id: the first item, which never leaves, names them."""
    read = partial(_return, order, words)
    return each("return", order.get("returnInfo") or [], read, id=lambda info: name_in(order, info["items"][0]))


def movement_lines(order: Raw, words: Words) -> Iterator[Told]:
    """What went back into stock."""

    def of_a_return(info: Raw) -> Iterator[Told]:
        read = partial(_movement, order, words, info)
        return each("stock_movement", info.get("items") or [], read, id=partial(name_in, order))

    return each("stock_movement", order.get("returnInfo") or [], of_a_return)


def _movement(order: Raw, words: Words, info: Raw, item: Raw) -> Iterator[Line]:
    if item["shipmentState"] != "BackInStock":
        return
    yield (
        head("stock_movement", name_in(order, item), order, words)
        | line_named(order, _of(item), words)
        | {
            "at": item.get("lastModifiedAt") or order["lastModifiedAt"],
            "condition": "sellable",
            "quantity": item["quantity"],
            "reason": "return",
            "refs": refs(order, words) | {"rma": info.get("returnTrackingId")},
            "raw": item,
        }
    )


def credit_lines(order: Raw, words: Words) -> Iterator[Told]:
    """The refunds among the transactions of the order's payments: the only money of a return."""

    def of_a_payment(pay: Raw) -> Iterator[Told]:
        read = partial(_credit, order, words, pay)
        return each("credit", pay.get("transactions") or [], read, id=partial(name_in, order))

    return each("credit", payments(order), of_a_payment)


def _credit(order: Raw, words: Words, pay: Raw, one: Raw) -> Iterator[Line]:
    if one["type"] != "Refund":
        return
    said = one.get("state") or "Initial"
    yield head("credit", name_in(order, one), order, words) | {
        "at": pay["lastModifiedAt"],
        "number": one.get("interactionId"),
        "kind": "refund",
        "refs": refs(order, words),
        "customer": customer(order),
        "currency": one["amount"]["currencyCode"],
        "amount": amount(one["amount"]),
        "status": TRANSACTION.get(said, said),
        "issued_at": one.get("timestamp"),
        "settled": said == "Success",
        "raw": one,
    }


def _return(order: Raw, words: Words, info: Raw) -> Iterator[Line]:
    if not info.get("items"):
        return
    items: Sequence[Raw] = info["items"]
    states = [item["shipmentState"] for item in items]
    arrived = any(state in ("Returned", *DECIDED) for state in states)
    decided = all(state in DECIDED for state in states)
    created = min((item["createdAt"] for item in items if item.get("createdAt")), default=info.get("returnDate"))
    yield head("return", name_in(order, items[0]), order, words) | {
        "number": info.get("returnTrackingId"),
        "refs": refs(order, words) | {"rma": info.get("returnTrackingId")},
        "customer": customer(order),
        "status": _status(items),
        "resolution": _resolution(order, items, words),
        "currency": order["totalPrice"]["currencyCode"],
        "requested_at": created or order["lastModifiedAt"],
        "received_at": info.get("returnDate") or created if arrived else None,
        "inspected_at": max((item.get("lastModifiedAt") or "" for item in items), default="") if decided else None,
        "lines": [_line(order, item, words) for item in items],
        "raw": info,
    }


def _status(items: Sequence[Raw]) -> str:
    """How far all items are; a state that is not known as it came."""
    states = [item["shipmentState"] for item in items]
    paid = [item["paymentState"] for item in items]
    unknown = [state for state in states if state not in KNOWN] + [
        one for one in paid if one not in ("Initial", *SETTLED)
    ]
    if unknown:
        return str(unknown[0])
    if all(state in DECIDED for state in states):
        return "closed" if all(one in SETTLED for one in paid) else "inspected"
    return "authorised" if all(state == "Advised" for state in states) else "received"


def _resolution(order: Raw, items: Sequence[Raw], words: Words) -> str | None:
    states = {item["paymentState"] for item in items}
    if "Refunded" in states:
        return "credit" if on_account(order, words) else "refund"
    advised = any(item["shipmentState"] == "Advised" for item in items)  # not refundable, as nothing came yet
    return "none" if states <= set(SETTLED) and not advised else None


def _line(order: Raw, item: Raw, words: Words) -> Line:
    state, quantity = item["shipmentState"], item["quantity"]
    return (
        {"id": item["id"]}
        | line_named(order, _of(item), words)
        | {
            "quantity": quantity,
            "received_quantity": None if state == "Advised" else quantity,
            "accepted_quantity": quantity if state in DECIDED else None,
            "reason_code": _reason(item, words),
            "disposition": DECIDED.get(state),
        }
    )


def _reason(item: Raw, words: Words) -> str | None:
    """The tenant's own field; commercetools has none, and the comment is for people."""
    said = own_field(words, "reason", item)
    return None if said is None else str(said)


def _of(item: Raw) -> str | None:
    return item.get("lineItemId") or item.get("customLineItemId")
