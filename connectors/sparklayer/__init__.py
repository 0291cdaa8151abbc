"""SparkLayer B2B: the purchases of one site by its Purchasing API, and the errors of its sync log."""

from datetime import timedelta

from connectors.registry import Connector, Feed, Setting
from connectors.sparklayer.client import SINCE, SparkLayerClient
from connectors.sparklayer.mapper import CANCELLED, RETURNED, lines

OF_A_PURCHASE = ("order", "fulfilment", "return")

CONNECTOR = Connector(
    kind="sparklayer",
    title="SparkLayer B2B",
    settings=(
        Setting("site_id", "Site ID", help="Dashboard > Settings > API"),
        Setting("client_id", "Client ID"),
        Setting("client_secret", "Client secret", secret=True),
        Setting("environment", "Environment", required=False, default="live", choices=("live", "test")),
        Setting(
            "sync_flows",
            "Sync log",
            required=False,
            help="which flow each log tells of, such as shopify/products=products-to-sparklayer",
            form="flows",
        ),
        Setting("customer_id", "Customer number", required=False, default="sparklayer", help="of customer_identifiers"),
        Setting("since_parameter", "Filter by date of change", required=False, default=SINCE),
        Setting("return_types", "Package types of returns", required=False, default=RETURNED),
        Setting("cancellation_types", "Package types of cancellations", required=False, default=CANCELLED),
    ),
    feeds=(
        Feed("orders", OF_A_PURCHASE, overlap=timedelta(minutes=10), begins=timedelta(days=365)),
        # what stays unconfirmed never reached the platform: a lost order
        Feed("unconfirmed", ("order",), sweep=True, every=timedelta(hours=1)),
        # offsets may skip rows where the order of the list is not promised, and what is deleted is not told
        Feed("held", OF_A_PURCHASE, sweep=True, every=timedelta(days=7)),
        Feed("sync_log", ("outcome",), sweep=True, every=timedelta(hours=1)),
    ),
    client=SparkLayerClient,
    lines=lines,
)
