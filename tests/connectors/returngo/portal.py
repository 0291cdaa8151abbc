"""A ReturnGO with a past."""

import copy
import json
from datetime import timedelta

import pytest

from connectors.returngo.simulator import ReturnGo
from tests.connectors.reading import PAYLOADS
from tests.connectors.vendors import BEGIN, Clock, connected

SHOP = "harbour.myshopify.com"
SAMPLE = json.loads((PAYLOADS / "returngo" / "rma.json").read_text(encoding="utf-8"))


def rma(number, status="Approved", *, hours=2, **said):
    """A return, created `hours` ago, without transactions."""
    found = copy.deepcopy(SAMPLE)
    at = (BEGIN - timedelta(hours=hours, minutes=-number)).isoformat()
    found["rmaSummary"] |= {"rmaId": str(number), "status": status, "order_name": f"#{number}"}
    found["orderDetails"] = {"orderId": f"55{number}", "order_name": f"#{number}"}
    found["items"][0] |= {"returnedItemId": f"{number}1", "itemValidationStatusResponse": None}
    return found | {"shipments": [], "transactions": [], "createdAt": at, "lastUpdated": at} | said


@pytest.fixture
def portals(db):
    """A function that connects a portal of some returns: (connection, simulator, clock)."""

    def make(count=5):
        clock = Clock()
        portal = ReturnGo(clock, SHOP)
        portal.rmas = [rma(number) for number in range(1, count + 1)]
        connection = connected("returngo", settings={"shop": SHOP}, secrets={"api_key": portal.api_key})
        return connection, portal, clock

    return make
