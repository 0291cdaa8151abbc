"""Returns and what became of the goods → returns and stock movements."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

from connectors.amounts import NOUGHT, per
from connectors.closed_words import meaning
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.shopify.credits import refunded
from connectors.shopify.money import amount, latest, named, sku_of, total
from connectors.shopify.orders import EACH, customer, refs
from connectors.sightings import Line
from connectors.spelling import folded

STATUS = {"REQUESTED": "requested", "DECLINED": "rejected", "CANCELED": "cancelled", "CLOSED": "closed"}
DISPOSITION = {
    "RESTOCKED": "sellable",
    "NOT_RESTOCKED": "disposed",
    "PROCESSING_REQUIRED": "quarantine",
    "MISSING": "missing",
}
FOLDED = {folded(word): ours for word, ours in DISPOSITION.items()}
DECIDED = ("RESTOCKED", "NOT_RESTOCKED")


def return_lines(order: Raw, words: Words) -> Iterator[Told]:
    """The order's returns."""

    def read(one: Raw) -> list[Line]:
        refunds = [refund for refund in order["refunds"] if (refund["return"] or {}).get("id") == one["id"]]
        return [_return(order, one, refunds, words)]

    return each("return", order["returns"], read, id=named)


def movement_lines(order: Raw, words: Words) -> Iterator[Told]:
    """What went back into stock: by the dispositions of returns, and by refunds without a return."""
    yield from each("stock_movement", order["returns"], partial(_put_back, order, words))
    yield from each("stock_movement", order["refunds"], partial(_restocked, order, words))


def _put_back(order: Raw, words: Words, one: Raw) -> Iterator[Line]:
    known = refs(order, words) | {"rma": one["name"]}
    for item, disposition in _dispositions(one):
        if disposition["type"] == "RESTOCKED":
            at = disposition["createdAt"]
            yield _movement("disposition", item["fulfillmentLineItem"], disposition, known, at, words)


def _restocked(order: Raw, words: Words, refund: Raw) -> Iterator[Line]:
    """A refund's own restocking; its lines may be without ids, and then count by their place."""
    if refund["return"] is not None:
        return
    for place, line in enumerate(refund["refundLineItems"]["nodes"], 1):
        if line["restocked"] and line["restockType"] in ("RETURN", "LEGACY_RESTOCK"):
            moved = line if line["id"] else line | {"id": f"{named(refund)}-{place}"}
            yield _movement("refund", line, moved, refs(order, words), refund["processedAt"], words)


def _return(order: Raw, one: Raw, refunds: Sequence[Raw], words: Words) -> Line:
    dispositions = [disposition for _, disposition in _dispositions(one)]
    decided = [said["createdAt"] for said in dispositions if said["type"] in DECIDED]
    arrived = [said["createdAt"] for said in dispositions if said["type"] != "MISSING"]
    complete = _complete(one)
    fees = [line.get("restockingFee") or {} for line in one["returnLineItems"]["nodes"]]
    moments = [one["createdAt"], one["requestApprovedAt"], one["closedAt"]]
    return {
        "type": "return",
        "system": words.system,
        "id": named(one),
        # the return has no date of its own that moves with each change: what is dated in it, else when it was read
        "at": latest(*moments, *(said["createdAt"] for said in dispositions), *(said["updatedAt"] for said in refunds)),
        "number": one["name"],
        "refs": refs(order, words) | {"rma": one["name"]},
        "customer": customer(order),
        "status": STATUS.get(one["status"], one["status"]) if one["status"] != "OPEN" else _open(arrived, complete),
        "rejection_reason": (one["decline"] or {}).get("reason"),
        "resolution": _resolution(one, refunds),
        "currency": order["currencyCode"],
        "requested_at": one["createdAt"],
        "received_at": min(arrived) if arrived else None,
        "inspected_at": max(decided) if decided and complete else None,
        "refund_amount": sum((refunded(order, refund) for refund in refunds), NOUGHT) if refunds else None,
        "fees": total(fee.get("amountSet") for fee in fees)
        + total(fee["amountSet"] for fee in one["returnShippingFees"]),
        "lines": list(_lines(one, words)),
        "raw": one,
    }


