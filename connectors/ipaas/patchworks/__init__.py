"""Patchworks: what flow runs say of records, by tracked data and error logs; and outcomes that flows push."""

from datetime import timedelta

from connectors.ipaas.outcomes import FLOWS
from connectors.ipaas.patchworks.client import BASE, PATH, PatchworksClient
from connectors.ipaas.patchworks.mapper import STATUSES, lines
from connectors.ipaas.push import SECRET, WEBHOOK
from connectors.registry import Connector, Feed, Setting

CONNECTOR = Connector(
    kind="ipaas",
    vendor="patchworks",
    title="Patchworks",
    settings=(
        Setting("api_key", "API key", secret=True, required=False, help="empty: outcomes are pushed, nothing is read"),
        Setting("base", "API address", required=False, default=BASE),
        Setting("path", "Path of flow runs", required=False, default=PATH),
        FLOWS,
        Setting("statuses", "Statuses of runs", required=False, default=STATUSES, help="theirs=ours, with commas"),
        SECRET,
    ),
    # logs are kept for seven days
    feeds=(Feed("runs", ("outcome",), overlap=timedelta(hours=1), begins=timedelta(days=7)),),
    client=PatchworksClient,
    lines=lines,
    webhook=WEBHOOK,
    undated=frozenset({"outcome"}),
)
