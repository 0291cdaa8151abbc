"""commercetools: orders, deliveries, returns, refunds, products and stock of one project, by the HTTP API."""

from datetime import timedelta

from connectors.commercetools.client import REGIONS, CommercetoolsClient
from connectors.commercetools.mapper import lines
from connectors.commercetools.writes import WRITES
from connectors.registry import Connector, Feed, Setting

OF_AN_ORDER = ("order", "fulfilment", "return", "credit", "stock_movement")

CONNECTOR = Connector(
    kind="commercetools",
    title="commercetools",
    settings=(
        Setting("project_key", "Project key"),
        Setting("region", "Region", choices=REGIONS),
        Setting("client_id", "Client ID"),
        Setting("client_secret", "Client secret", secret=True),
        Setting(
            "fields",
            "Fields of your own",
            required=False,
            help="where your project keeps what has no field, such as pack_size=packSize, uom=unit, terms=paymentTerms",
        ),
        Setting("order_status", "Status of orders", required=False, default="order", choices=("order", "workflow")),
        Setting(
            "sync_channels",
            "Sync channels",
            required=False,
            help="which reference a channel's external id is, such as erp=sales_order",
        ),
        Setting(
            "channel",
            "Channel of orders",
            required=False,
            default="business_unit",
            choices=("business_unit", "b2b", "b2c"),
        ),
        Setting("stock", "Sellable stock", required=False, default="on_hand", choices=("on_hand", "available")),
        Setting("locale", "Language of titles", required=False, default="en"),
        Setting(
            "released_state",
            "State of a released order",
            required=False,
            help="the key of the state in your workflow that an order moves to when its hold is taken off here",
        ),
        Setting("scopes", "Ask for scopes by name", required=False, default="named", choices=("named", "all")),
    ),
    feeds=(
        Feed("orders", OF_AN_ORDER, begins=timedelta(days=365)),
        # neither an applied edit nor a payment is promised to move its order
        Feed("edits", OF_AN_ORDER, begins=timedelta(days=365)),
        Feed("payments", OF_AN_ORDER, begins=timedelta(days=365)),
        Feed("products", ("product",), begins=timedelta(days=3650)),
        Feed("stock", ("stock_level",), begins=timedelta(days=3650)),
        Feed("messages", OF_AN_ORDER, begins=timedelta(days=15)),
        Feed("deleted", ("order", "product", "stock_level"), sweep=True, every=timedelta(days=1)),
    ),
    client=CommercetoolsClient,
    lines=lines,
    undated=frozenset({"stock_level"}),
    writes=WRITES,
)
