"""Celigo integrator.io: open and resolved errors of each step, outcomes that flows push, and retries."""

from datetime import timedelta

from connectors.ipaas.celigo.client import BASE, CeligoClient
from connectors.ipaas.celigo.mapper import lines
from connectors.ipaas.celigo.writes import RETRY
from connectors.ipaas.outcomes import FLOWS
from connectors.ipaas.push import SECRET, WEBHOOK
from connectors.registry import Connector, Feed, Setting

CONNECTOR = Connector(
    kind="ipaas",
    vendor="celigo",
    title="Celigo",
    settings=(
        Setting("token", "API token", secret=True),
        Setting("base", "API address", required=False, default=BASE, help="https://api.eu.integrator.io for the EU"),
        FLOWS,
        SECRET,
    ),
    feeds=(
        Feed("errors", ("outcome",), overlap=timedelta(hours=1), begins=timedelta(days=30)),
        # an error is purged 30 days after it occurred, resolved or not
        Feed("resolved", ("outcome",), sweep=True, every=timedelta(hours=1)),
    ),
    client=CeligoClient,
    lines=lines,
    webhook=WEBHOOK,
    undated=frozenset({"outcome"}),
    writes=(RETRY,),
)
