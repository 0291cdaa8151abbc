"""Mintsoft: orders, despatches, returns, stock and products of a warehouse."""

from datetime import timedelta

from connectors.registry import Connector, Feed, Setting
from connectors.warehouse.mintsoft.client import BASE, MintsoftClient
from connectors.warehouse.mintsoft.mapper import lines
from connectors.warehouse.mintsoft.writes import QUARANTINE

CONNECTOR = Connector(
    kind="warehouse",
    vendor="mintsoft",
    title="Mintsoft",
    settings=(
        Setting("username", "User name"),
        Setting("password", "Password", secret=True),
        Setting("base", "API address", required=False, default=BASE),
        Setting("timezone", "Time zone of its dates", required=False, default="Europe/London", form="time_zone"),
        Setting("currency", "Currency of orders", required=False, help="Mintsoft names none"),
        Setting("orders", "Orders that are read", required=False, default="all", choices=("all", "b2b")),
        Setting("realm", "Realm of its records", required=False, default="none", choices=("none", "client")),
        Setting("stock", "Sellable stock", required=False, default="on_hand", choices=("on_hand", "available")),
        Setting("dispositions", "Meanings of stock actions", required=False, help="B-grade=damaged, …"),
        Setting("quarantine_warehouse", "Warehouse of the quarantine", required=False, help="its number"),
        Setting("quarantine_from", "Location that goods are sold from", required=False, help="its number"),
        Setting("quarantine_to", "Location of the quarantine", required=False, help="its number"),
        Setting("quarantine_action", "Action that moves stock", required=False, help="its number in your account"),
        Setting("read_back", "Days that returns are read again", required=False, default="30", form="count"),
    ),
    feeds=(
        Feed("orders", ("order", "fulfilment"), overlap=timedelta(minutes=10)),
        # returns can only be searched by a day
        Feed("returns", ("return", "stock_movement"), sweep=True, every=timedelta(hours=2)),
        Feed("stock", ("stock_level",), sweep=True, every=timedelta(hours=1)),
        Feed("products", ("product",), sweep=True, every=timedelta(days=1)),
    ),
    client=MintsoftClient,
    lines=lines,
    undated=frozenset({"order", "fulfilment", "return", "product"}),  # orders too: their clocks are put back in autumn
    writes=(QUARANTINE,),
)
