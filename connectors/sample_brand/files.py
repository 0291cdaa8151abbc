"""The brand's warehouse and ERP by their files: a line of the story → rows of `wms_file.v1` or `erp_file.v1`."""

from collections.abc import Callable
from typing import Any

from connectors.sample_brand.story import Line

Row = dict[str, Any]


def order(line: Line) -> list[Row]:
    """An order's rows of `ord_`; a withdrawn one's single row."""
    head: Row = {"warehouse_code": "A", "order_id": line["id"]}
    if line.get("deleted"):
        return [head | {"deleted": "yes"}]
    refs, place = line["refs"], line.get("ship_to") or {}
    head |= {"order_number": refs["sales_order"], "external_order_id": refs["ecommerce_order"]}
    head |= {"purchase_order": refs.get("purchase_order", ""), "status": line["status"]}
    head |= {"customer_id": line["customer"]["id"], "customer_name": line["customer"]["name"]}
    head |= {"ship_to_name": place.get("name", ""), "ship_to_town": place.get("town", "")}
    return [head | {"received_at": line["placed_at"]} | _goods(row) for row in _rows(line)]


def despatch(line: Line) -> list[Row]:
    """A shipment's rows of `shp_`."""
    head = {
        "warehouse_code": "A",
        "order_number": line["refs"]["sales_order"],
        "external_order_id": line["refs"]["ecommerce_order"],
        "shipment_id": line["id"],
        "despatched_at": line["shipped_at"],
    }
    rows = [_goods(row) for row in _rows(line)]
    return [head | row | {"qty_ordered": row["quantity"], "qty_shipped": row["quantity"]} for row in rows]


def movement(line: Line) -> list[Row]:
    """A movement's row of `adj_`."""
    return [
        {
            "warehouse_code": line["location"],
            "movement_id": line["id"],
            "sku": line["sku"],
            "qty_delta": line["quantity"],
            "uom": line["uom"],
            "bucket_to": line["condition"],
            "reason_code": line["reason"],
            "ref_type": "rma",
            "ref_id": line["refs"]["rma"],
            "occurred_at": line["at"],
        }
    ]


def level(line: Line) -> list[Row]:
    """A level's row of `inv_`."""
    place = {"warehouse_code": line["location"], "sku": line["sku"]}
    return [place | {"on_hand": line["quantity"], "as_of": line["at"]}]


def credit(line: Line) -> list[Row]:
    """A credit's rows of `crn_`; a withdrawn one's single row."""
    head: Row = {"credit_id": line["id"]}
    if line.get("deleted"):
        return [head | {"deleted": "yes"}]
    plain = ("kind", "status", "currency", "amount", "tax", "issued_at", "reason")
    head |= {name: line[name] for name in plain if name in line} | line.get("refs", {})
    customer = line.get("customer") or {}
    head |= {"customer_id": customer.get("id", ""), "customer_name": customer.get("name", "")}
    head |= {"settled": {True: "yes", False: "no", None: ""}[line.get("settled")]}
    if "number" in line:
        head["credit_number"] = line["number"]
    return [head | _goods(row) | {"unit_price": row["unit_price"]} for row in _rows(line)] or [head]


# (system, type) → the connector's feed, and the rows of a line
FILED: dict[tuple[str, str], tuple[str, Callable[[Line], list[Row]]]] = {
    ("warehouse", "order"): ("orders", order),
    ("warehouse", "fulfilment"): ("despatches", despatch),
    ("warehouse", "stock_movement"): ("movements", movement),
    ("warehouse", "stock_level"): ("stock", level),
    ("erp", "credit"): ("credits", credit),
}


def _rows(line: Line) -> list[Line]:
    return list(line.get("lines") or [])


def _goods(row: Line) -> Row:
    return {name: row[own] for name, own in (("sku", "sku"), ("quantity", "quantity"), ("uom", "uom"))} | {
        "units_per_uom": row["pack_size"]
    }
