"""Shopify: orders, fulfilments, returns, refunds, products and stock of one shop, by the GraphQL Admin API."""

from datetime import timedelta

from connectors.registry import Connector, Feed, Setting
from connectors.shopify.client import VERSION, ShopifyClient
from connectors.shopify.mapper import lines
from connectors.shopify.webhook import identity, news, verify
from connectors.shopify.writes import WRITES
from connectors.webhooks import Webhook

TOPICS = (
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "ORDERS_EDITED",
    "ORDERS_CANCELLED",
    "ORDERS_DELETE",
    "REFUNDS_CREATE",
    "FULFILLMENTS_CREATE",
    "FULFILLMENTS_UPDATE",
    "RETURNS_REQUEST",
    "RETURNS_APPROVE",
    "RETURNS_DECLINE",
    "RETURNS_CANCEL",
    "RETURNS_CLOSE",
    "RETURNS_REOPEN",
    "RETURNS_PROCESS",
    "RETURNS_UPDATE",
    "REVERSE_FULFILLMENT_ORDERS_DISPOSE",
    "DRAFT_ORDERS_CREATE",
    "DRAFT_ORDERS_UPDATE",
    "DRAFT_ORDERS_DELETE",
    "INVENTORY_LEVELS_UPDATE",
    "INVENTORY_ITEMS_UPDATE",
    "INVENTORY_ITEMS_DELETE",
    "PRODUCTS_UPDATE",
    "PRODUCTS_DELETE",
)
DELETED = ("order", "fulfilment", "return", "credit", "product", "stock_level")
OF_AN_ORDER = ("order", "fulfilment", "return", "credit", "stock_movement")

CONNECTOR = Connector(
    kind="shopify",
    title="Shopify",
    settings=(
        Setting("shop", "Shop", help="its domain, such as harbour-and-pine.myshopify.com"),
        Setting("client_id", "Client ID", required=False, help="of an app with the client credentials grant"),
        Setting("client_secret", "Client secret", secret=True, help="also signs the deliveries"),
        Setting("access_token_of_app", "Access token", secret=True, required=False, help="shpat_…, of an older app"),
        Setting("version", "API version", required=False, default=VERSION),
        Setting(
            "po_in_note",
            "PO number in the note",
            required=False,
            default="sparklayer",
            choices=("sparklayer", "always", "never"),
            help="SparkLayer writes the buyer's PO number into the order's note",
        ),
        Setting(
            "drafts",
            "Drafts that are orders",
            required=False,
            default="on_account",
            choices=("on_account", "never"),
            help="SparkLayer leaves orders that are paid later as drafts",
        ),
        Setting("stock", "Sellable stock", required=False, default="on_hand", choices=("on_hand", "available")),
        Setting("pack_sizes", "Pack sizes", required=False, default="units", choices=("units", "as_catalogue")),
        Setting("fates", "Meanings of dispositions", required=False, help="DONATED=disposed, …"),
    ),
    feeds=(
        Feed("orders", OF_AN_ORDER, overlap=timedelta(minutes=10)),
        Feed("drafts", ("order",), overlap=timedelta(minutes=10)),
        Feed("products", ("product",), begins=timedelta(days=3650)),
        Feed("stock", ("stock_level",), begins=timedelta(days=3650)),
        # a return has no date of change, and nothing promises that it moves its order's
        Feed("open_returns", OF_AN_ORDER, sweep=True, every=timedelta(hours=6)),
        Feed("open_drafts", ("order",), sweep=True, every=timedelta(hours=6)),
        Feed("deleted", DELETED, sweep=True, every=timedelta(days=1)),
        Feed("backfill", OF_AN_ORDER, by_hand_only=True),
    ),
    client=ShopifyClient,
    lines=lines,
    webhook=Webhook(verify, news, identity, secret="client_secret"),
    undated=frozenset({"return", "stock_level"}),
    topics=TOPICS,
    writes=WRITES,
)
