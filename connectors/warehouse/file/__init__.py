"""A warehouse that sends CSV files into a folder: orders, despatches, returns, stock movements, stock snapshots."""

from datetime import timedelta

from connectors.registry import Connector, Feed, Setting
from connectors.remote_folder import SETTINGS
from connectors.warehouse.file.client import WarehouseFiles
from connectors.warehouse.file.mapper import BUCKETS, lines

SOON = timedelta(minutes=5)

CONNECTOR = Connector(
    kind="warehouse",
    vendor="file",
    title="Warehouse, by files",
    settings=(
        Setting("folder", "Folder", help="its name below the folder of all file feeds"),
        Setting("order_number", "order_number is", required=False, default="order_number"),
        Setting("external_order_id", "external_order_id is", required=False, default="ecommerce_order"),
        Setting("buckets", "Stock buckets", required=False, default=BUCKETS),
        Setting("dispositions", "Meanings of dispositions", required=False, help="B-grade=damaged, …"),
        Setting("stock", "Sellable stock", required=False, default="on_hand", choices=("on_hand", "available")),
        Setting("snapshots", "Stock snapshots", required=False, default="complete", choices=("complete", "partial")),
        Setting(
            "snapshot_hours", "Hours between snapshots", required=False, help="later is shown as an error", form="count"
        ),
        Setting("restocks", "Restocks of returns", required=False, default="returns", choices=("returns", "movements")),
        *SETTINGS,
    ),
    feeds=(
        Feed("orders", ("order",), sweep=True, every=SOON),
        Feed("despatches", ("fulfilment",), sweep=True, every=SOON),
        Feed("returns", ("return", "stock_movement"), sweep=True, every=SOON),
        Feed("movements", ("stock_movement",), sweep=True, every=SOON),
        Feed("stock", ("stock_level",), sweep=True, every=SOON),
    ),
    client=WarehouseFiles,
    lines=lines,
    is_sent=True,
)
