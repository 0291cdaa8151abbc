"""Swap: returns of one store, what was found at quality control, and what went back to the customer."""

from datetime import timedelta

from connectors.registry import Connector, Feed, Setting
from connectors.swap.client import BASE, SwapClient
from connectors.swap.mapper import lines
from connectors.swap.webhook import identity, news, verify
from connectors.webhooks import Webhook

OF_A_RETURN = ("return", "credit")

CONNECTOR = Connector(
    kind="swap",
    title="Swap",
    settings=(
        Setting("store_id", "Store ID", help="swap_store_id of the returns API"),
        Setting("api_key", "API key", secret=True, help="of the returns API; made under Returns, Integrations"),
        Setting("webhook_secret", "Secret of the deliveries", secret=True, required=False, help="whsk_…"),
        Setting("base", "API address", required=False, default=BASE),
        Setting("dates", "Dates are asked for as", required=False, default="instant", choices=("instant", "day")),
        Setting(
            "status_from",
            "Status of a return",
            required=False,
            default="milestones",
            choices=("milestones", "return_status"),
            help="by its dates and parcels, or as Swap's return_status, which the topology then maps",
        ),
        Setting("reasons", "Reason codes", required=False, default="text", choices=("text", "id")),
        Setting("costs", "Cost of a line", required=False, default="gross", choices=("gross", "net")),
        Setting("dispositions", "Meanings of conditions", required=False, help="B-grade=damaged, …"),
        Setting("resolutions", "Meanings of types of return", required=False, help="Voucher=credit, …"),
        Setting(
            "read_back",
            "Days that returns are read again",
            required=False,
            default="60",
            help="every day",
            form="count",
        ),
    ),
    feeds=(
        Feed("returns", OF_A_RETURN, overlap=timedelta(minutes=10)),
        # nothing promises that parcels and quality control move a return's date of change
        Feed("lately_submitted", OF_A_RETURN, sweep=True, every=timedelta(days=1)),
    ),
    client=SwapClient,
    lines=lines,
    webhook=Webhook(verify, news, identity),
    undated=frozenset(OF_A_RETURN),
)
