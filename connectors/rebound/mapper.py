"""ReBound's returns → returns of the contract: those of the older API, and those that are pushed."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connectors.amounts import NOUGHT, exact
from connectors.closed_words import in_common, meaning
from connectors.paging import Raw
from connectors.parts import Told, each
from connectors.registry import Words
from connectors.shapes import DISPOSITIONS
from connectors.sightings import Line
from connectors.spelling import folded

WISH: dict[str, str | None] = {
    "refund": "refund",
    "credit": "credit",
    "creditnote": "credit",
    "storecredit": "credit",
    "giftcard": "credit",
    "exchange": "exchange",
    "replacement": "exchange",
    "refundoriginal": "refund",
    "norefund": "none",
}
DISPOSITION: dict[str, str | None] = {
    "restock": "sellable",
    "sellable": "sellable",
    "quarantine": "quarantine",
    "dispose": "disposed",
    "disposed": "disposed",
    "novalue": "disposed",
    "damaged": "damaged",
    "missing": "missing",
    "qtymismatch": "missing",
    "wrongitem": "wrong_item",
    "notexpected": "unexpected",
    "pending": None,
    "unknown": None,
}
PUSHED_STATUS = {"approved": "authorised", "resolved": "closed", "expired": "cancelled"}


class NotGiven(LookupError):
    """A return that ReBound lists and does not give."""


def lines(feed: str, item: Raw, words: Words) -> Iterator[Told]:
    """The one return that an item is, of either form."""
    return each("return", [item], lambda one: [_return(one, words)], id=lambda one: one.get("return_id") or one["id"])


def _return(item: Raw, words: Words) -> Line:
    if "not_given" in item:
        raise NotGiven(item["not_given"])
    return _pushed(item, words) if "return_id" in item else _legacy(item, words)


def _legacy(item: Raw, words: Words) -> Line:
    goods = item.get("item") or []
    moments = [_instant(item.get(name), words) for name in ("date_added", "tracking_last_update")]
    return {
        "type": "return",
        "system": words.system,
        "id": str(item["id"]),
        "at": max(one for one in moments if one),
        "number": item.get("display_id"),
        "refs": {
            "rma": item.get("display_id"),
            words.get("order_reference", "order_number"): item.get("order_reference"),
            "external": item.get("external_id"),
        },
        "customer": {"name": item.get("company_name") or item.get("name"), "email": item.get("email")},
        "status": _legacy_status(item, goods),
        "resolution": _wish((reason.get("wish") for good in goods for reason in good.get("reason") or []), words),
        "currency": words.get("currency") or None,
        "requested_at": _instant(item["date_added"], words),
        "lines": [_legacy_line(good, words) for good in goods],
        "raw": {name: value for name, value in item.items() if name != "label"},
    }


def _legacy_line(good: Raw, words: Words) -> Line:
    """A line; ReBound gives it no id, so its place counts."""
    quantity, disposition = exact(good.get("quantity")), _disposition(good.get("final_disposition"), words)
    came = _came(disposition, quantity)
    reasons = [reason.get("reason") for reason in good.get("reason") or []]
    return {
        "sku": _sku(good.get("sku_code"), good.get("sku_desc")),
        "quantity": quantity,
        "received_quantity": came,
        "accepted_quantity": came,
        "reason_code": next((reason for reason in reasons if reason), None),
        "disposition": disposition,
    }


def _legacy_status(item: Raw, goods: list[Raw]) -> str:
    """Inspected once the fate of all goods is decided; else what the parcel's tracking says, which is free text."""
    if goods and all(good.get("final_disposition") for good in goods):
        return "inspected"
    return str(item.get("current_tracking_status") or "").strip() or "requested"


def _pushed(item: Raw, words: Words) -> Line:
    goods = item["lines"]
    graded = [at for good in goods if (at := _instant(good.get("graded_at"), words))]
    parcels = [one for one in item.get("tracking") or [] if folded(one.get("status")) == "delivered"]
    delivered = [at for one in parcels if (at := _instant(one.get("at"), words))]
    return {
        "type": "return",
        "system": words.system,
        "id": str(item["return_id"]),
        "at": item["updated_at"],
        "dated": True,
        "number": item.get("rma"),
        "refs": {
            "ecommerce_order": item.get("external_order_id"),
            "rma": item.get("rma"),
            "purchase_order": item.get("purchase_order"),
            words.get("order_reference", "order_number"): item["order_reference"],
        },
        "realm": item.get("realm"),
        "customer": {name: item.get(f"customer_{name}") for name in ("id", "name", "email")},
        "status": _pushed_status(item),
        "rejection_reason": item.get("rejection_reason"),
        "resolution": _wish((good.get("requested_resolution") for good in goods), words),
        "currency": next((good["currency"] for good in goods if good.get("currency")), words.get("currency") or None),
        "requested_at": item.get("created_at") or item["updated_at"],
        "received_at": min(delivered) if delivered else None,
        "inspected_at": max(graded) if graded and len(graded) == len(goods) else None,
        "refund_amount": exact(item.get("refund_amount")),
        "fees": exact(item.get("fees")),
        "lines": [_pushed_line(good, words) for good in goods],
        "raw": item,
    }


def _pushed_line(good: Raw, words: Words) -> Line:
    """A line; of goods with a fate and no word of how many were accepted, all that came were."""
    disposition = _disposition(good.get("disposition") or good.get("raw_disposition"), words)
    received, accepted = exact(good.get("quantity_received")), exact(good.get("quantity_accepted"))
    return {
        "id": good.get("line_id"),
        "sku": _sku(good.get("sku"), None),
        "quantity": exact(good.get("quantity_expected")),
        "uom": good.get("uom"),
        "pack_size": exact(good.get("units_per_uom")),
        "received_quantity": received,
        "accepted_quantity": received if accepted is None and disposition in DISPOSITIONS else accepted,
        "unit_refund": exact(good.get("unit_refund")),
        "reason_code": good.get("reason_code") or good.get("reason_text"),
        "disposition": disposition,
    }


def _pushed_status(item: Raw) -> str:
    said = str(item["status"]).strip()
    if folded(said) == "unknown" and item.get("raw_status"):
        return str(item["raw_status"])
    return PUSHED_STATUS.get(folded(said), said)


def _wish(wishes: Iterable[Any], words: Words) -> str | None:
    """What all goods have in common; the contract's returns have one resolution, and none where goods differ."""
    return in_common(meaning(wish, WISH, words.get("resolutions")) for wish in wishes if wish)


def _disposition(said: Any, words: Words) -> str | None:
    """What became of goods; a word that nobody knows as it came."""
    return meaning(said, DISPOSITION, words.get("dispositions"))


def _came(disposition: str | None, quantity: Decimal | None) -> Decimal | None:
    """How many of goods came by what became of them, which a word that nobody knows does not tell."""
    if disposition not in DISPOSITIONS:
        return None
    return NOUGHT if disposition == "missing" else quantity


def _sku(code: Any, named: Any) -> str:
    """The sku; of goods without one their name, which nothing matches and which says what they are."""
    return str(code or named or "unknown").strip()


def _instant(said: Any, words: Words) -> str | None:
    """`2026-11-12 09:31:00` on ReBound's clocks, as an instant in UTC; the year 0 stands for none."""
    if not said or str(said).strip().startswith("0000-"):
        return None
    at = datetime.fromisoformat(str(said).strip())
    there = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(words.get("timezone", "Europe/London")))
    return there.astimezone(UTC).isoformat()
