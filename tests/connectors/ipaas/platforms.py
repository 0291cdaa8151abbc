"""Celigo's account and Workato's workspace, with something in them; what the tests of all platforms share."""

from datetime import timedelta

import pytest

from connectors.ipaas.celigo.simulator import Celigo
from connectors.ipaas.generic.simulator import SECRET
from connectors.ipaas.workato.simulator import Workato
from reconciliation.models import Flow, System
from tests.connectors.vendors import (
    BEGIN,
    Clock,
    connected,
    ledger,
)

FLOWS = "f1/s1 = refunds-to-erp : credit : rma, f2/s1 = orders-to-erp"
RECIPES = "77 = refunds-to-erp : return : rma, 78 = orders-to-erp"


def error(number, **said):
    at = (BEGIN - timedelta(hours=2, minutes=-number)).isoformat()
    found = {"occurredAt": at, "source": "application", "code": "response_failure", "traceKey": f"10{number}"}
    found |= {"message": "Account code '4001' of buyer@example.test is not valid", "classification": "value"}
    return found | {"errorId": f"e{number}", "retryDataKey": f"rdk-{number}"} | said


def job(number, *, failed=False, **said):
    at = (BEGIN - timedelta(hours=2, minutes=-number)).isoformat()
    found = {"id": f"j{number}", "flow_run_id": number, "started_at": at, "completed_at": at, "is_error": failed}
    parts = {"error_type": "Bad request", "message": "invalid account code", "input": "{}"} if failed else None
    return found | {"title": f"Refund #10{number} RMA-{number}", "is_poll_error": False, "error_parts": parts} | said


def flows():
    erp, shop = (System.objects.create(key=key, kind="erp") for key in ("erp", "shop"))
    for key, record in (("refunds-to-erp", "credit"), ("orders-to-erp", "order")):
        Flow.objects.create(
            key=key, record=record, source=shop, target=erp, cadence=timedelta(minutes=15), grace=timedelta(hours=2)
        )


@pytest.fixture
def celigos(db):
    def make():
        clock = Clock()
        celigo = Celigo(clock)
        celigo.errors = [("f1/s1", error(1)), ("f1/s1", error(2)), ("f2/s1", error(3))]
        flows()
        secrets = {"token": celigo.token, "webhook_secret": SECRET}
        return connected("ipaas", "celigo", settings={"flows": FLOWS}, secrets=secrets), celigo, clock

    return make


@pytest.fixture
def workatos(db):
    def make():
        clock = Clock()
        workato = Workato(clock)
        workato.jobs = {
            "77": [job(n, failed=n % 2 == 0) for n in range(9, 0, -1)],
            "78": [job(20, title="SO-9001"), job(19, failed=True, is_poll_error=True)],
        }
        flows()
        return (
            connected("ipaas", "workato", settings={"flows": RECIPES}, secrets={"token": workato.token}),
            workato,
            clock,
        )

    return make


def results():
    """What became of each record, by the outcome's id."""
    return {id: found["result"] for (_, id), found in ledger("outcome").items()}
