"""ReturnGO: returns of one shop, what was found at their inspection, and the money that went back."""

from datetime import timedelta

from connectors.registry import Connector, Feed, Setting
from connectors.returngo.client import BASE, ReturnGoClient
from connectors.returngo.mapper import lines
from connectors.returngo.webhook import news, verify
from connectors.returngo.writes import CLOSE_RETURN
from connectors.webhooks import Webhook

OF_A_RETURN = ("return", "credit")

EVENTS = (
    "RMA_CREATED",
    "RMA_STATUS_UPDATED",
    "SHIPMENT_CREATED",
    "SHIPMENT_STATUS_UPDATED",
    "SHIPMENT_TRACKER_STATUS_UPDATED",
    "TRANSACTION_CREATED",
    "REFUND_CREATED",
)

CONNECTOR = Connector(
    kind="returngo",
    title="ReturnGO",
    settings=(
        Setting("shop", "Shop", help="its domain, such as harbour-and-pine.myshopify.com"),
        Setting("api_key", "API key", secret=True),
        Setting("base", "API address", required=False, default=BASE),
        Setting(
            "settled_for",
            "Days that settled returns are read again",
            required=False,
            default="14",
            help="every day, as their shipments and refunds may still change",
            form="count",
        ),
        Setting(
            "not_restockable",
            "Goods that cannot be restocked are",
            required=False,
            default="damaged",
            choices=("damaged", "disposed", "quarantine"),
        ),
        Setting("resolutions", "Meanings of resolutions", required=False, help="ExchangeForVariant=exchange, …"),
        Setting(
            "signature_header",
            "Signature header",
            required=False,
            help="only if ReturnGO signs your deliveries: the header with the HMAC-SHA256",
        ),
        Setting("webhook_secret", "Secret of the deliveries", secret=True, required=False),
    ),
    feeds=(
        # 2,000 requests a day: the list is asked for every quarter of an hour, whatever the flows' cadence
        Feed("rmas", OF_A_RETURN, overlap=timedelta(minutes=10), every=timedelta(minutes=15)),
        # a return's date of change does not move with its shipments
        Feed("open_rmas", OF_A_RETURN, sweep=True, every=timedelta(days=1)),
    ),
    client=ReturnGoClient,
    lines=lines,
    webhook=Webhook(verify, news, secretless=True),
    undated=frozenset(OF_A_RETURN),
    topics=EVENTS,
    writes=(CLOSE_RETURN,),
)
