"""The brand's returns as its portal pushes them: a return of the story → one in the words of `rebound_return.v0`."""

from typing import Any

from connectors.sample_brand.story import Line

OF_A_LINE = {"uom": "uom", "pack_size": "units_per_uom", "unit_refund": "unit_refund", "disposition": "disposition"}


def returned(line: Line) -> dict[str, Any]:
    """The return that a version of a portal's return is; the portal's own words stand in `raw_status`."""
    refs = line["refs"]
    return {
        "return_id": line["id"],
        "rma": refs["rma"],
        "order_reference": refs["sales_order"],
        "external_order_id": refs["ecommerce_order"],
        "purchase_order": refs.get("purchase_order"),
        "customer_id": line["customer"]["id"],
        "status": "unknown",
        "raw_status": line["status"],
        "rejection_reason": line.get("rejection_reason"),
        "refund_amount": line["refund_amount"],
        "created_at": line["requested_at"],
        "updated_at": line["at"],
        "tracking": [{"status": "delivered", "at": line["received_at"]}] if line.get("received_at") else [],
        "lines": [_line(line, row) for row in line["lines"]],
    }


def _line(line: Line, row: Line) -> dict[str, Any]:
    return {
        "sku": row["sku"],
        "quantity_expected": row["quantity"],
        "quantity_received": row.get("received_quantity"),
        "quantity_accepted": row.get("accepted_quantity"),
        "currency": line["currency"],
        "reason_code": row["reason_code"],
        "requested_resolution": line["resolution"],
        "graded_at": line.get("inspected_at"),
    } | {theirs: row[ours] for ours, theirs in OF_A_LINE.items() if row.get(ours) is not None}
