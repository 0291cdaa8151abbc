"""ShipBob: orders, shipments, returns with what became of the goods, products and stock."""

from datetime import timedelta

from connectors.registry import Connector, Feed, Setting
from connectors.warehouse.shipbob.client import BASE, VERSION, ShipBobClient
from connectors.warehouse.shipbob.mapper import lines
from connectors.warehouse.shipbob.webhook import news, verify
from connectors.webhooks import Webhook, standard_identity

OF_A_RETURN = ("return", "stock_movement")
TOPICS = (
    "order.shipped",
    "order.shipment.delivered",
    "order.shipment.exception",
    "order.shipment.on_hold",
    "order.shipment.cancelled",
    "return.created",
    "return.updated",
    "return.completed",
)

CONNECTOR = Connector(
    kind="warehouse",
    vendor="shipbob",
    title="ShipBob",
    settings=(
        Setting("token", "Access token", secret=True, help="a personal access token"),
        Setting("channel", "Channel ID", required=False, help="shipbob_channel_id, where the token reaches several"),
        Setting("webhook_secret", "Secret of the deliveries", secret=True, required=False, help="whsec_…"),
        Setting("base", "API address", required=False, default=BASE),
        Setting("version", "API version", required=False, default=VERSION),
        Setting("currency", "Currency of orders", required=False, help="ShipBob names none"),
        Setting("realm", "Realm of its records", required=False, default="none", choices=("none", "channel")),
        Setting("dispositions", "Meanings of actions", required=False, help="Rework=damaged, …"),
        Setting("stock", "Sellable stock", required=False, default="on_hand", choices=("on_hand", "available")),
    ),
    feeds=(
        Feed("orders", ("order", "fulfilment"), overlap=timedelta(minutes=10)),
        Feed("returns", OF_A_RETURN, overlap=timedelta(minutes=10)),
        # there is no "updated since" for returns
        Feed("open_returns", OF_A_RETURN, sweep=True, every=timedelta(hours=3)),
        Feed("stock", ("stock_level",), sweep=True, every=timedelta(hours=1)),
        Feed("products", ("product",), sweep=True, every=timedelta(days=1)),
    ),
    client=ShipBobClient,
    lines=lines,
    webhook=Webhook(verify, news, standard_identity),
    undated=frozenset({"order", "fulfilment", "return", "product"}),
    topics=TOPICS,
)
