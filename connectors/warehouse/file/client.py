"""The files of a warehouse: `wms_file.v1`."""

from typing import ClassVar

from connectors.folder import FolderClient, Kind
from connectors.warehouse.file.mapper import level_ids


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


class WarehouseFiles(FolderClient):
    """Orders `ord_`, despatches `shp_`, returns `rtn_`, movements `adj_`, snapshots `inv_`."""

    kinds: ClassVar[dict[str, Kind]] = {
        "orders": Kind(
            "ord",
            _columns(
                "warehouse_code order_id order_number external_order_id purchase_order customer_id customer_name "
                "ship_to_name ship_to_town ship_to_postcode ship_to_country status hold received_at deleted line_ref "
                "sku quantity uom units_per_uom qty_shipped"
            ),
            ("order_id",),
        ),
        "despatches": Kind(
            "shp",
            _columns(
                "warehouse_code order_number external_order_id shipment_id line_ref sku qty_ordered qty_shipped uom "
                "units_per_uom carrier tracking_number despatched_at"
            ),
            ("shipment_id",),
        ),
        "returns": Kind(
            "rtn",
            _columns(
                "warehouse_code return_id rma order_number line_ref sku qty_expected qty_received uom units_per_uom "
                "reason_code condition disposition restock_qty restock_location received_at inspected_at"
            ),
            ("return_id",),
        ),
        "movements": Kind(
            "adj",
            _columns(
                "warehouse_code movement_id sku qty_delta uom bucket_from bucket_to reason_code ref_type ref_id "
                "occurred_at"
            ),
            ("movement_id",),
        ),
        "stock": Kind(
            "inv",
            _columns("warehouse_code sku on_hand allocated available quarantine backorder as_of"),
            ("warehouse_code", "sku"),
            "stock_level",
            level_ids,
        ),
    }
