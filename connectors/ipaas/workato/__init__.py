"""Workato: each job of a recipe is the outcome of one record; and outcomes that recipes push."""

from datetime import timedelta

from connectors.ipaas.outcomes import FLOWS
from connectors.ipaas.push import SECRET, WEBHOOK
from connectors.ipaas.workato.client import BASE, WorkatoClient
from connectors.ipaas.workato.mapper import lines
from connectors.ipaas.workato.writes import RETRY
from connectors.registry import Connector, Feed, Setting

CONNECTOR = Connector(
    kind="ipaas",
    vendor="workato",
    title="Workato",
    settings=(
        Setting("token", "API token", secret=True),
        Setting("base", "API address", required=False, default=BASE),
        FLOWS,
        SECRET,
    ),
    feeds=(Feed("jobs", ("outcome",), overlap=timedelta(days=1), begins=timedelta(days=30)),),
    client=WorkatoClient,
    lines=lines,
    webhook=WEBHOOK,
    undated=frozenset({"outcome"}),
    writes=(RETRY,),
)
