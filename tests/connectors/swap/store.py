"""A Swap with a past."""

import copy
import json
from datetime import timedelta

import pytest

from connectors.swap.simulator import Swap
from tests.connectors.reading import PAYLOADS
from tests.connectors.vendors import BEGIN, Clock, connected

SAMPLE = json.loads((PAYLOADS / "swap" / "return.json").read_text(encoding="utf-8"))


def returned(number, **said):
    """A return, submitted two hours ago and on its way."""
    at = (BEGIN - timedelta(hours=2, minutes=-number)).isoformat()
    names = {"rma_number": f"RMA-{number}", "return_id": f"ret_{number}", "order_id": f"55{number}"}
    dates = {
        "date_created": at,
        "date_updated": at,
        "submission_date": at,
        "delivered_date": None,
        "rma_processed": None,
    }
    state = {"delivery_status": "In-Transit", "shopify_order_name": f"#{number}", "return_status": None}
    return copy.deepcopy(SAMPLE) | names | dates | state | said


@pytest.fixture
def stores(db):
    """A function that connects a store of some returns: (connection, simulator, clock)."""

    def make(count=5):
        clock = Clock()
        store = Swap(clock)
        store.returns = [returned(number) for number in range(1, count + 1)]
        secrets = {"api_key": store.api_key, "webhook_secret": store.webhook_secret}
        return connected("swap", settings={"store_id": store.store}, secrets=secrets), store, clock

    return make
