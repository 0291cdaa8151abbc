"""Xero: the credit notes of one organisation, and its invoices where they stand for orders."""

from datetime import timedelta

from connectors.erp.xero.client import XeroClient
from connectors.erp.xero.mapper import FORM, lines
from connectors.erp.xero.webhook import news, verify
from connectors.erp.xero.writes import DRAFT_CREDIT
from connectors.registry import Connector, Feed, Setting
from connectors.webhooks import Webhook

CONNECTOR = Connector(
    kind="erp",
    vendor="xero",
    title="Xero",
    settings=(
        Setting("tenant_id", "Tenant ID", help="of the organisation"),
        Setting(
            "grant",
            "Grant",
            required=False,
            default="refresh_token",
            choices=("refresh_token", "client_credentials"),
            help="client credentials for a custom connection",
            first=True,
        ),
        Setting("client_id", "Client ID"),
        Setting("client_secret", "Client secret", secret=True),
        Setting("refresh_token", "Refresh token", secret=True, required=False, help="of a consent with offline_access"),
        Setting("webhook_secret", "Webhook key", secret=True, required=False),
        Setting("reference_form", "Reference of credit notes", required=False, default=FORM),
        Setting(
            "invoice_reference",
            "Reference of invoices",
            required=False,
            default="order_number",
            choices=("order_number", "sales_order", "ecommerce_order", "purchase_order", "never"),
        ),
        Setting("reason_category", "Tracking category of reasons", required=False),
        Setting("reasons", "Meanings of reasons", required=False, help="Torn in transit=return, …"),
        Setting("shipping_items", "Item codes of carriage", required=False, help="with commas"),
        Setting("customer_id", "Customer number", required=False, default="ContactID"),
        Setting("invoices", "Invoices", required=False, default="never", choices=("never", "orders")),
        Setting("credit_account", "Account of drafted credits", required=False, help="its code; empty: as of the item"),
        Setting(
            "credit_tax", "Tax type of drafted credits", required=False, help="such as OUTPUT2; empty: as of the item"
        ),
        Setting("time_zone", "Time zone of dates", required=False, default="UTC", form="time_zone"),
    ),
    feeds=(
        Feed("credit_notes", ("credit",), begins=timedelta(days=365)),
        Feed("invoices", ("order",), begins=timedelta(days=365), only_with=("invoices", "orders")),
        # nothing promises that an allocation moves its credit note
        Feed("open_credit_notes", ("credit",), sweep=True, every=timedelta(hours=6)),
    ),
    client=XeroClient,
    lines=lines,
    webhook=Webhook(verify, news),
    undated=frozenset({"credit"}),
    writes=(DRAFT_CREDIT,),
)
