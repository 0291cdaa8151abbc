"""Boomi: each document of a process's executions is the outcome of one record; and outcomes that processes push."""

from datetime import timedelta

from connectors.ipaas.boomi.client import BASE, BoomiClient
from connectors.ipaas.boomi.mapper import lines
from connectors.ipaas.outcomes import FLOWS
from connectors.ipaas.push import SECRET, WEBHOOK
from connectors.registry import Connector, Feed, Setting

CONNECTOR = Connector(
    kind="ipaas",
    vendor="boomi",
    title="Boomi",
    settings=(
        Setting("account", "Account ID", required=False, help="empty: outcomes are pushed, and nothing is read"),
        Setting("user", "User", required=False, help="BOOMI_TOKEN.name@example.com"),
        Setting("token", "API token", secret=True, required=False),
        Setting("base", "API address", required=False, default=BASE),
        FLOWS,
        Setting("tracked_field", "Tracked field", required=False, help="its value is the record's number"),
        Setting(
            "window_by",
            "Executions are asked for by",
            required=False,
            default="recordedDate",
            choices=("recordedDate", "executionTime"),
        ),
        SECRET,
    ),
    # an execution that was running when it was read has more documents later
    feeds=(Feed("documents", ("outcome",), overlap=timedelta(hours=6), begins=timedelta(days=30)),),
    client=BoomiClient,
    lines=lines,
    webhook=WEBHOOK,
    undated=frozenset({"outcome"}),
)
