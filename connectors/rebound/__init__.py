"""ReBound: returns by its older API, and by signed pushes in a form of ours where the newer one is in use."""

from datetime import timedelta

from connectors.rebound.client import BASE, ReboundClient
from connectors.rebound.mapper import lines
from connectors.rebound.webhook import news, verify
from connectors.registry import Connector, Feed, Setting
from connectors.webhooks import Webhook, standard_identity

CONNECTOR = Connector(
    kind="rebound",
    title="ReBound",
    settings=(
        Setting(
            "reads",
            "Returns come by",
            required=False,
            default="legacy",
            choices=("legacy", "pushes"),
            help="the older API, or only what is pushed",
            first=True,
        ),
        Setting("login", "Login", required=False, help="of the older API"),
        Setting("api_key", "API key", secret=True, required=False, help="of the older API"),
        Setting("webhook_secret", "Secret of the pushes", secret=True, required=False, help="whsec_…"),
        Setting("base", "API address", required=False, default=BASE),
        Setting("timezone", "Time zone of its dates", required=False, default="Europe/London", form="time_zone"),
        Setting("currency", "Currency", required=False, help="ReBound names none"),
        Setting(
            "order_reference",
            "Its order reference is the",
            required=False,
            default="order_number",
            choices=("order_number", "sales_order", "ecommerce_order"),
        ),
        Setting("dispositions", "Meanings of dispositions", required=False, help="B-grade=damaged, …"),
        Setting("resolutions", "Meanings of wishes", required=False, help="Voucher=credit, …"),
        Setting("read_back", "Days that returns are read again", required=False, default="30", form="count"),
    ),
    feeds=(
        Feed("returns", ("return",), overlap=timedelta(days=2), every=timedelta(minutes=30)),
        # there is no date of change to ask by
        Feed("lately_added", ("return",), sweep=True, every=timedelta(hours=6)),
    ),
    client=ReboundClient,
    lines=lines,
    webhook=Webhook(verify, news, standard_identity, made_here=True),
    undated=frozenset({"return"}),
)
