"""An ERP that sends CSV files into a folder: orders, credit notes, products."""

from datetime import timedelta

from connectors.erp.file.client import ErpFiles
from connectors.erp.file.mapper import lines
from connectors.registry import Connector, Feed, Setting
from connectors.remote_folder import SETTINGS

SOON = timedelta(minutes=5)

CONNECTOR = Connector(
    kind="erp",
    vendor="file",
    title="ERP, by files",
    settings=(Setting("folder", "Folder", help="its name below the folder of all file feeds"), *SETTINGS),
    feeds=(
        Feed("orders", ("order",), sweep=True, every=SOON),
        Feed("credits", ("credit",), sweep=True, every=SOON),
        Feed("products", ("product",), sweep=True, every=SOON),
    ),
    client=ErpFiles,
    lines=lines,
    is_sent=True,
)
