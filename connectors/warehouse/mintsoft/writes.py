"""Moves stock into quarantine in Mintsoft; the numbers of the action and of the places are the account's settings."""

from decimal import Decimal
from typing import Any

from connectors.http import RequestRefused
from connectors.paging import Raw
from connectors.registry import Words, Write
from connectors.warehouse.mintsoft.client import MintsoftClient, of
from connectors.writing import Answer, CannotBeWritten, Planned, Wanted

ASKED = {
    "quarantine_action": "The connection does not say which action of Mintsoft moves stock.",
    "quarantine_from": "The connection does not say which location goods are sold from.",
    "quarantine_to": "The connection does not say which location is the quarantine.",
    "quarantine_warehouse": "The connection does not say which warehouse the goods are in.",
}


def _plan(wanted: Wanted, words: Words) -> Planned:
    said = {name: _whole(words.get(name), lacking) for name, lacking in ASKED.items()}
    product = _whole(wanted.raw.get("productid"), "The movement does not say which product of Mintsoft it moved.")
    quantity = _whole(wanted.line.get("quantity"), "Mintsoft moves whole pieces only.")
    warehouse = said["quarantine_warehouse"]
    return Planned(
        words=f"{quantity} of {wanted.line['sku']} move from location {said['quarantine_from']} to the quarantine, "
        f"location {said['quarantine_to']}, of warehouse {warehouse}.",
        method="POST",
        path=f"/api/Warehouse/StockMovement?action={said['quarantine_action']}",
        body={
            "ProductId": product,
            "WarehouseId": warehouse,
            "LocationId": said["quarantine_from"],
            "DestinationWarehouseId": warehouse,
            "DestinationLocationId": said["quarantine_to"],
            "Quantity": quantity,
        },
        about={"warehouse": warehouse, "product": product, "since": str(wanted.line["at"])},
    )


def _whole(said: Any, lacking: str) -> int:
    text = str(said if said is not None else "").strip()
    if not text.replace(".", "", 1).isdecimal() or Decimal(text) != Decimal(text).to_integral_value():
        raise CannotBeWritten(lacking)
    return int(Decimal(text))


def _done(client: MintsoftClient, planned: Planned, key: str) -> Answer | None:
    """A movement adds something: ours is known by its comment, which is our name of the change."""
    for movement in client.movements(planned.about["warehouse"], planned.about["product"], planned.about["since"]):
        if key in str(of(movement, "Comment") or ""):
            return {"movement": of(movement, "ID"), "comment": key}
    return None


def _send(client: MintsoftClient, planned: Planned, key: str) -> Answer:
    """Mintsoft answers 200 to what it refuses as well."""
    said: Raw = client.http.json(planned.method, planned.path, json=planned.body | {"Comment": key})
    if not of(said, "Success"):
        raise RequestRefused(f"{planned.path}: {of(said, 'Message') or 'Mintsoft does not say why.'}")
    return {name: of(said, name) for name in ("ID", "Success", "Message", "WarningMessage")}


QUARANTINE = Write(
    action="quarantine",
    label="Move stock into quarantine",
    needs="a user who may move stock, and the four settings of the quarantine",
    plan=_plan,
    done=_done,
    send=_send,
)