def _open(arrived: Sequence[str], complete: bool) -> str:
    if arrived and complete:
        return "inspected"
    return "received" if arrived else "authorised"


def _complete(one: Raw) -> bool:
    """Whether every unit of every line was decided upon."""
    lines = one["returnLineItems"]["nodes"]
    return bool(lines) and all(line["unprocessedQuantity"] == 0 for line in lines)


def _resolution(one: Raw, refunds: Sequence[Raw]) -> str | None:
    if one["exchangeLineItems"]["nodes"]:
        return "exchange"
    if not refunds:
        return None
    moved = any(pay["kind"] == "REFUND" for refund in refunds for pay in refund["transactions"]["nodes"])
    return "refund" if moved else "credit"


def _dispositions(one: Raw) -> Iterator[tuple[Raw, Raw]]:
    for back in one["reverseFulfillmentOrders"]:
        for item in back["lineItems"]["nodes"]:
            for disposition in item["dispositions"]:
                yield item, disposition


def _lines(one: Raw, words: Words) -> Iterator[Line]:
    """A line for each fate of a returned line: `id` where there is one, `id/FATE` where there are several."""
    fates = _fates(one)
    for line in one["returnLineItems"]["nodes"]:
        shares = _shares(line, fates[_order_line(line)])
        for fate, quantity in shares:
            came = fate not in ("", "MISSING")
            yield {
                "id": named(line) + (f"/{fate or 'OPEN'}" if len(shares) > 1 else ""),
                "sku": sku_of((line.get("fulfillmentLineItem") or {}).get("lineItem")),
                "quantity": quantity,
                **EACH,
                "received_quantity": quantity if came else (0 if fate == "MISSING" else None),
                "accepted_quantity": quantity if fate in DECIDED else (0 if fate == "MISSING" else None),
                "reason_code": (line["returnReasonDefinition"] or {}).get("handle"),
                "disposition": _disposition(fate, words) if "fulfillmentLineItem" in line else "unexpected",
                "unit_refund": _unit_refund(line),
            }


def _disposition(fate: str, words: Words) -> str | None:
    return meaning(fate, FOLDED, words.get("fates"))


def _fates(one: Raw) -> dict[str, dict[str, int]]:
    """Units of each order line by what became of them."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for item, disposition in _dispositions(one):
        line = ((item["fulfillmentLineItem"] or {}).get("lineItem") or {}).get("id", "")
        found[line][disposition["type"]] += disposition["quantity"]
    return found


def _shares(line: Raw, fates: dict[str, int]) -> list[tuple[str, int]]:
    """How the line's units share in the fates of its order line, which it uses up; "" is what is not decided."""
    left, shares = line["quantity"], list[tuple[str, int]]()
    for fate in sorted(fates):
        taken = min(left, fates[fate])
        if taken:
            shares.append((fate, taken))
            fates[fate] -= taken
            left -= taken
    return [*shares, ("", left)] if left or not shares else shares


def _order_line(line: Raw) -> str:
    return str((line.get("fulfillmentLineItem") or {}).get("lineItem", {}).get("id", ""))


def _unit_refund(line: Raw) -> Decimal | None:
    if "unitPrice" in line:
        return amount(line["unitPrice"])
    worth = amount(line.get("withCodeDiscountedTotalPriceSet"))
    return None if worth is None or not line["quantity"] else per(worth, line["quantity"])


def _movement(by: str, of: Raw | None, moved: Raw, known: dict[str, str | None], at: str, words: Words) -> Line:
    return {
        "type": "stock_movement",
        "system": words.system,
        "id": f"{by}-{named(moved)}",
        "at": at,
        "sku": sku_of((of or {}).get("lineItem")),
        "location": (moved["location"] or {}).get("name"),
        "condition": "sellable",
        "quantity": moved["quantity"],
        **EACH,
        "reason": "return",
        "refs": known,
        "raw": moved,
    }
